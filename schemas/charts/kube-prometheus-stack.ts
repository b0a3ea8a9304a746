// The values of the chart kube-prometheus-stack that we set.
import * as z from 'zod'
import { ObjectName, Quantity, Resources } from '../manifests/words.ts'
import { Ingress, VolumeClaim } from './words.ts'

const Sized = z.strictObject({ resources: Resources })
const Off = z.strictObject({ enabled: z.literal(false) })
const Switch = z.strictObject({ enabled: z.boolean() })
const Claimed = z.strictObject({
  volumeClaimTemplate: z.strictObject({ spec: VolumeClaim }),
})
const Replicas = z.int().min(1).max(2)
const Sidecar = z.strictObject({
  searchNamespace: z.literal('monitoring'),
  resource: z.literal('configmap'),
})

const Grafana = z.strictObject({
  admin: z.strictObject({
    existingSecret: ObjectName,
    userKey: z.literal('admin-user'),
    passwordKey: z.literal('admin-password'),
  }),
  resources: Resources,
  rbac: z.strictObject({ namespaced: z.literal(true) }),
  sidecar: z.strictObject({ resources: Resources, dashboards: Sidecar, datasources: Sidecar }),
  persistence: z.strictObject({
    enabled: z.literal(true),
    size: Quantity,
    storageClassName: ObjectName.optional(),
  }),
  deploymentStrategy: z.strictObject({ type: z.literal('Recreate') }),
  initChownData: Off,
  testFramework: Off,
  'grafana.ini': z.strictObject({
    analytics: z.strictObject({
      reporting_enabled: z.literal(false),
      check_for_updates: z.literal(false),
    }),
    users: z.strictObject({ allow_sign_up: z.literal(false) }),
    security: z.strictObject({ disable_gravatar: z.literal(true) }),
  }),
  additionalDataSources: z.tuple([
    z.strictObject({
      name: z.literal('Loki'),
      uid: z.literal('loki'),
      type: z.literal('loki'),
      access: z.literal('proxy'),
      url: z.literal('http://loki.monitoring.svc:3100'),
    }),
  ]),
})

const Prometheus = z.strictObject({
  networkPolicy: z.strictObject({
    enabled: z.literal(true),
    ingress: Ingress,
    egress: z.tuple([z.strictObject({})]),
  }),
  additionalPodMonitors: z.array(
    z.strictObject({
      name: ObjectName,
      namespaceSelector: z.strictObject({ matchNames: z.array(ObjectName).length(1) }),
      selector: z.strictObject({ matchLabels: z.record(z.string(), z.string()) }),
      podMetricsEndpoints: z.tuple([z.strictObject({ port: z.string() })]),
    }),
  ),
  prometheusSpec: z.strictObject({
    replicas: Replicas,
    retention: z.string().regex(/^[1-9][0-9]{0,3}d$/),
    retentionSize: z.string().regex(/^[1-9][0-9]{0,9}MiB$/),
    enableRemoteWriteReceiver: z.boolean(),
    ruleSelectorNilUsesHelmValues: z.literal(false),
    serviceMonitorSelectorNilUsesHelmValues: z.literal(false),
    podMonitorSelectorNilUsesHelmValues: z.literal(false),
    probeSelectorNilUsesHelmValues: z.literal(false),
    scrapeConfigSelectorNilUsesHelmValues: z.literal(false),
    resources: Resources,
    storageSpec: Claimed,
  }),
})

const Alertmanager = z.strictObject({
  networkPolicy: z.strictObject({ enabled: z.literal(true), additionalIngress: Ingress }),
  podDisruptionBudget: Switch,
  alertmanagerSpec: z.strictObject({
    replicas: Replicas,
    alertmanagerConfigSelector: z.strictObject({
      matchLabels: z.strictObject({ 'phoenix.cloud/template': z.literal('monitoring') }),
    }),
    alertmanagerConfigNamespaceSelector: z.strictObject({
      matchLabels: z.strictObject({ 'kubernetes.io/metadata.name': ObjectName }),
    }),
    alertmanagerConfigMatcherStrategy: z.strictObject({ type: z.literal('None') }),
    resources: Resources,
    storage: Claimed,
  }),
})

export const kubePrometheusStackValues = z.strictObject({
  defaultRules: z.strictObject({ disabled: z.record(z.string(), z.literal(true)) }),
  kubeControllerManager: Switch,
  kubeEtcd: Switch,
  kubeScheduler: Switch,
  kubeProxy: Switch,
  prometheusOperator: z.strictObject({
    admissionWebhooks: z.strictObject({ failurePolicy: z.literal('Ignore'), patch: Sized }),
    prometheusConfigReloader: Sized,
    resources: Resources,
  }),
  prometheus: Prometheus,
  alertmanager: Alertmanager,
  grafana: Grafana,
  'kube-state-metrics': Sized,
  'prometheus-node-exporter': Sized,
})
export type KubePrometheusStackValues = z.infer<typeof kubePrometheusStackValues>
