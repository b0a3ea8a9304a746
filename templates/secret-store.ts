// Template secret-store: the tenant's way to its own key vault, and the Secrets it wants from there. It knows names,
// never values, and grants nothing: who may read the vault is decided in Azure.
import { SecretStoreParameters } from '../schemas/parameters/secret-store.ts'
import { EMPTY_DEMAND, type Template } from '../schemas/template.ts'
import { scopeOf } from './parts/object.ts'
import { externalSecrets, secretStore, vaultAccount } from './parts/secret-store.ts'

const NAME = 'secret-store'

export const secretStoreTemplate: Template<SecretStoreParameters> = {
  name: NAME,
  version: '1.0.0',
  title: 'Secret store',
  description:
    'Secrets of an Azure Key Vault, kept up to date in the namespace; only their names are in Git. ' +
    'Needs External Secrets and Azure workload identity on the cluster.',
  kind: NAME,
  parameters: SecretStoreParameters,
  examples: [
    {
      title: 'What a database backup and a cache need',
      name: 'secrets',
      parameters: {
        vault: 'dbis-prod',
        entraTenantId: '00000000-0000-4000-8000-000000000001',
        clientId: '00000000-0000-4000-8000-000000000002',
        secrets: [
          {
            name: 'backup-store',
            keys: [
              { key: 'storage-account', vaultSecret: 'backup-storage-account' },
              { key: 'storage-sas-token', vaultSecret: 'backup-storage-sas' },
            ],
          },
          { name: 'cache-auth', keys: [{ key: 'password', vaultSecret: 'cache-password' }] },
        ],
      },
    },
  ],
  renders: ['ServiceAccount', 'SecretStore', 'ExternalSecret'],
  cluster: ({ cluster }) => cluster,
  demand: () => EMPTY_DEMAND,
  findings: () => [],
  render: (input) => {
    const { name, parameters } = input
    const scope = scopeOf(NAME, input)
    return [
      {
        wave: 20,
        name,
        objects: [
          vaultAccount(scope, parameters),
          secretStore(scope, parameters),
          ...externalSecrets(scope, parameters),
        ],
      },
    ]
  },
}
