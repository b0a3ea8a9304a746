// A public DNS zone in Azure. The name servers that the parent zone must be given come into a ConfigMap.
import type { AzureDnsParameters } from '../../schemas/parameters/azure-dns.ts'
import type { Manifest } from '../../schemas/template.ts'
import { azureObject, azureTags } from './azure.ts'
import type { Scope } from './object.ts'

/** Azure gives every zone four. */
const NAME_SERVERS = [0, 1, 2, 3]

export const dnsZone = (scope: Scope, { zone }: AzureDnsParameters): Manifest =>
  azureObject('DnsZone', scope.resource, scope, {
    azureName: zone,
    location: 'global',
    zoneType: 'Public',
    owner: { name: scope.resource },
    tags: azureTags(scope),
    operatorSpec: {
      configMapExpressions: NAME_SERVERS.map((index) => ({
        name: `${scope.resource}-name-servers`,
        key: `ns${index + 1}`,
        value: `self.status.nameServers[${index}]`,
      })),
    },
  })
