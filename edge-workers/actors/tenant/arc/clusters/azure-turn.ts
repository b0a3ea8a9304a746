// What a look at anything in Arc has in common: whom is asked, what is seen and when again, and one turn of a removal.
import { clusterVerbs, FOREIGN } from '../../../../../schemas/arc.ts'
import type { Long } from '../../../../../schemas/arm.ts'
import type { Azure } from '../../../../../schemas/azure.ts'
import { Denied, Outage, Throttled } from '../../../../../schemas/result.ts'
import { askAzure } from '../../azure.ts'
import type { TenantContext } from '../../context.ts'
import { type findScope, placeOf } from '../scope.ts'
import type { ClusterRow } from './rows.ts'

const SERVICE = 'Azure Arc'
export const SECOND = 1_000
export const MINUTE = 60 * SECOND
export const SOON = 5 * SECOND
/** An agent needs five to ten minutes to be seen; from then on it is looked at now and then. */
export const CONNECTING = 20 * SECOND
export const STEADY = 5 * MINUTE

/** Not all tenants at once. */
export const jittered = (milliseconds: number): number =>
  Math.ceil(milliseconds * (0.8 + Math.random() * 0.4))

export type Ask = ReturnType<typeof asking>
export const asking = (context: TenantContext) => askAzure(context, SERVICE, clusterVerbs)

/** What is to be written of a row, and when to look again; null: it has moved meanwhile. */
export interface Seen<State> {
  state: State
  patch: object
  again: number | undefined
}

export const isSame = (row: object, patch: object): boolean =>
  Object.entries(patch).every(
    ([name, value]) =>
      JSON.stringify((row as Record<string, unknown>)[name] ?? null) ===
      JSON.stringify(value ?? null),
  )

export const faultOf = (answer: Azure<unknown>): string =>
  answer.ok ? '' : (answer.fault.target ?? answer.fault.fault)

/** Why nothing came of it; null: that is not for whoever looks. */
export const faultOfError = (error: unknown): string | null => {
  if (error instanceof Denied) return 'denied'
  if (error instanceof Throttled) return 'throttled'
  return error instanceof Outage ? 'unreachable' : null
}

export const placed = (row: ClusterRow, scope: NonNullable<ReturnType<typeof findScope>>) => ({
  ...{ place: placeOf(scope), kind: row.kind, name: row.name },
})

/** Somebody else's has the name. Any other conflict is of what is ours: work that goes on, a lock. It passes. */
export const isForeign = (answer: Azure<unknown>): boolean =>
  !answer.ok && answer.fault.fault === 'conflict' && answer.fault.target === FOREIGN

/** One turn of a removal: begun, or followed. */
export const removing = async (
  begin: () => Promise<Azure<Long<null>>>,
  follow: (() => Promise<Azure<Long<null>>>) | null,
): Promise<Seen<'removing' | 'removed'>> => {
  const answer = await (follow ?? begin)()
  if (!answer.ok) {
    // What is somebody else's is left alone, and is not ours any more.
    const isAbsent = answer.fault.fault === 'absent'
    const gone = isAbsent || isForeign(answer)
    const patch = { pending: null, fault: isAbsent ? null : faultOf(answer) }
    return { state: gone ? 'removed' : 'removing', patch, again: gone ? undefined : MINUTE }
  }
  if (answer.value.done)
    return { state: 'removed', patch: { pending: null, fault: null }, again: undefined }
  const { pending, retryAfterSeconds } = answer.value
  return {
    state: 'removing',
    patch: { pending, fault: null },
    again: Math.max(SOON, retryAfterSeconds * SECOND),
  }
}
