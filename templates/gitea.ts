// Template gitea: a Git server in the tenant's own namespace. Database and administrator are found by the names of
// their Secrets; the way in from outside is an ingress's matter.
import { GiteaParameters } from '../schemas/parameters/gitea.ts'
import type { Template } from '../schemas/template.ts'
import { finding } from './parts/findings.ts'
import { giteaGates, giteaPods, giteaServer } from './parts/gitea.ts'
import { helmRelease } from './parts/helm-release.ts'
import { scopeOf } from './parts/object.ts'
import { demandOfPods } from './parts/pod-demand.ts'

const NAME = 'gitea'

export const gitea: Template<GiteaParameters> = {
  name: NAME,
  version: '1.0.0',
  title: 'Gitea',
  description:
    'A Git server with issues, reviews and packages, one for a namespace. ' +
    'Needs a PostgreSQL database; it answers as the Service gitea-http, port 3000.',
  kind: NAME,
  parameters: GiteaParameters,
  examples: [
    {
      title: 'Behind an ingress controller, with a database beside it',
      name: 'forge',
      parameters: {
        hostname: 'git.example.com',
        storage: { value: 200, unit: 'GB' },
        database: { host: 'forge-db-rw', secret: 'forge-db-app' },
        adminSecret: 'forge-admin',
        adminEmail: 'forge@example.com',
        allowNamespaces: ['traefik'],
      },
    },
  ],
  renders: ['OCIRepository', 'HelmRelease', 'NetworkPolicy'],
  clusterWide: true,
  cluster: ({ cluster }) => cluster,
  demand: (name, parameters) => demandOfPods(giteaPods(name, parameters)),
  rules: ['SINGLE-INSTANCE'],
  findings: () => [
    finding('SINGLE-INSTANCE', 'One server with one volume: every restart is an outage of Git.'),
  ],
  render: (input) => {
    const { name, parameters } = input
    const scope = scopeOf(NAME, input)
    return [
      {
        wave: 70,
        name,
        objects: [
          ...helmRelease(scope, { chart: 'gitea', values: giteaServer(scope, parameters) }),
          ...giteaGates(scope, parameters),
        ],
      },
    ]
  },
}
