// Template cert-manager: the operator behind Issuer and Certificate, once per cluster.
import { CertManagerParameters } from '../schemas/parameters/cert-manager.ts'
import { EMPTY_DEMAND, type Template } from '../schemas/template.ts'
import { helmRelease } from './parts/helm-release.ts'
import { scopeOf } from './parts/object.ts'

const NAME = 'cert-manager'

export const certManager: Template<CertManagerParameters> = {
  name: NAME,
  version: '1.0.0',
  title: 'cert-manager',
  description: 'The operator that issues and renews certificates, installed for a whole cluster.',
  kind: NAME,
  parameters: CertManagerParameters,
  examples: [{ title: 'Two controllers', name: 'cert-manager', parameters: {} }],
  renders: ['OCIRepository', 'HelmRelease'],
  clusterWide: true,
  cluster: ({ cluster }) => cluster,
  demand: () => EMPTY_DEMAND,
  findings: () => [],
  render: (input) => [
    {
      wave: 20,
      name: input.name,
      objects: helmRelease(scopeOf(NAME, input), {
        chart: 'cert-manager',
        values: {
          crds: { enabled: true, keep: true },
          replicaCount: input.parameters.replicas,
        },
      }),
    },
  ],
}
