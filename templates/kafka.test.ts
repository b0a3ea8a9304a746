// Kafka: every listener asks for a password over TLS, and a write stands on two nodes where there are two.
import { describe, expect, it } from 'vitest'
import type { KafkaValues } from '../schemas/charts/kafka.ts'
import type { Manifest } from '../schemas/template.ts'
import { exampleInput } from './example-inputs.ts'
import { kafka } from './kafka.ts'

const LEAST = { passwordSecret: 'passwords', tls: { from: 'issuer', issuer: 'inner-ca' } }

const rendered = (more: object = {}): Manifest[] =>
  kafka
    .render(
      exampleInput(kafka as never, { name: 'events', parameters: { ...LEAST, ...more } }) as never,
    )
    .flatMap(({ objects }) => objects)
const valuesOf = (more: object = {}): KafkaValues => {
  const release = rendered(more).find(({ kind }) => kind === 'HelmRelease')
  if (!release) throw new Error('no release')
  return (release.spec as { values: KafkaValues }).values
}

describe('a Kafka cluster', () => {
  it('has passwords and TLS on every listener, by reference', () => {
    const { auth, tls } = valuesOf()
    expect(auth).toEqual({
      client: { enabled: true },
      interBroker: { enabled: true },
      controller: { enabled: true },
      clientUser: 'application',
      existingSecret: 'passwords',
    })
    expect(tls).toMatchObject({
      enabled: true,
      certManager: { issuerRef: { kind: 'Issuer', name: 'inner-ca' } },
    })
    expect(valuesOf({ tls: { from: 'secret', secret: 'own-tls' } }).tls).toEqual({
      enabled: true,
      source: 'existing-secret',
      existingSecret: 'own-tls',
    })
  })

  it('answers a write when two nodes have it, unless there is one', () => {
    expect(valuesOf().kafkaConfig.extraConfig).toEqual(['min.insync.replicas=2'])
    expect(valuesOf({ nodes: 1 }).kafkaConfig.extraConfig).toEqual(['min.insync.replicas=1'])
  })

  it.each([
    [{ value: 1, unit: 'GiB' }, '-Xms512m -Xmx512m'],
    [{ value: 4, unit: 'GiB' }, '-Xms2048m -Xmx2048m'],
    [{ value: 64, unit: 'GiB' }, '-Xms6144m -Xmx6144m'],
  ])('has a heap of half of %o, to a bound', (memory, heap) => {
    expect(valuesOf({ memory }).heapOpts).toBe(heap)
  })

  it('keeps its nodes apart by the label its gates use', () => {
    const label = { 'phoenix.cloud/resource': 'events' }
    const { affinity, commonLabels } = valuesOf()
    expect(commonLabels).toEqual(label)
    expect(affinity.podAntiAffinity).toMatchObject({
      requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: { matchLabels: label } }],
    })
    expect(valuesOf({ placement: 'preferred' }).affinity.podAntiAffinity).toHaveProperty(
      'preferredDuringSchedulingIgnoredDuringExecution',
    )
  })

  it('shows its inner listeners to its own nodes only', () => {
    const gates = rendered().filter(({ spec }) =>
      (spec as { policyTypes?: string[] }).policyTypes?.includes('Ingress'),
    )
    const inner = gates.filter((gate) => /909[34]/.test(JSON.stringify(gate)))
    expect(inner.map(({ spec }) => (spec as { ingress: unknown }).ingress)).toEqual([
      [
        {
          from: [{ podSelector: { matchLabels: { 'phoenix.cloud/resource': 'events' } } }],
          ports: [
            { protocol: 'TCP', port: 9093 },
            { protocol: 'TCP', port: 9094 },
          ],
        },
      ],
    ])
  })

  it('tells who asks for a single node', () => {
    const findings = (parameters: object) =>
      kafka.findings(exampleInput(kafka as never, { name: 'events', parameters }) as never)
    expect(findings({ ...LEAST, nodes: 1 }).map(({ rule }) => rule)).toEqual(['SINGLE-INSTANCE'])
    expect(findings(LEAST)).toEqual([])
  })
})

describe('the parameters of kafka', () => {
  it.each([
    ['an even number of nodes', { nodes: 4 }],
    ['no TLS', { tls: undefined }],
    ['a password', { password: 'x' }],
    ['an identity that is no UUID', { clusterId: 'short' }],
  ])('refuse %s', (_, more) => {
    expect(kafka.parameters.safeParse({ ...LEAST, ...more }).success).toBe(false)
  })
})
