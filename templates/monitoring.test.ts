// Monitoring: what its parameters refuse, what the sizes add up to, who is told, and what is only named.
import { describe, expect, it } from 'vitest'
import type { KubePrometheusStackValues } from '../schemas/charts/kube-prometheus-stack.ts'
import type { LokiValues } from '../schemas/charts/loki.ts'
import type { PrometheusRuleSpec } from '../schemas/manifests/monitoring.ts'
import type { Manifest } from '../schemas/template.ts'
import { exampleInput } from './example-inputs.ts'
import { monitoring } from './monitoring.ts'
import { MONITORING_HELPERS, MONITORING_SIZES } from './parts/monitoring-size.ts'

const LEAST = { grafana: { adminSecret: 'grafana-admin' } }
const EMAIL = {
  ...{ to: 'a@example.com', from: 'b@example.com', host: 'mail.example.com', username: 'b' },
  password: { name: 'mail', key: 'password' },
}
const HOOK = { url: { name: 'hook', key: 'url' } }
const S3 = { kind: 's3', endpoint: 'https://s3.example.com:9000', bucket: 'logs', secret: 'store' }

const inputOf = (parameters: object) =>
  exampleInput(monitoring as never, { name: 'watch', parameters: { ...LEAST, ...parameters } })
const componentsOf = (parameters: object) => monitoring.render(inputOf(parameters) as never)
const objectsOf = (parameters: object): Manifest[] =>
  componentsOf(parameters).flatMap(({ objects }) => objects)
const valuesOf = <T>(parameters: object, release: string): T => {
  const found = objectsOf(parameters).find(
    ({ kind, metadata }) => kind === 'HelmRelease' && metadata.name === release,
  )
  if (!found) throw new Error(`no release ${release}`)
  return (found.spec as { values: T }).values
}
const stack = (parameters: object) =>
  valuesOf<KubePrometheusStackValues>(parameters, 'kube-prometheus-stack')
const specOf = (parameters: object, kind: string) =>
  objectsOf(parameters).find((object) => object.kind === kind)?.spec
const faultsOf = (parameters: unknown): string[] =>
  monitoring.parameters.safeParse(parameters).error?.issues.map(({ path }) => path.join('/')) ?? []

describe('the parameters of monitoring', () => {
  it('need nothing but Grafana’s Secret', () => {
    expect(faultsOf(LEAST)).toEqual([])
    expect(faultsOf({})).toEqual(['grafana'])
  })

  it.each([
    ['a password itself', { grafana: { ...LEAST.grafana, password: 'x' } }, 'grafana'],
    [
      'the address of a hook itself',
      { alerts: { webhook: { url: 'https://a.b/c' } } },
      'alerts/webhook/url',
    ],
    ['mail in the clear', { alerts: { email: { ...EMAIL, port: 25 } } }, 'alerts/email/port'],
    [
      'a store in the clear',
      { logs: { store: { ...S3, endpoint: 'http://s3.example.com' } } },
      'logs/store/endpoint',
    ],
    ['one address twice', { besuNodes: ['10.0.0.1', '10.0.0.1'] }, 'besuNodes'],
  ])('refuse %s', (_, parameters, path) => {
    expect(faultsOf({ ...LEAST, ...parameters })).toEqual([path])
  })
})

describe('the sizes of monitoring', () => {
  const cores = (cpu: string) => (cpu.endsWith('m') ? Number(cpu.slice(0, -1)) / 1000 : Number(cpu))
  const gib = (memory: string) => Number(memory.slice(0, -2)) / (memory.endsWith('Mi') ? 1024 : 1)

  it.each([
    ['small', 2, 5],
    ['medium', 4, 16],
    ['large', 8, 30],
  ] as const)('%s fits into what it says, and does not waste it', (name, mostCores, mostGib) => {
    const { replicas, prometheus, alertmanager, ...single } = MONITORING_SIZES[name]
    const { reloader, sidecar } = MONITORING_HELPERS
    const pairs = [prometheus, alertmanager, reloader, reloader]
    const all = [
      ...Array.from({ length: replicas }, () => pairs).flat(),
      ...[...Object.values(single), sidecar, sidecar],
    ]
    const sum = (each: (amounts: typeof prometheus) => number) =>
      all.reduce((total, amounts) => total + each(amounts), 0)
    expect(sum(({ cpu }) => cores(cpu))).toBeLessThanOrEqual(mostCores)
    expect(sum(({ memory }) => gib(memory))).toBeLessThanOrEqual(mostGib)
    expect(sum(({ memory }) => gib(memory))).toBeGreaterThan(mostGib * 0.85)
  })
})

