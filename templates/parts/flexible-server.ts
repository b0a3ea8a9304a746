// Azure Database for PostgreSQL, flexible server. The public network is off, so there are no firewall rules at all;
// the password is a reference to a Secret that something else brings.
import {
  type AzurePostgresParameters,
  postgresSizes,
} from '../../schemas/parameters/azure-postgres.ts'
import type { Manifest } from '../../schemas/template.ts'
import { azureObject, azureTags, inOwnGroup } from './azure.ts'
import type { Scope } from './object.ts'

const enabled = (on: boolean): 'Enabled' | 'Disabled' => (on ? 'Enabled' : 'Disabled')

export const flexibleServer = (scope: Scope, parameters: AzurePostgresParameters): Manifest => {
  const { administrator, environment, standby, size, version, storageGiB } = parameters
  const { login, secret = `${scope.resource}-administrator`, key } = administrator
  return azureObject('FlexibleServer', scope.resource, scope, {
    ...inOwnGroup(scope, parameters),
    tags: { ...azureTags(scope), environment },
    version,
    sku: { name: size, tier: postgresSizes[size].tier },
    administratorLogin: login,
    administratorLoginPassword: { name: secret, key },
    // Azure writes GB and means GiB.
    storage: { storageSizeGB: storageGiB, autoGrow: 'Enabled' },
    backup: {
      backupRetentionDays: parameters.backupRetentionDays,
      geoRedundantBackup: enabled(parameters.geoRedundantBackup),
    },
    highAvailability: {
      mode: environment === 'prod' || standby ? 'ZoneRedundant' : 'Disabled',
    },
    network: { publicNetworkAccess: 'Disabled' },
    operatorSpec: {
      configMaps: {
        fullyQualifiedDomainName: { name: `${scope.resource}-endpoint`, key: 'host' },
      },
    },
  })
}

/** Database names have no hyphens and object names no underscores, so no two become one. */
export const postgresDatabase = (scope: Scope, database: string): Manifest =>
  azureObject(
    'FlexibleServersDatabase',
    `${scope.resource}-${database.replaceAll('_', '-')}`,
    scope,
    {
      azureName: database,
      owner: { name: scope.resource },
      charset: 'UTF8',
      collation: 'en_US.utf8',
    },
  )
