// Values for kube-prometheus-stack: Prometheus, Alertmanager and Grafana in one release.
import type { KubePrometheusStackValues } from '../../schemas/charts/kube-prometheus-stack.ts'
import type { MonitoringParameters } from '../../schemas/parameters/monitoring.ts'
import { demandMiB, type Size } from '../../schemas/quantity.ts'
import {
  MONITORING_HELPERS,
  MONITORING_PER_NODE,
  MONITORING_SIZES,
  type MonitoringSize,
} from './monitoring-size.ts'
import type { Scope } from './object.ts'
import { quantity, resourcesOf } from './resources.ts'

/** Neither Prometheus nor Alertmanager asks who is there, so the fence has to. */
const OWN_NAMESPACE = { podSelector: {} } as const
/** What the alerts of ours take the place of (parts/alert-rules.ts). */
const REPLACED = {
  KubeNodeNotReady: true,
  KubePodCrashLooping: true,
  KubePersistentVolumeFillingUp: true,
} as const
/** Alerts wait here for hours, not months. */
const ALERTMANAGER_STORAGE: Size = { value: 5, unit: 'GiB' }

export const metricsStack = (
  { tenant }: Scope,
  parameters: MonitoringParameters,
): KubePrometheusStackValues => {
  const size = MONITORING_SIZES[parameters.size]
  const controlPlane = { enabled: parameters.controlPlane }
  return {
    defaultRules: { disabled: REPLACED },
    kubeControllerManager: controlPlane,
    kubeEtcd: controlPlane,
    kubeScheduler: controlPlane,
    kubeProxy: controlPlane,
    prometheusOperator: {
      // Said aloud, or the chart's job and Flux would each correct the other for ever.
      admissionWebhooks: {
        failurePolicy: 'Ignore',
        patch: { resources: resourcesOf(MONITORING_HELPERS.webhookJob) },
      },
      prometheusConfigReloader: { resources: resourcesOf(MONITORING_HELPERS.reloader) },
      resources: resourcesOf(size.operator),
    },
    prometheus: prometheus(parameters, size),
    alertmanager: alertmanager(tenant, parameters, size),
    grafana: grafana(parameters, size),
    'kube-state-metrics': { resources: resourcesOf(size.kubeStateMetrics) },
    'prometheus-node-exporter': { resources: resourcesOf(MONITORING_PER_NODE.nodeExporter) },
  }
}

const claim = (storage: Size, { storageClass }: MonitoringParameters) => ({
  volumeClaimTemplate: {
    spec: {
      accessModes: ['ReadWriteOnce'] as ['ReadWriteOnce'],
      ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
      resources: { requests: { storage: quantity(storage) } },
    },
  },
})

const prometheus = (
  parameters: MonitoringParameters,
  { replicas, prometheus: amounts }: MonitoringSize,
): KubePrometheusStackValues['prometheus'] => {
  const { metrics, clientNamespaces } = parameters
  return {
    networkPolicy: {
      enabled: true,
      ingress: [{ from: [OWN_NAMESPACE] }, ...clientsOf(clientNamespaces)],
      // It reads from wherever something is to be read.
      egress: [{}],
    },
    additionalPodMonitors: [
      {
        name: 'cert-manager',
        namespaceSelector: { matchNames: ['cert-manager'] },
        selector: { matchLabels: { 'app.kubernetes.io/component': 'controller' } },
        podMetricsEndpoints: [{ port: 'http-metrics' }],
      },
    ],
    prometheusSpec: {
      replicas,
      retention: `${metrics.retentionDays}d`,
      // The rest is for the log of changes, and for compaction.
      retentionSize: `${Math.floor(demandMiB(metrics.storage) * 0.85)}MiB`,
      enableRemoteWriteReceiver: clientNamespaces.length > 0,
      // Monitors and rules of other releases count, whatever release they came with.
      ruleSelectorNilUsesHelmValues: false,
      serviceMonitorSelectorNilUsesHelmValues: false,
      podMonitorSelectorNilUsesHelmValues: false,
      probeSelectorNilUsesHelmValues: false,
      scrapeConfigSelectorNilUsesHelmValues: false,
      resources: resourcesOf(amounts),
      storageSpec: claim(metrics.storage, parameters),
    },
  }
}

const clientsOf = (namespaces: string[]): { from: [NamespacePeer]; ports: [Port] }[] =>
  namespaces.length === 0
    ? []
    : [{ from: [namespacesPeer(namespaces)], ports: [{ protocol: 'TCP', port: 9090 }] }]

type Port = { protocol: 'TCP'; port: number }
type NamespacePeer = ReturnType<typeof namespacesPeer>
export const namespacesPeer = (values: string[]) => ({
  namespaceSelector: {
    matchExpressions: [
      { key: 'kubernetes.io/metadata.name' as const, operator: 'In' as const, values },
    ] as [{ key: 'kubernetes.io/metadata.name'; operator: 'In'; values: string[] }],
  },
})

const alertmanager = (
  tenant: string,
  parameters: MonitoringParameters,
  { replicas, alertmanager: amounts }: MonitoringSize,
): KubePrometheusStackValues['alertmanager'] => ({
  networkPolicy: { enabled: true, additionalIngress: [{ from: [OWN_NAMESPACE] }] },
  podDisruptionBudget: { enabled: replicas > 1 },
  alertmanagerSpec: {
    replicas,
    // Only what the cluster's owner says about receivers counts, and for alerts of every namespace.
    alertmanagerConfigSelector: { matchLabels: { 'phoenix.cloud/template': 'monitoring' } },
    alertmanagerConfigNamespaceSelector: {
      matchLabels: { 'kubernetes.io/metadata.name': tenant },
    },
    alertmanagerConfigMatcherStrategy: { type: 'None' },
    resources: resourcesOf(amounts),
    storage: claim(ALERTMANAGER_STORAGE, parameters),
  },
})

/** The sidecars look for dashboards in their own namespace only: by themselves they would read every Secret there is. */
const OWN_CONFIG_MAPS = { searchNamespace: 'monitoring', resource: 'configmap' } as const

const grafana = (
  { grafana: { adminSecret, storage }, storageClass }: MonitoringParameters,
  { grafana: amounts }: MonitoringSize,
): KubePrometheusStackValues['grafana'] => ({
  admin: {
    existingSecret: adminSecret,
    userKey: 'admin-user',
    passwordKey: 'admin-password',
  },
  resources: resourcesOf(amounts),
  rbac: { namespaced: true },
  sidecar: {
    resources: resourcesOf(MONITORING_HELPERS.sidecar),
    dashboards: OWN_CONFIG_MAPS,
    datasources: OWN_CONFIG_MAPS,
  },
  persistence: {
    enabled: true,
    size: quantity(storage),
    ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
  },
  // One volume: a second pod could not start beside the first.
  deploymentStrategy: { type: 'Recreate' },
  // It would run as root; the pod's group owns the volume without it.
  initChownData: { enabled: false },
  testFramework: { enabled: false },
  'grafana.ini': {
    analytics: { reporting_enabled: false, check_for_updates: false },
    users: { allow_sign_up: false },
    security: { disable_gravatar: true },
  },
  additionalDataSources: [
    {
      name: 'Loki',
      uid: 'loki',
      type: 'loki',
      access: 'proxy',
      url: 'http://loki.monitoring.svc:3100',
    },
  ],
})
