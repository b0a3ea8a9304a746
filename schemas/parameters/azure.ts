// What the parameters of all Azure templates share: where things may stand, how big they are, whom they trust.
// It knows no prices and no quotas of a subscription.
import * as z from 'zod'

/**
 * Azure regions with three availability zones, in jurisdictions that Phoenix knows. `pair` is where Azure keeps
 * geo-redundant copies, null where a region has no pair; it can lie in another jurisdiction. Whether a tenant may use a
 * region, or its pair, is not said here: residency is (rule REGION-ALLOWED).
 * Source: learn.microsoft.com/azure/reliability/regions-list
 */
const elsewhere = {
  australiaeast: { pair: 'australiasoutheast' },
  brazilsouth: { pair: 'southcentralus' },
  canadacentral: { pair: 'canadaeast' },
  centralus: { pair: 'eastus2' },
  eastus: { pair: 'westus' },
  eastus2: { pair: 'centralus' },
  japaneast: { pair: 'japanwest' },
  southcentralus: { pair: 'northcentralus' },
  southeastasia: { pair: 'eastasia' },
  switzerlandnorth: { pair: 'switzerlandwest' },
  uaenorth: { pair: 'uaecentral' },
  uksouth: { pair: 'ukwest' },
  westus2: { pair: 'westcentralus' },
  westus3: { pair: 'eastus' },
} as const satisfies Record<string, { pair: string | null }>

/** Those inside the European Union; every pair is inside it as well. */
const inUnion = {
  francecentral: { pair: 'francesouth' },
  germanywestcentral: { pair: 'germanynorth' },
  italynorth: { pair: null },
  northeurope: { pair: 'westeurope' },
  polandcentral: { pair: null },
  spaincentral: { pair: null },
  swedencentral: { pair: 'swedensouth' },
  westeurope: { pair: 'northeurope' },
} as const satisfies Record<string, { pair: string | null }>

export const azureLocations = { ...inUnion, ...elsewhere }

export const AzureLocation = z.enum(Object.keys(azureLocations) as (keyof typeof azureLocations)[])
export type AzureLocation = z.infer<typeof AzureLocation>

/** For systems whose source knows no place outside the Union. */
export const UnionLocation = z.enum(Object.keys(inUnion) as (keyof typeof inUnion)[])

export const hasPair = (location: AzureLocation): boolean => azureLocations[location].pair !== null

/** What a node can be. Source: learn.microsoft.com/azure/virtual-machines/sizes */
export const nodeSizes = {
  Standard_D2s_v5: { cores: 2, memoryGiB: 8 },
  Standard_D4s_v5: { cores: 4, memoryGiB: 16 },
  Standard_D8s_v5: { cores: 8, memoryGiB: 32 },
  Standard_D16s_v5: { cores: 16, memoryGiB: 64 },
  Standard_D32s_v5: { cores: 32, memoryGiB: 128 },
  Standard_E4s_v5: { cores: 4, memoryGiB: 32 },
  Standard_E8s_v5: { cores: 8, memoryGiB: 64 },
  Standard_E16s_v5: { cores: 16, memoryGiB: 128 },
} as const satisfies Record<string, { cores: number; memoryGiB: number }>

/** `Standard_D8s_v5: 8 cores, 32 GiB; …` */
export const sizesText = (sizes: Record<string, { cores: number; memoryGiB: number }>): string =>
  Object.entries(sizes)
    .map(([size, { cores, memoryGiB }]) => `${size}: ${cores} cores, ${memoryGiB} GiB`)
    .join('; ')

export const NodeSize = z
  .enum(Object.keys(nodeSizes) as (keyof typeof nodeSizes)[])
  .describe(sizesText(nodeSizes))

/** An object or a tenant in Entra ID. */
export const EntraId = z.guid()

/** A minor version: AKS chooses the patch, so that its own upgrades are no drift. */
export const AksVersion = z
  .string()
  .regex(/^1\.(?:3[0-9]|[4-9][0-9])$/, 'a minor version from 1.30')
  .describe('Minor version of Kubernetes; absent: what AKS gives when it is made')
