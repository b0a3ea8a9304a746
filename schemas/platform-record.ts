// What the platform's own tenant keeps in Git: places and prices, which an Inventory takes up, and quotas, which the actor of
// the tenant in question takes up.
import type { Region, Site } from './place.ts'
import type { PriceBook } from './price-book.ts'
import type { TenantQuotaParameters } from './quota.ts'

export type InventoryRecord =
  | { kind: 'region'; value: Region }
  | { kind: 'site'; value: Site }
  | { kind: 'price-book'; value: PriceBook }

export type PlatformRecord =
  | InventoryRecord
  | { kind: 'tenant-quota'; value: TenantQuotaParameters }
