// Values of CloudPirates' chart of Kafka: nodes that are broker and controller at once, on Apache's own image.
// The chart's pods meet "restricted" by its defaults. Source: github.com/CloudPirates-io/helm-charts, kafka 0.1.4.
import type { KafkaValues } from '../../schemas/charts/kafka.ts'
import type { KafkaParameters } from '../../schemas/parameters/kafka.ts'
import { demandMiB } from '../../schemas/quantity.ts'
import type { Manifest, PodDemand } from '../../schemas/template.ts'
import { allowIn, allowOut, OWN_PODS, podsOfNamespace } from './network-policy.ts'
import type { Scope } from './object.ts'
import { podsOf } from './pod.ts'
import { podDemand } from './pod-demand.ts'
import { amountsOf, quantity, resourcesOf } from './resources.ts'

const CLIENT = 9092
const CONTROLLER = 9093
const INTERNAL = 9094
const HEAP_AT_MOST_MIB = 6144
const ON = { enabled: true } as const
const OFF = { enabled: false } as const

const heap = (memory: KafkaParameters['memory']): string => {
  const mib = Math.min(Math.floor(demandMiB(memory) / 2), HEAP_AT_MOST_MIB)
  return `-Xms${mib}m -Xmx${mib}m`
}

const tls = (of: KafkaParameters['tls']): KafkaValues['tls'] =>
  of.from === 'secret'
    ? { enabled: true, source: 'existing-secret', existingSecret: of.secret }
    : {
        enabled: true,
        source: 'cert-manager',
        certManager: {
          duration: '8760h',
          renewBefore: '720h',
          issuerRef: { group: 'cert-manager.io', kind: 'Issuer', name: of.issuer },
        },
      }

const apart = (
  scope: Scope,
  placement: KafkaParameters['placement'],
): KafkaValues['affinity']['podAntiAffinity'] => {
  const term = {
    labelSelector: { matchLabels: { 'phoenix.cloud/resource': scope.resource } },
    topologyKey: 'kubernetes.io/hostname' as const,
  }
  return placement === 'required'
    ? { requiredDuringSchedulingIgnoredDuringExecution: [term] }
    : {
        preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: term }],
      }
}

export const kafkaCluster = (scope: Scope, parameters: KafkaParameters): KafkaValues => {
  const { nodes, memory, storage, storageClass, clusterId, retentionHours } = parameters
  return {
    replicaCount: nodes,
    commonLabels: { 'phoenix.cloud/resource': scope.resource },
    ...(clusterId === undefined ? {} : { clusterId }),
    auth: {
      client: ON,
      interBroker: ON,
      controller: ON,
      clientUser: parameters.user,
      existingSecret: parameters.passwordSecret,
    },
    tls: tls(parameters.tls),
    kafkaConfig: {
      autoCreateTopicsEnable: false,
      logRetentionHours: retentionHours,
      // A write is answered when a second node has it, too.
      extraConfig: [nodes === 1 ? 'min.insync.replicas=1' : 'min.insync.replicas=2'],
    },
    heapOpts: heap(memory),
    resources: resourcesOf(amountsOf(parameters)),
    affinity: { podAntiAffinity: apart(scope, parameters.placement) },
    persistence: {
      size: quantity(storage),
      ...(storageClass === undefined ? {} : { storageClass }),
    },
    metrics: OFF,
    // The chart's own would let the nodes out to everywhere.
    networkPolicy: OFF,
  }
}

export const kafkaPods = (name: string, parameters: KafkaParameters): PodDemand[] => [
  podDemand(name, {
    count: parameters.nodes,
    containers: [amountsOf(parameters)],
    volumes: [quantity(parameters.storage)],
  }),
]

const tcp = (port: number) => ({ protocol: 'TCP' as const, port })

export const kafkaGates = (scope: Scope, { allowNamespaces }: KafkaParameters): Manifest[] => {
  const pods = podsOf(scope.resource)
  const nodes = { podSelector: { matchLabels: pods } }
  return [
    allowIn(scope, {
      name: 'clients',
      pods,
      peers: [OWN_PODS, ...allowNamespaces.map(podsOfNamespace)],
      ports: [tcp(CLIENT)],
    }),
    allowIn(scope, {
      name: 'peers',
      pods,
      peers: [nodes],
      ports: [CONTROLLER, INTERNAL].map(tcp),
    }),
    allowOut(scope, {
      name: 'to-peers',
      pods,
      peers: [nodes],
      ports: [CLIENT, CONTROLLER, INTERNAL].map(tcp),
    }),
  ]
}
