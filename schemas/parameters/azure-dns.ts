// Parameters of the template azure-dns: a public zone. Its records are not given here: what owns a name
// writes it, an issuer of certificates or a controller of ingresses.
import * as z from 'zod'
import { Slug } from '../ids.ts'
import { AzureLocation } from './azure.ts'
import { DnsHost } from './dns-name.ts'

export const AzureDnsParameters = z.strictObject({
  cluster: Slug.optional().describe(
    'Cluster whose Azure Service Operator manages it; absent: the only one there is',
  ),
  location: AzureLocation.describe('Azure region of its resource group; the zone itself is global'),
  zone: DnsHost.describe('Name of the zone, for instance example.com'),
})
export type AzureDnsParameters = z.infer<typeof AzureDnsParameters>
