// Template azure-postgres: a managed PostgreSQL server in Azure and its databases, in a resource group of its own.
import { AzurePostgresParameters } from '../schemas/parameters/azure-postgres.ts'
import { EMPTY_DEMAND, type Template } from '../schemas/template.ts'
import { resourceGroup } from './parts/azure.ts'
import { flexibleServer, postgresDatabase } from './parts/flexible-server.ts'
import { scopeOf } from './parts/object.ts'

const NAME = 'azure-postgres'

export const azurePostgres: Template<AzurePostgresParameters> = {
  name: NAME,
  version: '1.0.0',
  title: 'PostgreSQL in Azure',
  description:
    'A flexible server without public network, with backups, and in prod a standby in another zone.',
  kind: NAME,
  parameters: AzurePostgresParameters,
  examples: [
    {
      title: 'A production server with two databases',
      name: 'order-db',
      parameters: {
        location: 'westeurope',
        azureName: 'the-order-prod-db',
        backupRetentionDays: 35,
        geoRedundantBackup: true,
        databases: ['identity', 'deal_room'],
      },
    },
    {
      title: 'A small server to develop against',
      name: 'order-db-dev',
      parameters: {
        location: 'northeurope',
        azureName: 'the-order-dev-db',
        environment: 'dev',
        size: 'Standard_B2s',
        storageGiB: 32,
        backupRetentionDays: 7,
        administrator: { secret: 'dev-database', key: 'admin-password' },
      },
    },
  ],
  renders: ['ResourceGroup', 'FlexibleServer', 'FlexibleServersDatabase'],
  cluster: ({ cluster }) => cluster,
  demand: () => EMPTY_DEMAND,
  findings: () => [],
  render: (input) => {
    const { name, parameters } = input
    const scope = scopeOf(NAME, input)
    return [
      {
        wave: 40,
        name,
        objects: [
          resourceGroup(scope, parameters.location),
          flexibleServer(scope, parameters),
          ...parameters.databases.map((database) => postgresDatabase(scope, database)),
        ],
      },
    ]
  },
}
