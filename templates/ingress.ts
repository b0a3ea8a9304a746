// Template ingress: names of the outside that lead to a tenant's Services, over https only.
import { IngressParameters } from '../schemas/parameters/ingress.ts'
import { EMPTY_DEMAND, type Template } from '../schemas/template.ts'
import { ingressGates, ingressRule } from './parts/ingress.ts'
import { scopeOf } from './parts/object.ts'

const NAME = 'ingress'

export const ingress: Template<IngressParameters> = {
  name: NAME,
  version: '1.0.0',
  title: 'Ingress',
  description:
    'Public names that lead to Services of the namespace, with a certificate. ' +
    'Needs an ingress controller, such as the template ingress-controller installs.',
  kind: NAME,
  parameters: IngressParameters,
  examples: [
    {
      title: 'A portal, and its API below one path',
      name: 'portal-entry',
      parameters: {
        hosts: ['portal.example.com'],
        tlsSecret: 'portal-cert-tls',
        paths: [
          { path: '/', service: 'portal', port: 9898 },
          { path: '/api', service: 'api', port: 8080 },
        ],
      },
    },
    {
      title: 'A forge, whose Service is not named after its resource',
      name: 'forge-entry',
      parameters: {
        hosts: ['git.example.com'],
        tlsSecret: 'forge-cert-tls',
        paths: [{ path: '/', service: 'gitea-http', port: 3000, resource: 'forge' }],
      },
    },
  ],
  renders: ['Ingress', 'NetworkPolicy'],
  cluster: ({ cluster }) => cluster,
  demand: () => EMPTY_DEMAND,
  findings: () => [],
  render: (input) => {
    const { name, parameters } = input
    const scope = scopeOf(NAME, input)
    return [
      {
        wave: 80,
        name,
        objects: [ingressRule(scope, parameters), ...ingressGates(scope, parameters)],
      },
    ]
  },
}
