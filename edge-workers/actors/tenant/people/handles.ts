// A handle for a new member out of what he, or his identity provider, says of him: one that nobody has.
import { HANDLE_CHARACTERS_AT_MOST, toHandle } from '../../../handle.ts'
import type { Db, Tx } from '../context.ts'
import { findMember } from './members.ts'

const TRIES = 1_000

const numbered = (base: string, count: number): string => {
  const suffix = `-${count}`
  const most = HANDLE_CHARACTERS_AT_MOST - suffix.length
  return `${base.slice(0, most).replace(/-+$/, '')}${suffix}`
}

/** The first wish that says anything; with a number where somebody has that handle, one who was removed too. */
export const freeHandle = (db: Db | Tx, wishes: readonly (string | undefined)[]): string => {
  const base =
    wishes.map((wish) => (wish === undefined ? null : toHandle(wish))).find((slug) => slug) ??
    'member'
  if (!findMember(db, base)) return base
  for (let count = 2; count < TRIES; count += 1) {
    const handle = numbered(base, count)
    if (!findMember(db, handle)) return handle
  }
  throw new Error('no handle is free')
}
