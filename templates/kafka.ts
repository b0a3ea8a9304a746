// Template kafka: a Kafka cluster in the tenant's own namespace, without ZooKeeper and without an operator.
import { KafkaParameters } from '../schemas/parameters/kafka.ts'
import type { Template } from '../schemas/template.ts'
import { finding } from './parts/findings.ts'
import { helmRelease } from './parts/helm-release.ts'
import { kafkaCluster, kafkaGates, kafkaPods } from './parts/kafka.ts'
import { scopeOf } from './parts/object.ts'
import { demandOfPods } from './parts/pod-demand.ts'

const NAME = 'kafka'

export const kafka: Template<KafkaParameters> = {
  name: NAME,
  version: '1.0.0',
  title: 'Kafka',
  description:
    'An Apache Kafka cluster (KRaft) with passwords and TLS on every listener, one for a namespace. ' +
    'Topics are not made by themselves; clients go to the Service kafka, port 9092.',
  kind: NAME,
  parameters: KafkaParameters,
  examples: [
    {
      title: 'Three nodes with certificates of the tenant’s own authority',
      name: 'events',
      parameters: {
        storage: { value: 500, unit: 'GB' },
        passwordSecret: 'events-passwords',
        tls: { from: 'issuer', issuer: 'inner-ca' },
      },
    },
    {
      title: 'A single node for trials',
      name: 'trial-events',
      parameters: {
        nodes: 1,
        placement: 'preferred',
        cores: 1,
        memory: { value: 2, unit: 'GiB' },
        storage: { value: 10, unit: 'GiB' },
        retentionHours: 24,
        passwordSecret: 'trial-events-passwords',
        tls: { from: 'secret', secret: 'trial-events-tls' },
      },
    },
  ],
  renders: ['OCIRepository', 'HelmRelease', 'NetworkPolicy'],
  clusterWide: true,
  cluster: ({ cluster }) => cluster,
  demand: (name, parameters) => demandOfPods(kafkaPods(name, parameters)),
  rules: ['SINGLE-INSTANCE'],
  findings: ({ parameters: { nodes } }) =>
    nodes === 1
      ? [
          finding('SINGLE-INSTANCE', 'One node: its loss is the loss of what it holds.', {
            pointer: '/parameters/nodes',
          }),
        ]
      : [],
  render: (input) => {
    const { name, parameters } = input
    const scope = scopeOf(NAME, input)
    return [
      {
        wave: 40,
        name,
        objects: [
          ...helmRelease(scope, { chart: 'kafka', values: kafkaCluster(scope, parameters) }),
          ...kafkaGates(scope, parameters),
        ],
      },
    ]
  },
}
