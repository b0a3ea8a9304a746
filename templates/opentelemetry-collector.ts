// Template opentelemetry-collector: takes traces, metrics and logs by OTLP and passes them on. It keeps nothing.
import { OpenTelemetryCollectorParameters } from '../schemas/parameters/opentelemetry-collector.ts'
import type { Template } from '../schemas/template.ts'
import { finding } from './parts/findings.ts'
import { scopeOf } from './parts/object.ts'
import { collector, collectorGates, collectorPods } from './parts/opentelemetry.ts'
import { demandOfPods } from './parts/pod-demand.ts'

const NAME = 'opentelemetry-collector'

export const openTelemetryCollector: Template<OpenTelemetryCollectorParameters> = {
  name: NAME,
  version: '1.0.0',
  title: 'OpenTelemetry collector',
  description:
    'Takes traces, metrics and logs by OTLP and sends them on, to Application Insights, Prometheus ' +
    'or anything that speaks OTLP. Needs the OpenTelemetry operator on the cluster.',
  kind: NAME,
  parameters: OpenTelemetryCollectorParameters,
  examples: [
    {
      title: 'To Application Insights, and metrics to the cluster’s Prometheus too',
      name: 'telemetry',
      parameters: {
        exporters: [
          {
            kind: 'azuremonitor',
            connectionString: { name: 'app-insights', key: 'connection-string' },
          },
          {
            kind: 'prometheusremotewrite',
            endpoint: 'http://kube-prometheus-stack-prometheus.monitoring.svc:9090/api/v1/write',
          },
        ],
      },
    },
    {
      title: 'To a store elsewhere, with a token',
      name: 'traces',
      parameters: {
        cpu: '250m',
        memory: { value: 512, unit: 'MiB' },
        exporters: [
          {
            kind: 'otlphttp',
            endpoint: 'https://otlp.example.com',
            authorization: { name: 'otlp-token', key: 'header' },
          },
        ],
        allowNamespaces: ['portal'],
      },
    },
  ],
  renders: ['OpenTelemetryCollector', 'NetworkPolicy'],
  cluster: ({ cluster }) => cluster,
  demand: (name, parameters) => demandOfPods(collectorPods(name, parameters)),
  rules: ['SINGLE-INSTANCE'],
  findings: ({ parameters: { replicas } }) =>
    replicas === 1
      ? [
          finding('SINGLE-INSTANCE', 'While the one collector restarts, signals are lost.', {
            pointer: '/parameters/replicas',
          }),
        ]
      : [],
  render: (input) => {
    const { name, parameters } = input
    const scope = scopeOf(NAME, input)
    return [
      {
        wave: 90,
        name,
        objects: [collector(scope, parameters), ...collectorGates(scope, parameters)],
      },
    ]
  },
}
