// The alerts every cluster of ours has, beside those of the chart: few, each with something to do about it.
// Metrics: kube-state-metrics, kubelet and cert-manager by their own names; Besu's are those of EIP-2159.
import type { AlertRule, PrometheusRuleSpec } from '../../schemas/manifests/monitoring.ts'
import type { MonitoringParameters } from '../../schemas/parameters/monitoring.ts'
import type { Manifest } from '../../schemas/template.ts'
import { object, type Scope } from './object.ts'

type Row = [
  alert: string,
  severity: AlertRule['labels']['severity'],
  after: string,
  expr: string,
  summary: string,
  description: string,
]

const CLUSTER: Row[] = [
  [
    'NodeDown',
    'critical',
    '5m',
    'kube_node_status_condition{condition="Ready",status="true"} == 0',
    'Node {{ $labels.node }} is down',
    'It has not been ready for 5 minutes. Look at the machine; its pods start elsewhere, if there is room.',
  ],
  [
    'PodCrashLoop',
    'warning',
    '15m',
    'max_over_time(kube_pod_container_status_waiting_reason{reason="CrashLoopBackOff"}[5m]) >= 1',
    'Container {{ $labels.container }} of {{ $labels.namespace }}/{{ $labels.pod }} cannot stay up',
    'It has crashed again and again for 15 minutes. Read the log of its last run.',
  ],
  [
    'VolumeFilling',
    'warning',
    '15m',
    'kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes < 0.15 ' +
      'and predict_linear(kubelet_volume_stats_available_bytes[6h], 4 * 24 * 3600) < 0',
    'Volume {{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }} will be full within four days',
    'Less than 15 % is free, and going. Enlarge the volume or delete something.',
  ],
  [
    'VolumeFull',
    'critical',
    '1m',
    'kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes < 0.03',
    'Volume {{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }} is full',
    'Less than 3 % is free. Enlarge the volume.',
  ],
  [
    'CertificateExpiring',
    'warning',
    '1h',
    'certmanager_certificate_expiration_timestamp_seconds - time() < 14 * 24 * 3600',
    'Certificate {{ $labels.exported_namespace }}/{{ $labels.name }} ends within 14 days',
    'It should have been renewed by now. Look at its conditions and at its issuer.',
  ],
]

const chain = (peers: number): Row[] => [
  [
    'ChainStopped',
    'critical',
    '2m',
    'max by (job) (delta(ethereum_blockchain_height[5m])) <= 0',
    'No block for 5 minutes on the chain of job {{ $labels.job }}',
    'No node has seen a new block. Count the validators that are up: two thirds must be.',
  ],
  [
    'ChainNodeBehind',
    'warning',
    '10m',
    'ethereum_best_known_block_number - ethereum_blockchain_height > 20',
    'Node {{ $labels.instance }} is {{ $value }} blocks behind',
    'It does not keep up. Look at its disk, and at its peers.',
  ],
  [
    'ChainPeersLow',
    'warning',
    '10m',
    `ethereum_peer_count < ${peers}`,
    'Node {{ $labels.instance }} has {{ $value }} peers',
    'Look at its allow-list, its static nodes and the ways to port 30303.',
  ],
]

const ruleOf = ([alert, severity, after, expr, summary, description]: Row): AlertRule => ({
  alert,
  expr,
  for: after,
  labels: { severity },
  annotations: { summary, description },
})

export const alertRules = (scope: Scope, { besu, besuPeers }: MonitoringParameters): Manifest => {
  const spec: PrometheusRuleSpec = {
    groups: [
      { name: 'cluster', rules: CLUSTER.map(ruleOf) },
      ...(besu ? [{ name: 'besu', rules: chain(besuPeers).map(ruleOf) }] : []),
    ],
  }
  return object('PrometheusRule', scope.resource, scope, { spec })
}
