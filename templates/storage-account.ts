// Template storage-account: blob storage in Azure with its containers, in a resource group of its own.
import { StorageAccountParameters } from '../schemas/parameters/storage-account.ts'
import { EMPTY_DEMAND, type Template } from '../schemas/template.ts'
import { resourceGroup } from './parts/azure.ts'
import { scopeOf } from './parts/object.ts'
import { storageAccount as account, blobContainer, blobService } from './parts/storage-account.ts'

const NAME = 'storage-account'

export const storageAccount: Template<StorageAccountParameters> = {
  name: NAME,
  version: '1.0.0',
  title: 'Storage account in Azure',
  description:
    'Blob storage over TLS 1.2 with versions and soft delete, for Entra identities only.',
  kind: NAME,
  parameters: StorageAccountParameters,
  examples: [
    {
      title: 'Documents in three containers',
      name: 'order-documents',
      parameters: {
        location: 'westeurope',
        azureName: 'theorderdocuments',
        containers: ['intake-documents', 'dataroom-deals', 'credentials'],
      },
    },
  ],
  renders: [
    ...['ResourceGroup', 'StorageAccount', 'StorageAccountsBlobService'],
    'StorageAccountsBlobServicesContainer',
  ],
  cluster: ({ cluster }) => cluster,
  demand: () => EMPTY_DEMAND,
  findings: () => [],
  render: (input) => {
    const { name, parameters } = input
    const scope = scopeOf(NAME, input)
    return [
      {
        wave: 30,
        name,
        objects: [
          resourceGroup(scope, parameters.location),
          account(scope, parameters),
          blobService(scope, parameters),
          ...parameters.containers.map((container) => blobContainer(scope, container)),
        ],
      },
    ]
  },
}
