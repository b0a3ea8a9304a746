// Template monitoring: metrics, alerts, dashboards and logs of a whole cluster. It is reached from inside the cluster only.
import { MonitoringParameters } from '../schemas/parameters/monitoring.ts'
import { EMPTY_DEMAND, type Template } from '../schemas/template.ts'
import { alertRoute, besuTargets, isHeard } from './parts/alert-route.ts'
import { alertRules } from './parts/alert-rules.ts'
import { finding } from './parts/findings.ts'
import { helmRelease } from './parts/helm-release.ts'
import { logCollector, logStore } from './parts/log-stack.ts'
import { metricsStack } from './parts/metrics-stack.ts'
import { scopeOf } from './parts/object.ts'

const NAME = 'monitoring'

export const monitoring: Template<MonitoringParameters> = {
  name: NAME,
  version: '1.0.0',
  title: 'Monitoring',
  description:
    'Prometheus, Alertmanager and Grafana, with Loki for logs and Alloy to collect them, for a ' +
    'whole cluster, in the namespace monitoring.',
  kind: NAME,
  parameters: MonitoringParameters,
  examples: [
    {
      title: 'A cluster that also watches a chain, logs in a bucket, alerts by mail and hook',
      name: 'monitoring',
      parameters: {
        size: 'large',
        metrics: { retentionDays: 30, storage: { value: 500, unit: 'GiB' } },
        logs: {
          retentionDays: 90,
          storage: { value: 50, unit: 'GiB' },
          store: {
            kind: 's3',
            endpoint: 'https://objects.example.com',
            bucket: 'cluster-logs',
            secret: 'loki-store',
          },
        },
        grafana: { adminSecret: 'grafana-admin' },
        alerts: {
          email: {
            to: 'on-call@example.com',
            from: 'alerts@example.com',
            host: 'mail.example.com',
            username: 'alerts@example.com',
            password: { name: 'alert-mail', key: 'password' },
          },
          webhook: { url: { name: 'alert-hook', key: 'url' } },
        },
        besu: true,
        besuNodes: ['192.168.11.101', '192.168.11.102', '192.168.11.103', '192.168.11.104'],
        clientNamespaces: ['dbis'],
      },
    },
    {
      title: 'A small one for trials',
      name: 'watch',
      parameters: { size: 'small', grafana: { adminSecret: 'grafana-admin' } },
    },
  ],
  renders: [
    ...['OCIRepository', 'HelmRepository', 'HelmRelease', 'PrometheusRule'],
    ...['AlertmanagerConfig', 'ScrapeConfig'],
  ],
  clusterWide: true,
  cluster: ({ cluster }) => cluster,
  demand: () => EMPTY_DEMAND,
  rules: ['ALERTS-UNHEARD', 'SINGLE-INSTANCE'],
  findings: ({ parameters: { alerts, size } }) => [
    ...(isHeard(alerts)
      ? []
      : [
          finding('ALERTS-UNHEARD', 'Alerts are shown in Grafana, and sent to nobody.', {
            pointer: '/parameters/alerts',
          }),
        ]),
    ...(size === 'small'
      ? [
          finding('SINGLE-INSTANCE', 'While the one Prometheus restarts, nothing is watched.', {
            pointer: '/parameters/size',
          }),
        ]
      : []),
  ],
  render: (input) => {
    const { name, parameters, cluster } = input
    const scope = scopeOf(NAME, input)
    const stack = 'kube-prometheus-stack'
    return [
      {
        // First and alone: it brings the kinds of the rules below.
        wave: 20,
        name,
        objects: helmRelease(scope, { chart: stack, values: metricsStack(scope, parameters) }),
      },
      {
        wave: 90,
        name,
        objects: [
          ...helmRelease(scope, {
            chart: 'loki',
            values: logStore(parameters),
            dependsOn: [stack],
          }),
          ...helmRelease(scope, {
            chart: 'alloy',
            values: logCollector(cluster.name),
            dependsOn: [stack, 'loki'],
          }),
          alertRules(scope, parameters),
          ...alertRoute(scope, parameters.alerts),
          ...besuTargets(scope, parameters),
        ],
      },
    ]
  },
}
