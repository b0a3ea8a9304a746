// Template opentelemetry-operator: the operator behind OpenTelemetryCollector, once per cluster. It needs cert-manager.
import { OpenTelemetryOperatorParameters } from '../schemas/parameters/opentelemetry-operator.ts'
import { EMPTY_DEMAND, type Template } from '../schemas/template.ts'
import { helmRelease } from './parts/helm-release.ts'
import { scopeOf } from './parts/object.ts'
import { resourcesOf } from './parts/resources.ts'

const NAME = 'opentelemetry-operator'

export const openTelemetryOperator: Template<OpenTelemetryOperatorParameters> = {
  name: NAME,
  version: '1.0.0',
  title: 'OpenTelemetry operator',
  description:
    'The operator that runs OpenTelemetry collectors, installed for a whole cluster. ' +
    'Needs cert-manager on the cluster.',
  kind: NAME,
  parameters: OpenTelemetryOperatorParameters,
  examples: [{ title: 'Two operators', name: 'telemetry-operator', parameters: {} }],
  renders: ['HelmRepository', 'HelmRelease'],
  clusterWide: true,
  cluster: ({ cluster }) => cluster,
  demand: () => EMPTY_DEMAND,
  findings: () => [],
  render: (input) => {
    const { replicas, waitForCertManager } = input.parameters
    return [
      {
        wave: 20,
        name: input.name,
        objects: helmRelease(scopeOf(NAME, input), {
          chart: 'opentelemetry-operator',
          dependsOn: waitForCertManager ? ['cert-manager'] : [],
          values: {
            replicaCount: replicas,
            pdb: { create: replicas > 1, minAvailable: 1 },
            manager: { resources: resourcesOf({ cpu: '100m', memory: '256Mi' }) },
            admissionWebhooks: { certManager: { enabled: true } },
          },
        }),
      },
    ]
  },
}
