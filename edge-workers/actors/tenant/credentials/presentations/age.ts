// What time does to a presentation request, at its alarm: nobody answered, or what was presented is a day old and is forgotten.
// Of an approval the evidence stays: it is sealed, and belongs to the change.
import { transaction } from '../../../database.ts'
import type { TenantContext } from '../../context.ts'
import { findRequest, isLate, move, type RequestRow } from './rows.ts'

export const PRESENTED_MILLISECONDS = 86_400_000

/** In milliseconds since the epoch; null: nothing more happens to it by itself. */
const deadlineOf = (row: RequestRow): number | null => {
  if (row.state === 'pending' || row.state === 'retrieved') return Date.parse(row.expiresAt)
  return row.presented === null ? null : Date.parse(row.updatedAt) + PRESENTED_MILLISECONDS
}

const takeStep = (context: TenantContext, row: RequestRow): RequestRow | undefined =>
  transaction(context.db, (tx) => {
    const now = context.now()
    const step = { actor: 'phoenix', at: now.toISOString() }
    if (isLate(row, now))
      // What a wallet answered, and no browser came back for, counts for nothing.
      move(tx, row, 'expired', {
        ...{ ...step, reason: 'its time was over', patch: { presented: null, evidence: null } },
      })
    else
      move(tx, row, row.state, {
        ...{ ...step, reason: 'the claims were forgotten', patch: { presented: null } },
      })
    return findRequest(tx, row.id)
  })

/** Handler of the outbox. Milliseconds until it is to be looked at again. */
export const ageRequest = (context: TenantContext, id: string): number | undefined => {
  let row = findRequest(context.db, id)
  let due = row ? deadlineOf(row) : null
  if (row && due !== null && due <= context.now().getTime()) {
    row = takeStep(context, row)
    context.changed()
    due = row ? deadlineOf(row) : null
  }
  return due === null ? undefined : Math.max(1, due - context.now().getTime())
}
