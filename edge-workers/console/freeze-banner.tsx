// What every page says while every promotion is frozen. Asked of the Directory at most every few seconds in each process: whether
// `live` may move is asked anew each time, and elsewhere (actors/tenant/promotion-bars.ts).
import { directoryStub } from '../actors/stubs.ts'
import type { AppContext } from '../http/context.ts'

const KEPT_MILLISECONDS = 3_000

export interface FreezeShown {
  reason: string
  since: string
}
const kept = new WeakMap<object, { until: number; freeze: FreezeShown | null }>()

/** Null while none is on, and where nobody says: a page is shown all the same. */
export const freezeShown = async ({ env }: AppContext): Promise<FreezeShown | null> => {
  const now = Date.now()
  const before = kept.get(env.DIRECTORY)
  if (before && before.until > now) return before.freeze
  try {
    const freeze = await directoryStub(env).frozen()
    kept.set(env.DIRECTORY, { until: now + KEPT_MILLISECONDS, freeze })
    return freeze
  } catch {
    return null
  }
}

/** Whoever has just changed it reads what it is now. */
export const forgetFreeze = ({ env }: AppContext): void => void kept.delete(env.DIRECTORY)

export const FreezeBanner = ({ freeze }: { freeze: FreezeShown | null }) =>
  freeze === null ? null : (
    <p class="banner" role="status">
      <strong>Promotions are frozen</strong> by operators since {freeze.since.slice(0, 16)}Z:{' '}
      {freeze.reason} Asking, approving and merging go on; nothing is applied until they{' '}
      <a href="/freeze">lift it</a>.
    </p>
  )
