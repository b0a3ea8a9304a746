// Template vault: a store of secrets in the tenant's own namespace, by OpenBao. It starts sealed and empty: a person
// initialises it once, and keeps what it then shows.
import { VaultParameters } from '../schemas/parameters/vault.ts'
import type { Template } from '../schemas/template.ts'
import { helmRelease } from './parts/helm-release.ts'
import { scopeOf } from './parts/object.ts'
import { openbao, openbaoGates, openbaoPods } from './parts/openbao.ts'
import { demandOfPods } from './parts/pod-demand.ts'

const NAME = 'vault'

export const vault: Template<VaultParameters> = {
  name: NAME,
  version: '1.0.0',
  title: 'Vault (OpenBao)',
  description:
    'A highly available store of secrets with an audit log, unsealed by a key in Azure, one for a namespace. ' +
    'It is OpenBao, the fork of HashiCorp Vault under an open licence. ' +
    'Needs Azure workload identity on the cluster; once it runs, initialise it with bao operator init.',
  kind: NAME,
  parameters: VaultParameters,
  examples: [
    {
      title: 'Three servers, unsealed by a key vault',
      name: 'vault',
      parameters: {
        unseal: {
          keyVault: 'dbis-prod',
          key: 'openbao-unseal',
          entraTenantId: '00000000-0000-4000-8000-000000000001',
          clientId: '00000000-0000-4000-8000-000000000002',
        },
        tlsSecret: 'vault-tls',
        allowNamespaces: ['external-secrets'],
      },
    },
  ],
  renders: ['OCIRepository', 'HelmRelease', 'NetworkPolicy'],
  clusterWide: true,
  cluster: ({ cluster }) => cluster,
  demand: (name, parameters) => demandOfPods(openbaoPods(name, parameters)),
  findings: () => [],
  render: (input) => {
    const { name, parameters } = input
    const scope = scopeOf(NAME, input)
    return [
      {
        wave: 40,
        name,
        objects: [
          ...helmRelease(scope, { chart: 'openbao', values: openbao(scope, parameters) }),
          ...openbaoGates(scope, parameters),
        ],
      },
    ]
  },
}
