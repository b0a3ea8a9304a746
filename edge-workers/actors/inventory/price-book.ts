// The price book of a jurisdiction: at most one, as a row beside its places. It comes and goes by changes of the operators’
// repository (kept.ts).
import { and, eq } from 'drizzle-orm'
import type { PriceBook } from '../../../schemas/price-book.ts'
import * as tables from '../../../schemas/tables/inventory.ts'
import { statement } from '../database.ts'
import type { InventoryDatabase, Tx } from './places.ts'

const { places } = tables
const KIND = 'price-book'
/** Not one that a change in Git took away. */
const STANDING = and(eq(places.kind, KIND), eq(places.name, KIND), eq(places.removed, false))

const standing = statement((database: InventoryDatabase | Tx) =>
  database.select({ value: places.value }).from(places).where(STANDING).prepare(),
)
export const priceBookOf = (database: InventoryDatabase | Tx): PriceBook | null =>
  (standing(database).get()?.value as PriceBook | undefined) ?? null
