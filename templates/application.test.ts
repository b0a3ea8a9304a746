// What an application's pods may do, how its parameters are bounded, and that no secret has a place in them.
import { describe, expect, it } from 'vitest'
import { render } from '../gitops/render.ts'
import { shapeFaults } from '../gitops/shapes.ts'
import { ApplicationParameters } from '../schemas/parameters/application.ts'
import type { Manifest } from '../schemas/template.ts'
import { application } from './application.ts'
import { exampleInput } from './example-inputs.ts'
import { findTemplate } from './index.ts'

const template = findTemplate('application')
if (!template) throw new Error('no application')

const rendered = (more: object = {}): Record<string, Manifest> => {
  const parameters = { image: 'registry.example/portal:1.2.3', ...more }
  const objects = template
    .render(exampleInput(template, { name: 'portal', parameters }))
    .flatMap(({ objects }) => objects)
  return Object.fromEntries(objects.map((object) => [object.kind, object]))
}

interface Pod {
  template: { spec: { containers: [Record<string, unknown>] } }
}
const containerOf = ({ Deployment }: Record<string, Manifest>) =>
  (Deployment as Manifest & { spec: Pod }).spec.template.spec.containers[0]

describe('an application', () => {
  it('leaves the number of pods to its autoscaler', () => {
    const objects = rendered({ replicas: { min: 3, max: 9 } })
    expect(objects.Deployment?.spec).not.toHaveProperty('replicas')
    expect(objects.HorizontalPodAutoscaler?.spec).toMatchObject({ minReplicas: 3, maxReplicas: 9 })
  })

  it('is reached on its port only, by its own namespace and those named', () => {
    const { NetworkPolicy } = rendered({ port: 9000, allowNamespaces: ['ingress-nginx'] })
    expect(NetworkPolicy?.spec).toEqual({
      podSelector: { matchLabels: { 'phoenix.cloud/resource': 'portal' } },
      policyTypes: ['Ingress'],
      ingress: [
        {
          from: [
            { podSelector: {} },
            {
              namespaceSelector: {
                matchLabels: { 'kubernetes.io/metadata.name': 'ingress-nginx' },
              },
            },
          ],
          ports: [{ protocol: 'TCP', port: 9000 }],
        },
      ],
    })
  })

  it('keeps the reference of its image’s attestation with the pods, and takes nothing else for one', () => {
    const digest = `sha256:${'ab'.repeat(32)}`
    const attestation = `registry.example/portal@${digest}`
    const objects = rendered({ image: `registry.example/portal:1.2.3@${digest}`, attestation })
    expect(objects.Deployment?.spec).toMatchObject({
      template: { metadata: { annotations: { 'phoenix.cloud/attestation': attestation } } },
    })
    expect(Object.values(objects).flatMap(shapeFaults)).toEqual([])
    for (const other of ['registry.example/portal:1.2.3', `portal@${digest}`, `${attestation} x`]) {
      const asked = { image: 'registry.example/portal:1', attestation: other }
      expect(ApplicationParameters.safeParse(asked).success, other).toBe(false)
    }
  })

  it('opens its port for a probe that has no path', () => {
    expect(containerOf(rendered())).toMatchObject({
      startupProbe: { tcpSocket: { port: 'http' }, failureThreshold: 12 },
      livenessProbe: { tcpSocket: { port: 'http' } },
    })
    expect(containerOf(rendered({ probes: { livenessPath: '/live' } }))).toMatchObject({
      livenessProbe: { httpGet: { path: '/live', port: 'http' } },
      readinessProbe: { tcpSocket: { port: 'http' } },
    })
  })

  it('of a single pod is warned about', () => {
    const rules = (min: number) =>
      application
        .findings({
          parameters: ApplicationParameters.parse({ image: 'a/b:1', replicas: { min } }),
        } as never)
        .map(({ rule }) => rule)
    expect([rules(1), rules(2)]).toEqual([['SINGLE-INSTANCE'], []])
  })
})

describe('a pod that could do more', () => {
  const deployment = rendered().Deployment as Manifest
  const withContainer = (more: object): Manifest => {
    const copy = structuredClone(deployment)
    Object.assign((copy.spec as Pod).template.spec.containers[0], more)
    return copy
  }
  const withPod = (more: object): Manifest => {
    const copy = structuredClone(deployment)
    Object.assign((copy.spec as Pod).template.spec, more)
    return copy
  }

  it.each([
    ['root', withPod({ securityContext: { seccompProfile: { type: 'RuntimeDefault' } } })],
    ['the host’s network', withPod({ hostNetwork: true })],
    ['a path of the host', withPod({ volumes: [{ name: 'h', hostPath: { path: '/' } }] })],
    ['an API token', withPod({ automountServiceAccountToken: true })],
    ['privileges', withContainer({ securityContext: { privileged: true } })],
    ['no limits', withContainer({ resources: {} })],
    ['no image', withContainer({ image: 'not an image' })],
    ['no probe', withContainer({ livenessProbe: undefined })],
  ])('with %s has no shape', (_, manifest) => {
    expect(shapeFaults(deployment)).toEqual([])
    expect(shapeFaults(manifest)).not.toEqual([])
  })
})

