// The way in: https only, one gate for each resource that answers, and a controller that tells nobody about itself.
import { describe, expect, it } from 'vitest'
import type { TraefikValues } from '../schemas/charts/traefik.ts'
import { exampleInput } from './example-inputs.ts'
import { ingress } from './ingress.ts'
import { ingressController } from './ingress-controller.ts'

const LEAST = { hosts: ['a.example.com'], tlsSecret: 'a-tls' }
const PATH = { path: '/', service: 'portal', port: 80 }

const rendered = (more: object) =>
  ingress
    .render(
      exampleInput(ingress as never, { name: 'entry', parameters: { ...LEAST, ...more } }) as never,
    )
    .flatMap(({ objects }) => objects)

describe('an ingress', () => {
  it('leads every name to every path, under one certificate', () => {
    const hosts = ['a.example.com', '*.b.example.com']
    const [rule] = rendered({ hosts, paths: [{ ...PATH, port: 8080 }] })
    expect(rule?.spec).toMatchObject({
      ingressClassName: 'traefik',
      tls: [{ hosts, secretName: 'a-tls' }],
      rules: hosts.map((host) => ({
        host,
        http: {
          paths: [
            {
              path: '/',
              pathType: 'Prefix',
              backend: { service: { name: 'portal', port: { number: 8080 } } },
            },
          ],
        },
      })),
    })
  })

  it('opens one gate for each resource, on the ports of its pods', () => {
    const [, ...gates] = rendered({
      controllerNamespace: 'entry-system',
      paths: [
        { ...PATH, podPort: 9898 },
        { ...PATH, path: '/metrics', podPort: 9100 },
        { ...PATH, path: '/more', podPort: 9898 },
        { path: '/git', service: 'gitea-http', port: 3000, resource: 'forge' },
      ],
    })
    expect(gates.map(({ metadata, spec }) => [metadata.name, spec])).toEqual(
      [
        ['entry-allow-ingress-1', 'portal', [9898, 9100]] as const,
        ['entry-allow-ingress-2', 'forge', [3000]] as const,
      ].map(([name, resource, ports]) => [
        name,
        {
          podSelector: { matchLabels: { 'phoenix.cloud/resource': resource } },
          policyTypes: ['Ingress'],
          ingress: [
            {
              from: [
                {
                  namespaceSelector: {
                    matchLabels: { 'kubernetes.io/metadata.name': 'entry-system' },
                  },
                },
              ],
              ports: ports.map((port) => ({ protocol: 'TCP', port })),
            },
          ],
        },
      ]),
    )
  })

  it.each([
    ['no certificate', { tlsSecret: undefined, paths: [PATH] }],
    ['no path', { paths: [] }],
    ['one path twice', { paths: [PATH, PATH] }],
    ['one name twice', { hosts: ['a.example.com', 'a.example.com'], paths: [PATH] }],
    ['a path that climbs', { paths: [{ ...PATH, path: '/a b' }] }],
    ['a service elsewhere', { paths: [{ ...PATH, service: 'portal.other' }] }],
  ])('is refused with %s', (_, more) => {
    expect(ingress.parameters.safeParse({ ...LEAST, ...more }).success).toBe(false)
  })
})

describe('an ingress controller', () => {
  const valuesOf = (parameters: object): TraefikValues => {
    const input = exampleInput(ingressController as never, { name: 'entry', parameters }) as never
    const release = ingressController
      .render(input)
      .flatMap(({ objects }) => objects)
      .find(({ kind }) => kind === 'HelmRelease')
    if (!release) throw new Error('no release')
    return (release.spec as { values: TraefikValues }).values
  }

  it('sends everybody to https and believes nobody’s headers', () => {
    const { ports, api, providers } = valuesOf({})
    expect(ports.web.http.redirections.entryPoint.scheme).toBe('https')
    expect(ports.websecure.forwardedHeaders.trustedIPs).toEqual([])
    expect(api).toEqual({ dashboard: false, insecure: false })
    expect(providers.kubernetesCRD.allowCrossNamespace).toBe(false)
  })

  it('has no address of the outside behind a tunnel', () => {
    const values = valuesOf({ exposure: 'cluster', trustedProxies: ['10.42.0.0/16'] })
    expect(values.service.spec).toEqual({ type: 'ClusterIP' })
    expect(values.ports.web.forwardedHeaders.trustedIPs).toEqual(['10.42.0.0/16'])
    expect(valuesOf({}).service.spec.type).toBe('LoadBalancer')
  })

  it('has an address of the nodes’ network where a gateway stands before it', () => {
    const { service } = valuesOf({ exposure: 'azure-internal', address: '10.20.15.250' })
    expect(service.annotations).toEqual({
      'service.beta.kubernetes.io/azure-load-balancer-internal': 'true',
      'service.beta.kubernetes.io/azure-load-balancer-ipv4': '10.20.15.250',
    })
    expect(service.spec.type).toBe('LoadBalancer')
    expect(valuesOf({ address: '10.20.15.250' }).service).not.toHaveProperty('annotations')
  })

  it('watches the class that it makes', () => {
    const { ingressClass, providers } = valuesOf({ ingressClass: 'public' })
    expect([ingressClass.name, providers.kubernetesIngress.ingressClass]).toEqual([
      'public',
      'public',
    ])
  })
})
