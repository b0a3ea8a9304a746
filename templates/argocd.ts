// Template argocd: Argo CD for a whole cluster, told what it must know about our kinds, its open project closed.
// A cluster that Argo CD follows was started with this chart and these names; the release takes that over.
import { ArgocdParameters } from '../schemas/parameters/argocd.ts'
import { EMPTY_DEMAND, type Template } from '../schemas/template.ts'
import { argoCd, closedDefaultProject } from './parts/argocd-values.ts'
import { finding } from './parts/findings.ts'
import { helmRelease } from './parts/helm-release.ts'
import { scopeOf } from './parts/object.ts'

const NAME = 'argocd'

export const argocd: Template<ArgocdParameters> = {
  name: NAME,
  version: '1.0.0',
  title: 'Argo CD',
  description:
    'Argo CD with ApplicationSets and notifications, installed for a whole cluster. Login by OpenID Connect ' +
    'without a secret; an ingress needs cert-manager. Where Argo CD already runs, it must come from the same chart ' +
    '(argo-cd, with fullnameOverride argocd).',
  kind: NAME,
  parameters: ArgocdParameters,
  examples: [
    {
      title: 'Highly available, login by Keycloak, reached through an ingress',
      name: 'argocd',
      parameters: {
        domain: 'argocd.example.com',
        login: {
          issuer: 'https://id.example.com/realms/staff',
          clientId: 'argocd',
          adminGroup: 'platform-admins',
          viewerGroup: 'developers',
        },
        ingress: { className: 'nginx', clusterIssuer: 'letsencrypt' },
      },
    },
    {
      title: 'One of each, for trials, reached by port-forwarding',
      name: 'argocd-trial',
      parameters: { domain: 'argocd.example.com', highAvailability: false },
    },
  ],
  renders: ['HelmRepository', 'HelmRelease'],
  clusterWide: true,
  cluster: ({ cluster }) => cluster,
  demand: () => EMPTY_DEMAND,
  rules: ['SINGLE-INSTANCE'],
  findings: ({ parameters }) =>
    parameters.highAvailability
      ? []
      : [
          finding(
            'SINGLE-INSTANCE',
            'Argo CD has one of each part: nothing follows Git without it.',
            {
              pointer: '/parameters/highAvailability',
            },
          ),
        ],
  render: (input) => {
    const scope = scopeOf(NAME, input)
    return [
      {
        wave: 20,
        name: input.name,
        objects: [
          ...helmRelease(scope, {
            chart: 'argo-cd',
            values: argoCd(input.parameters, input.cluster.engine),
          }),
          ...helmRelease(scope, {
            chart: 'argocd-apps',
            values: closedDefaultProject,
            dependsOn: ['argo-cd'],
          }),
        ],
      },
    ]
  },
}
