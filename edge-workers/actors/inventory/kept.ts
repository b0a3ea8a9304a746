// Places and prices that the operators' repository keeps. A promoted record is taken up once, in the order of `live`, and
// judged again in the same transaction: what stands here may be more than when the change was planned.
import { and, eq } from 'drizzle-orm'
import { differences } from '../../../gitops/asked.ts'
import { blocks, finding } from '../../../gitops/finding.ts'
import { judgePlace } from '../../../gitops/places.ts'
import type { Finding } from '../../../schemas/plan.ts'
import type { InventoryRecord } from '../../../schemas/platform-record.ts'
import { ok, type Result, refuse } from '../../../schemas/result.ts'
import * as tables from '../../../schemas/tables/inventory.ts'
import type { KeepRecord } from '../contracts.ts'
import { transaction } from '../database.ts'
import { hereOf, type InventoryDatabase, type Tx } from './places.ts'

const { places } = tables

/** There is one price book; a place is found by its own name. */
const nameOf = ({ kind, value }: InventoryRecord): string =>
  kind === 'price-book' ? kind : value.name

const rowOf = (tx: Tx, record: InventoryRecord) =>
  tx
    .select()
    .from(places)
    .where(and(eq(places.kind, record.kind), eq(places.name, nameOf(record))))
    .get()

const DIFFERENCES_NAMED = 12

/** What an operator made is taken over: what becomes another is said, for the resource itself has no earlier state. */
const adoption = (before: unknown, after: unknown): string => {
  const all = differences(before, after)
  const lines = all
    .slice(0, DIFFERENCES_NAMED)
    .map((line) => `${line.parameter} ${line.before ?? 'nothing'} → ${line.after ?? 'nothing'}`)
  const more = all.length > lines.length ? `; ${all.length - lines.length} more` : ''
  return `It is here already, made by an operator. ${all.length === 0 ? 'Nothing of it changes' : `This changes ${lines.join('; ')}${more}`}.`
}

/** One that an operator left here, before books were kept in Git, may be taken over under any name. */
const isTaken = (
  record: InventoryRecord,
  removing: boolean,
  row: ReturnType<typeof rowOf>,
): boolean => {
  const standing = row && !row.removed && row.keptIn !== null
  return !removing && standing === true && !isStandingBook(record, row.value)
}

const judge = (tx: Tx, record: InventoryRecord, removing: boolean): Finding[] => {
  const row = rowOf(tx, record)
  const adopts = !removing && row && !row.removed && row.keptIn === null
  return [
    ...judgePlace(record, removing, hereOf(tx, nameOf(record))),
    ...(isTaken(record, removing, row)
      ? [
          finding('PRICE-BOOK-UNIQUE', 'Another price book stands in one of its jurisdictions.', {
            pointer: '/jurisdictions',
          }),
        ]
      : []),
    ...(adopts ? [finding('PLACE-KEPT', adoption(row.value, record.value), { pointer: '' })] : []),
  ]
}

/** What the plan of a change is told; pointers are into the place. */
export const judgeRecord = (
  database: InventoryDatabase,
  { record, removing }: Pick<KeepRecord, 'record' | 'removing'>,
): Finding[] => transaction(database, (tx) => judge(tx, record, removing))

/** Another book may have been installed since: then there is nothing of this one to take away. */
const isStandingBook = (record: InventoryRecord, value: unknown): boolean =>
  record.kind !== 'price-book' || (value as { name?: string }).name === record.value.name

/** `taken` is false where a later change has already had its say. */
export const keepRecord = (
  database: InventoryDatabase,
  { changeId, order, record, removing }: KeepRecord,
): Result<{ taken: boolean }> =>
  transaction(database, (tx): Result<{ taken: boolean }> => {
    const row = rowOf(tx, record)
    if (row?.keptIn === changeId) return ok({ taken: true })
    if (row && row.keptOrder !== null && row.keptOrder > order) return ok({ taken: false })
    if (removing && (!row || !isStandingBook(record, row.value))) return ok({ taken: true })
    const findings = judge(tx, record, removing)
    if (blocks(findings)) return refuse('plan-blocked', { findings })
    const kept = { keptIn: changeId, keptOrder: order, removed: removing }
    const version = (row?.version ?? 0) + 1
    const value = removing && row ? row.value : record.value
    // With a blank, so that no caller's key can be the same.
    const request = { requestKey: `change ${changeId}`, fingerprint: '', webhookGeneration: 1 }
    tx.insert(places)
      .values({ kind: record.kind, name: nameOf(record), value, version, ...request, ...kept })
      .onConflictDoUpdate({
        target: [places.kind, places.name],
        set: { value, version, ...kept },
      })
      .run()
    return ok({ taken: true })
  })
