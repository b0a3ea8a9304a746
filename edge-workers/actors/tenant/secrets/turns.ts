// Turns at the vault: it makes few keys in ten seconds for all tenants that share it, and the Directory says who is when.
import { Outage } from '../../../../schemas/result.ts'
import { directoryStub } from '../../stubs.ts'
import type { TenantContext } from '../context.ts'
import { vaultOf } from './vault.ts'

/** Whoever comes later than this has missed his turn: others may have theirs by now. */
const LATE_MILLISECONDS = 500
/** Of this process: who forgets his turn takes another one. */
const turns = new WeakMap<TenantContext['db'], Map<string, number>>()
const TAKEN_AT_MOST = 10_000

/** Milliseconds until the turn; 0: it is now, and used up. Throws Outage where the vault is not known. */
export const waitForTurn = async (context: TenantContext, id: string): Promise<number> => {
  const now = () => context.now().getTime()
  const taken = turns.get(context.db) ?? new Map<string, number>()
  turns.set(context.db, taken)
  const kept = taken.get(id)
  const own = kept !== undefined && kept + LATE_MILLISECONDS >= now() ? kept : undefined
  let at = own
  if (at === undefined) {
    const place = await vaultOf(context)('place', `place-${id}-${now()}`, {})
    if (!place.ok) throw new Outage('vault', 'is not configured', 300)
    at = (await directoryStub(context.env).takeVaultTurn(place.value.vault)).at
  }
  const wait = Math.max(0, at - now())
  if (wait === 0) taken.delete(id)
  else {
    if (taken.size >= TAKEN_AT_MOST) taken.clear()
    taken.set(id, at)
  }
  return wait
}

/** A caller waits so long, and no longer. */
const SOON_MILLISECONDS = 2_000

/** In seconds: a little early, since a turn that is missed is lost. */
export const comeBackIn = (waitMilliseconds: number): number =>
  Math.max(1, Math.floor(waitMilliseconds / 1_000))

/** The same for a caller who waits: 0 where it is his turn now, else how far away it is. */
export const untilTurn = async (context: TenantContext, id: string): Promise<number> => {
  let wait = await waitForTurn(context, id)
  // A timer may end a little before its time.
  for (let slept = 0; slept < 2 && wait > 0 && wait <= SOON_MILLISECONDS; slept += 1) {
    const milliseconds = wait
    await new Promise((resolve) => setTimeout(resolve, milliseconds))
    wait = await waitForTurn(context, id)
  }
  return wait
}
