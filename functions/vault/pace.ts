// How fast this process asks one vault: the documented limits with headroom (learn.microsoft.com/azure/key-vault/general/
// service-limits: 20 key creations, 300 new versions of secrets and 4,000 other transactions in 10 seconds). The second line only:
// keys take their turns at the edge, which all tenants of a vault share.
import type { KeyKind } from '../../schemas/secret.ts'
import { type Bucket, createBucket, type Pace } from '../verified-id/bucket.ts'
import { throttled } from './errors.ts'

const CREATIONS_PER_SECOND = 1.8
const SECRETS_PER_SECOND = 27
const SECRET = /^\/secrets\/[^/]+$/
const OTHERS_PER_SECOND = 300
/** Longer waits belong to the edge, which asks again. */
const WAIT_AT_MOST_MS = 5_000
const CREATION = /^\/keys\/[^/]+\/(?:create|rotate)$/

/** What one cryptographic operation costs of the common limit: 4,000 for the cheapest, 1,000 and 500 for larger RSA keys. */
const COSTS: Partial<Record<KeyKind, number>> = { 'RSA-3072': 4, 'RSA-4096': 8 }
export const costOf = (kind: KeyKind): number => COSTS[kind] ?? 1

export interface VaultPace {
  /** Waits for the turn of a request, or throws AzureError `throttled`. */
  turn(method: string, url: string): Promise<void>
  /** Takes what an operation costs above one request. */
  more(cost: number): Promise<void>
  /** The vault's answer: 429 slows down. */
  note(method: string, url: string, status: number, retryAfterSeconds: number): void
}

export const createVaultPace = (pace: Pace): VaultPace => {
  const creations = createBucket(CREATIONS_PER_SECOND, pace)
  const secrets = createBucket(SECRETS_PER_SECOND, pace)
  const others = createBucket(OTHERS_PER_SECOND, pace)
  const of = (method: string, url: string): Bucket => {
    const { pathname } = new URL(url)
    if (method === 'POST' && CREATION.test(pathname)) return creations
    return method === 'PUT' && SECRET.test(pathname) ? secrets : others
  }
  const take = async (bucket: Bucket, cost = 1): Promise<void> => {
    if (await bucket.take(WAIT_AT_MOST_MS, cost)) return
    throw throttled(Math.max(1, Math.ceil(bucket.waitMs() / 1_000)))
  }
  return {
    turn: (method, url) => take(of(method, url)),
    more: (cost) => take(others, cost),
    note(method, url, status, retryAfterSeconds) {
      const bucket = of(method, url)
      // Which of its limits a vault means by a secret that is one too many it does not say.
      const meant = bucket === secrets ? [secrets, others] : [bucket]
      if (status === 429) for (const one of meant) one.slowDown(retryAfterSeconds)
      else if (status < 300) for (const one of meant) one.speedUp()
    },
  }
}
