// Azure's public regions by the names that Azure Resource Manager has for them, with their country and, where both of a
// pair name each other, the pair (learn.microsoft.com/azure/reliability/regions-list, regions-paired). Those of the clouds
// for China and for the US government are other clouds and are not here. Which tier a region has, is our choice.
import type { Tier } from '../../schemas/place.ts'

export interface AzureRow {
  country: string
  tier: Exclude<Tier, 'edge'>
  pairedWith?: string
}

const core = (country: string, pairedWith?: string): AzureRow => ({
  ...{ country, tier: 'core' },
  ...(pairedWith === undefined ? {} : { pairedWith }),
})
const regional = (country: string, pairedWith?: string): AzureRow => ({
  ...core(country, pairedWith),
  tier: 'regional',
})

export const azureRegions: Readonly<Record<string, AzureRow>> = {
  // Americas
  eastus: regional('us', 'westus'),
  eastus2: core('us', 'centralus'),
  centralus: core('us', 'eastus2'),
  northcentralus: regional('us', 'southcentralus'),
  southcentralus: regional('us', 'northcentralus'),
  westus: regional('us', 'eastus'),
  westus2: regional('us', 'westcentralus'),
  westus3: regional('us'),
  westcentralus: regional('us', 'westus2'),
  canadacentral: core('ca', 'canadaeast'),
  canadaeast: regional('ca', 'canadacentral'),
  mexicocentral: regional('mx'),
  brazilsouth: core('br'),
  brazilsoutheast: regional('br'),
  chilecentral: regional('cl'),
  // Europe
  northeurope: core('ie', 'westeurope'),
  westeurope: core('nl', 'northeurope'),
  uksouth: core('gb', 'ukwest'),
  ukwest: regional('gb', 'uksouth'),
  francecentral: regional('fr', 'francesouth'),
  francesouth: regional('fr', 'francecentral'),
  germanywestcentral: core('de', 'germanynorth'),
  germanynorth: regional('de', 'germanywestcentral'),
  switzerlandnorth: core('ch', 'switzerlandwest'),
  switzerlandwest: regional('ch', 'switzerlandnorth'),
  norwayeast: regional('no', 'norwaywest'),
  norwaywest: regional('no', 'norwayeast'),
  swedencentral: regional('se', 'swedensouth'),
  swedensouth: regional('se', 'swedencentral'),
  polandcentral: regional('pl'),
  italynorth: regional('it'),
  spaincentral: regional('es'),
  austriaeast: regional('at'),
  // Middle East and Africa
  uaenorth: regional('ae', 'uaecentral'),
  uaecentral: regional('ae', 'uaenorth'),
  qatarcentral: regional('qa'),
  israelcentral: regional('il'),
  southafricanorth: regional('za', 'southafricawest'),
  southafricawest: regional('za', 'southafricanorth'),
  // Asia and the Pacific
  eastasia: regional('hk', 'southeastasia'),
  southeastasia: core('sg', 'eastasia'),
  australiaeast: core('au', 'australiasoutheast'),
  australiasoutheast: regional('au', 'australiaeast'),
  australiacentral: regional('au', 'australiacentral2'),
  australiacentral2: regional('au', 'australiacentral'),
  centralindia: regional('in', 'southindia'),
  southindia: regional('in', 'centralindia'),
  westindia: regional('in'),
  jioindiawest: regional('in', 'jioindiacentral'),
  jioindiacentral: regional('in', 'jioindiawest'),
  japaneast: core('jp', 'japanwest'),
  japanwest: regional('jp', 'japaneast'),
  koreacentral: regional('kr', 'koreasouth'),
  koreasouth: regional('kr', 'koreacentral'),
  newzealandnorth: regional('nz'),
  indonesiacentral: regional('id'),
  malaysiawest: regional('my'),
}
