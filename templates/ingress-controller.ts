// Template ingress-controller: Traefik, once per cluster. The community's ingress-nginx gets no fixes since March 2026.
import { IngressControllerParameters } from '../schemas/parameters/ingress-controller.ts'
import { EMPTY_DEMAND, type Template } from '../schemas/template.ts'
import { finding } from './parts/findings.ts'
import { helmRelease } from './parts/helm-release.ts'
import { scopeOf } from './parts/object.ts'
import { traefik } from './parts/traefik.ts'

const NAME = 'ingress-controller'

export const ingressController: Template<IngressControllerParameters> = {
  name: NAME,
  version: '1.0.0',
  title: 'Ingress controller',
  description:
    'Traefik as the way in to a whole cluster: https only, no dashboard, no telemetry. ' +
    'It answers for every ingress of its class.',
  kind: NAME,
  parameters: IngressControllerParameters,
  examples: [
    { title: 'Two controllers behind a load balancer', name: 'entry', parameters: {} },
    {
      title: 'Behind a tunnel',
      name: 'inner-entry',
      parameters: { exposure: 'cluster', trustedProxies: ['10.42.0.0/16'] },
    },
  ],
  renders: ['OCIRepository', 'HelmRelease'],
  clusterWide: true,
  cluster: ({ cluster }) => cluster,
  demand: () => EMPTY_DEMAND,
  rules: ['SINGLE-INSTANCE'],
  findings: ({ parameters: { replicas } }) =>
    replicas === 1
      ? [
          finding('SINGLE-INSTANCE', 'With one controller, every restart closes the way in.', {
            pointer: '/parameters/replicas',
          }),
        ]
      : [],
  render: (input) => [
    {
      wave: 20,
      name: input.name,
      objects: helmRelease(scopeOf(NAME, input), {
        chart: 'traefik',
        values: traefik(input.parameters),
      }),
    },
  ],
}
