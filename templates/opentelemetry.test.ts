// The collector: which signals go where, what is only named, and the gates; the operator: what it waits for.
import { describe, expect, it } from 'vitest'
import type { OpenTelemetryCollectorSpec } from '../schemas/manifests/opentelemetry.ts'
import type { Manifest } from '../schemas/template.ts'
import { exampleInput } from './example-inputs.ts'
import { openTelemetryCollector } from './opentelemetry-collector.ts'
import { openTelemetryOperator } from './opentelemetry-operator.ts'

const AZURE = { kind: 'azuremonitor', connectionString: { name: 'insights', key: 'string' } }
const WRITE = {
  kind: 'prometheusremotewrite',
  endpoint: 'http://prom.monitoring.svc:9090/api/v1/write',
}
const OTLP = { kind: 'otlphttp', endpoint: 'https://otlp.example.com' }

const rendered = (exporters: object[], more: object = {}): Manifest[] =>
  openTelemetryCollector
    .render(
      exampleInput(openTelemetryCollector as never, {
        name: 'telemetry',
        parameters: { exporters, ...more },
      }) as never,
    )
    .flatMap(({ objects }) => objects)
const specOf = (exporters: object[], more: object = {}) =>
  rendered(exporters, more)[0]?.spec as OpenTelemetryCollectorSpec
const faultsOf = (exporters: object[]): string[] =>
  openTelemetryCollector.parameters
    .safeParse({ exporters })
    .error?.issues.map(({ path }) => path.join('/')) ?? []

describe('the parameters of a collector', () => {
  it.each([
    ['nowhere to send to', [], 'exporters'],
    ['a host that is no host', [{ ...OTLP, endpoint: 'https://a.5' }], 'exporters/0/endpoint'],
    [
      'the Internet in the clear',
      [{ ...OTLP, endpoint: 'http://otlp.example.com' }],
      'exporters/0/endpoint',
    ],
    [
      'a password in the address',
      [{ ...OTLP, endpoint: 'https://a:b@otlp.example.com' }],
      'exporters/0/endpoint',
    ],
    [
      'a port that is none',
      [{ ...OTLP, endpoint: 'https://otlp.example.com:70000' }],
      'exporters/0/endpoint',
    ],
    [
      'a connection string itself',
      [{ ...AZURE, connectionString: 'InstrumentationKey=x' }],
      'exporters/0/connectionString',
    ],
  ])('refuse %s', (_, exporters, path) => {
    expect(faultsOf(exporters)).toEqual([path])
  })
})

describe('a collector', () => {
  it('sends each signal to the exporters that take it, the limiter first', () => {
    const { pipelines } = specOf([AZURE, WRITE, OTLP]).config.service
    expect(pipelines.traces?.exporters).toEqual(['azuremonitor/0', 'otlphttp/2'])
    expect(pipelines.metrics?.exporters).toEqual([
      'azuremonitor/0',
      'prometheusremotewrite/1',
      'otlphttp/2',
    ])
    expect(pipelines.logs?.processors).toEqual(['memory_limiter', 'batch'])
  })

  it('has no pipeline that leads nowhere', () => {
    expect(Object.keys(specOf([WRITE]).config.service.pipelines)).toEqual(['metrics'])
  })

  it('reads every secret from its environment', () => {
    const { env, config } = specOf([AZURE, { ...OTLP, authorization: { name: 'token', key: 'h' } }])
    expect(config.exporters).toEqual({
      'azuremonitor/0': { connection_string: `\${env:EXPORTER_0_CONNECTION_STRING}` },
      'otlphttp/1': {
        endpoint: 'https://otlp.example.com',
        headers: { Authorization: `\${env:EXPORTER_1_AUTHORIZATION}` },
      },
    })
    expect(env.slice(1)).toEqual([
      { name: 'EXPORTER_0_CONNECTION_STRING', valueFrom: { secretKeyRef: AZURE.connectionString } },
      {
        name: 'EXPORTER_1_AUTHORIZATION',
        valueFrom: { secretKeyRef: { name: 'token', key: 'h' } },
      },
    ])
  })

  it('opens the ports of its exporters, and no others', () => {
    const out = rendered([AZURE, WRITE, OTLP]).find(({ metadata }) =>
      metadata.name.endsWith('-to-exporters'),
    )
    expect(
      (out?.spec as { egress: { ports: { port: number }[] }[] } | undefined)?.egress[0]?.ports,
    ).toEqual([
      { protocol: 'TCP', port: 443 },
      { protocol: 'TCP', port: 9090 },
    ])
  })

  it('stays below its memory', () => {
    expect(specOf([OTLP], { memory: { value: 1, unit: 'GiB' } }).env[0]).toEqual({
      name: 'GOMEMLIMIT',
      value: '819MiB',
    })
  })
})

describe('the operator', () => {
  it.each([
    [true, [{ name: 'cert-manager' }]],
    [false, undefined],
  ])('waits for cert-manager of the same tenant: %s', (waitForCertManager, dependsOn) => {
    const [component] = openTelemetryOperator.render(
      exampleInput(openTelemetryOperator as never, {
        name: 'operator',
        parameters: { waitForCertManager },
      }) as never,
    )
    const release = component?.objects.find(({ kind }) => kind === 'HelmRelease')
    expect((release?.spec as { dependsOn?: unknown } | undefined)?.dependsOn).toEqual(dependsOn)
  })
})
