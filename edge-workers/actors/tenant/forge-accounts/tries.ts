// How often a member may have the forge asked for somebody's keys: its limit on requests is shared by all that Phoenix does there.
// Counted in memory: it protects that limit, and no proof depends on it.
import { ok, type Result, refuse } from '../../../../schemas/result.ts'
import type { TenantContext } from '../context.ts'

const WINDOW_MILLISECONDS = 900_000
const MOST_TRIES = 20
interface Window {
  /** Milliseconds since the epoch. */
  endsAt: number
  taken: number
}
/** By member. */
const windows = new WeakMap<TenantContext, Map<string, Window>>()

/** Counts one; refuses with `rate-limited` what goes beyond 20 in a quarter of an hour. */
export const takeTry = (context: TenantContext, memberId: string): Result<null> => {
  const known = windows.get(context) ?? new Map<string, Window>()
  windows.set(context, known)
  const now = context.now().getTime()
  for (const [id, { endsAt }] of known) if (endsAt <= now) known.delete(id)
  const window = known.get(memberId) ?? { endsAt: now + WINDOW_MILLISECONDS, taken: 0 }
  if (window.taken >= MOST_TRIES)
    return refuse('rate-limited', { retryAfterSeconds: Math.ceil((window.endsAt - now) / 1000) })
  window.taken += 1
  known.set(memberId, window)
  return ok(null)
}
