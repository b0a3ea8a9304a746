// What the platform's own tenant keeps in Git and an Inventory takes up: places and prices.
import type { Region, Site } from './place.ts'
import type { PriceBook } from './price-book.ts'

export type PlatformRecord =
  | { kind: 'region'; value: Region }
  | { kind: 'site'; value: Site }
  | { kind: 'price-book'; value: PriceBook }
