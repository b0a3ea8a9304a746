// Template key-vault: a vault in Azure, in a resource group of its own. Nothing is put into it from here.
import { KeyVaultParameters } from '../schemas/parameters/key-vault.ts'
import { EMPTY_DEMAND, type Template } from '../schemas/template.ts'
import { resourceGroup } from './parts/azure.ts'
import { keyVault as vault } from './parts/key-vault.ts'
import { scopeOf } from './parts/object.ts'

const NAME = 'key-vault'

export const keyVault: Template<KeyVaultParameters> = {
  name: NAME,
  version: '1.0.0',
  title: 'Key vault in Azure',
  description:
    'A vault with soft delete, purge protection and roles, reachable over private endpoints only.',
  kind: NAME,
  parameters: KeyVaultParameters,
  examples: [
    {
      title: 'A vault with hardware-backed keys',
      name: 'order-vault',
      parameters: {
        location: 'westeurope',
        azureName: 'the-order-prod-kv',
        entraTenantId: '0f8fad5b-d9cb-469f-a165-70867728950e',
        hsm: true,
      },
    },
  ],
  renders: ['ResourceGroup', 'Vault'],
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
        objects: [resourceGroup(scope, parameters.location), vault(scope, parameters)],
      },
    ]
  },
}