describe('the objects of monitoring', () => {
  it('bring the kinds in a wave before the objects of these kinds', () => {
    expect(
      componentsOf({}).map(({ wave, objects }) => [wave, objects.map(({ kind }) => kind)]),
    ).toEqual([
      [20, ['OCIRepository', 'HelmRelease']],
      [90, ['OCIRepository', 'HelmRelease', 'HelmRepository', 'HelmRelease', 'PrometheusRule']],
    ])
  })

  it('tell nobody unless somebody is named, and say so', () => {
    expect(specOf({}, 'AlertmanagerConfig')).toBeUndefined()
    const rules = (parameters: object) =>
      monitoring.findings(inputOf(parameters) as never).map(({ rule }) => rule)
    expect(rules({})).toEqual(['ALERTS-UNHEARD'])
    expect(rules({ alerts: { webhook: HOOK } })).toEqual([])
  })

  it.each([
    [465, false],
    [587, true],
  ])('mail through port %i asks for encryption: %s', (port, requireTLS) => {
    expect(specOf({ alerts: { email: { ...EMAIL, port } } }, 'AlertmanagerConfig')).toMatchObject({
      receivers: [
        {
          emailConfigs: [
            { smarthost: `mail.example.com:${port}`, requireTLS, authPassword: EMAIL.password },
          ],
        },
      ],
    })
  })

  it('let Alertmanager read receivers from the owner’s namespace only', () => {
    expect(stack({}).alertmanager.alertmanagerSpec).toMatchObject({
      alertmanagerConfigNamespaceSelector: {
        matchLabels: { 'kubernetes.io/metadata.name': 'dbis' },
      },
      alertmanagerConfigMatcherStrategy: { type: 'None' },
    })
  })

  it('watch a chain only when asked', () => {
    const groups = (parameters: object) =>
      (specOf(parameters, 'PrometheusRule') as PrometheusRuleSpec).groups
    expect(groups({}).map(({ name }) => name)).toEqual(['cluster'])
    const [, chain] = groups({ besu: true, besuPeers: 7 })
    expect(chain?.rules.map(({ expr }) => expr)).toContain('ethereum_peer_count < 7')
    expect(specOf({ besuNodes: ['10.0.0.1'] }, 'ScrapeConfig')).toBeUndefined()
    expect(specOf({ besu: true, besuNodes: ['10.0.0.1'] }, 'ScrapeConfig')).toMatchObject({
      staticConfigs: [{ targets: ['10.0.0.1:9545'] }],
    })
  })

  it('keep Prometheus and Loki to their own namespace until others are named', () => {
    const alone = stack({}).prometheus
    expect(alone.networkPolicy.ingress).toEqual([{ from: [{ podSelector: {} }] }])
    expect(alone.prometheusSpec.enableRemoteWriteReceiver).toBe(false)
    const shared = stack({ clientNamespaces: ['shop'] }).prometheus
    expect(shared.networkPolicy.ingress[1]?.ports).toEqual([{ protocol: 'TCP', port: 9090 }])
    expect(shared.prometheusSpec.enableRemoteWriteReceiver).toBe(true)
    const readers = (parameters: object) =>
      valuesOf<LokiValues>(parameters, 'loki').networkPolicy.ingress.namespaceSelector
        .matchExpressions[0].values
    expect(readers({})).toEqual(['monitoring'])
    expect(readers({ clientNamespaces: ['shop', 'monitoring'] })).toEqual(['monitoring', 'shop'])
  })

  it('give Loki its bucket, the port to it, and its keys by name', () => {
    const loki = valuesOf<LokiValues>({ logs: { store: S3, retentionDays: 10 } }, 'loki')
    expect(loki.loki.limits_config.retention_period).toBe('240h')
    expect(loki.networkPolicy.externalStorage).toEqual({ ports: [9000] })
    expect(loki.singleBinary.extraEnv).toEqual([
      {
        name: 'AWS_ACCESS_KEY_ID',
        valueFrom: { secretKeyRef: { name: 'store', key: 'access-key-id' } },
      },
      {
        name: 'AWS_SECRET_ACCESS_KEY',
        valueFrom: { secretKeyRef: { name: 'store', key: 'secret-access-key' } },
      },
    ])
    expect(valuesOf<LokiValues>({}, 'loki').loki.storage).toEqual({ type: 'filesystem' })
  })
})
