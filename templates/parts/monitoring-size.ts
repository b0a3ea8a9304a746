// What each part of the monitoring may use, by the size asked for. Medium and large are the two ends of what the source
// gives monitoring: 4-8 cores, 16-32 GB in all.
import type { MonitoringParameters } from '../../schemas/parameters/monitoring.ts'
import type { Amounts } from './resources.ts'

export interface MonitoringSize {
  /** Of Prometheus, and of Alertmanager: two of each watch each other. */
  replicas: 1 | 2
  prometheus: Amounts
  alertmanager: Amounts
  loki: Amounts
  grafana: Amounts
  operator: Amounts
  kubeStateMetrics: Amounts
}

export const MONITORING_SIZES: Record<MonitoringParameters['size'], MonitoringSize> = {
  small: {
    replicas: 1,
    prometheus: { cpu: '500m', memory: '2Gi' },
    alertmanager: { cpu: '50m', memory: '128Mi' },
    loki: { cpu: '500m', memory: '1Gi' },
    grafana: { cpu: '200m', memory: '512Mi' },
    operator: { cpu: '100m', memory: '256Mi' },
    kubeStateMetrics: { cpu: '50m', memory: '256Mi' },
  },
  medium: {
    replicas: 2,
    prometheus: { cpu: '1', memory: '4Gi' },
    alertmanager: { cpu: '50m', memory: '256Mi' },
    loki: { cpu: '1', memory: '4Gi' },
    grafana: { cpu: '300m', memory: '1Gi' },
    operator: { cpu: '100m', memory: '512Mi' },
    kubeStateMetrics: { cpu: '100m', memory: '1Gi' },
  },
  large: {
    replicas: 2,
    prometheus: { cpu: '2', memory: '8Gi' },
    alertmanager: { cpu: '100m', memory: '512Mi' },
    loki: { cpu: '2', memory: '8Gi' },
    grafana: { cpu: '1', memory: '1536Mi' },
    operator: { cpu: '200m', memory: '1Gi' },
    kubeStateMetrics: { cpu: '300m', memory: '1536Mi' },
  },
}

/** The same in every size. A reloader stands beside each Prometheus and each Alertmanager, two sidecars beside Grafana. */
export const MONITORING_HELPERS = {
  reloader: { cpu: '25m', memory: '64Mi' },
  sidecar: { cpu: '50m', memory: '128Mi' },
  webhookJob: { cpu: '50m', memory: '64Mi' },
} satisfies Record<string, Amounts>

/** Once on every node. */
export const MONITORING_PER_NODE = {
  nodeExporter: { cpu: '100m', memory: '128Mi' },
  collector: { cpu: '150m', memory: '256Mi' },
  collectorReloader: { cpu: '25m', memory: '64Mi' },
} satisfies Record<string, Amounts>