const accepts = (more: object): boolean =>
  ApplicationParameters.safeParse({ image: 'registry.example/portal:1', ...more }).success

describe('images', () => {
  const digest = `sha256:${'a'.repeat(64)}`
  it.each([
    'registry.example:5000/team/portal:1.2.3',
    'nginx:1.27-alpine',
    `ghcr.io/team/portal@${digest}`,
    `ghcr.io/team/portal:1@${digest}`,
    // Not pinned: IMG-PINNED blocks these, and an exception in Git may excuse one.
    'nginx',
    'nginx:latest',
    'registry.example:5000/portal',
  ])('%s is accepted', (image) => expect(accepts({ image })).toBe(true))

  it.each([
    'nginx:',
    'Nginx:1',
    'nginx@sha256:abc',
    'https://registry.example/portal:1',
    'nginx:1 --privileged',
    `${'a-'.repeat(190)}`,
  ])('%s is refused', (image) => expect(accepts({ image })).toBe(false))
})

describe('parameters', () => {
  const cpu = (requests: string, limits: string) => ({
    resources: {
      requests: { cpu: requests, memory: '1Gi' },
      limits: { cpu: limits, memory: '1Gi' },
    },
  })
  it.each([
    ['a plain variable', { env: [{ name: 'TOKEN_TTL', value: '60' }] }],
    ['a secret by reference', { env: [{ name: 'TOKEN', secretKeyRef: { name: 'a', key: 'b' } }] }],
    ['one core against 1000m', cpu('1000m', '1')],
  ])('%s is accepted', (_, more) => expect(accepts(more)).toBe(true))

  it.each([
    ['a password as a value', { env: [{ name: 'DB_PASSWORD', value: 'x' }] }],
    ['an api key as a value', { env: [{ name: 'apiKey', value: 'x' }] }],
    [
      'value and reference',
      { env: [{ name: 'A', value: 'x', secretKeyRef: { name: 'a', key: 'b' } }] },
    ],
    [
      'a variable twice',
      {
        env: [
          { name: 'A', value: '1' },
          { name: 'A', value: '2' },
        ],
      },
    ],
    ['requests above limits', cpu('2', '1500m')],
    ['a port below 1024', { port: 80 }],
    ['min above max', { replicas: { min: 5, max: 4 } }],
    ['the user root', { runAsUser: 0 }],
    ['a path that is an address', { probes: { livenessPath: 'http://elsewhere/' } }],
  ])('%s is refused', (_, more) => expect(accepts(more)).toBe(false))
})

describe('a blue-green application', () => {
  const objectsOf = (strategy: object): Manifest[] =>
    template
      .render(
        exampleInput(template, {
          name: 'portal',
          parameters: { image: 'registry.example/portal:1.2.3', strategy },
        }),
      )
      .flatMap(({ objects }) => objects)
  const objects = objectsOf({ type: 'blue-green' })
  const one = (kind: string) => objects.find((object) => object.kind === kind) as Manifest

  it('has a Rollout in place of the Deployment, with the same pods', () => {
    const plain = rendered().Deployment as Manifest & { spec: Record<string, unknown> }
    expect(one('Deployment')).toBeUndefined()
    expect(one('Rollout').spec).toMatchObject({
      selector: plain.spec.selector,
      template: plain.spec.template,
      strategy: {
        blueGreen: {
          activeService: 'portal',
          previewService: 'portal-preview',
          autoPromotionEnabled: false,
          scaleDownDelaySeconds: 300,
        },
      },
    })
    expect(one('HorizontalPodAutoscaler').spec).toMatchObject({
      scaleTargetRef: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'portal' },
    })
  })

  it('leaves the selectors of both its Services to Argo Rollouts', () => {
    const services = objects.filter(({ kind }) => kind === 'Service')
    expect(services.map(({ metadata }) => metadata.name)).toEqual(['portal', 'portal-preview'])
    for (const { spec } of services) expect(spec).not.toHaveProperty('selector')
  })

  it('on Flux is done when it is applied, and says so', () => {
    const input = (engine: 'argocd' | 'flux') =>
      exampleInput(
        template,
        {
          name: 'portal',
          parameters: { image: 'registry.example/portal:1', strategy: { type: 'blue-green' } },
        },
        engine,
      )
    const rules = (engine: 'argocd' | 'flux') =>
      template.findings(input(engine)).map(({ rule }) => rule)
    expect([rules('flux'), rules('argocd')]).toEqual([['HEALTH-UNSEEN'], []])
    const entry = render(template, input('flux')).objects.find(
      ({ manifest }) => manifest.kind === 'Kustomization',
    )
    expect(entry?.manifest.spec).toMatchObject({ wait: false })
  })

  it('is promoted by itself only when asked for', () => {
    const promoted = objectsOf({ type: 'blue-green', autoPromote: true })
    expect(promoted.find(({ kind }) => kind === 'Rollout')?.spec).toMatchObject({
      strategy: { blueGreen: { autoPromotionEnabled: true } },
    })
  })

  it('is not what one gets without asking', () => {
    expect(rendered()).not.toHaveProperty('Rollout')
    expect(accepts({ strategy: { type: 'canary' } })).toBe(false)
    expect(accepts({ strategy: { type: 'blue-green', scaleDownDelaySeconds: 5 } })).toBe(false)
  })
})
