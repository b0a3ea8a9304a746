// Status List Tokens as a verifier takes them (draft-ietf-oauth-status-list §8.3): signed by whoever signed the credential, of
// this very address, of now. The list is unpacked once and kept by the caller; its bits are read by status-list.ts.
import { SKEW_SECONDS } from '../../schemas/oid4vp.ts'
import { isHeader, secondsOf, verifyEs256 } from './es256.ts'
import { isObject, type JsonObject, readCompact } from './json.ts'
import {
  readStatusList,
  STATUS_LIST_TYPE,
  STATUS_VALUES,
  type StatusList,
  type StatusWord,
  statusAt,
} from './status-list.ts'

/** What says nothing of how long it may be kept is asked for again soon; nobody is believed for longer than an hour. */
const KEPT_SECONDS = { default: 300, most: 3_600 }

export interface KnownList extends StatusList {
  /** Milliseconds since the epoch: from then on it is fetched again. */
  until: number
}

const keptUntil = ({ iat, exp, ttl }: StatusList, now: number): number | null => {
  const seconds = now / 1000
  const ends = exp === null ? Number.POSITIVE_INFINITY : secondsOf(exp)
  if (secondsOf(iat) === null || iat > seconds + SKEW_SECONDS) return null
  if (ends === null || ends <= seconds) return null
  return Math.min(ends, seconds + Math.min(ttl ?? KEPT_SECONDS.default, KEPT_SECONDS.most)) * 1000
}

/**
 * The list behind `token`; null where it is not to be believed: another address, another signer, out of time, no list.
 * `keyOf` answers the key of whoever may sign it, out of its header. `now` in milliseconds.
 */
export const openStatusList = async (
  token: string,
  {
    uri,
    now,
    keyOf,
  }: { uri: string; now: number; keyOf: (header: JsonObject) => Promise<CryptoKey | null> },
): Promise<KnownList | null> => {
  const jwt = token.trim()
  const read = readCompact(jwt)
  if (!read || !isHeader(read.header, STATUS_LIST_TYPE) || read.payload.sub !== uri) return null
  const key = await keyOf(read.header)
  if (!key || !(await verifyEs256(jwt, key))) return null
  const list = await readStatusList(read.payload)
  const until = list && keptUntil(list, now)
  return list && until !== null ? { ...list, until } : null
}

const WORDS = new Map(
  Object.entries(STATUS_VALUES).map(([word, value]) => [value, word as StatusWord]),
)

/** Null: beyond the list's end, or a status that means something to its issuer alone (§7.1). */
export const statusIn = (list: StatusList, position: number): StatusWord | null =>
  WORDS.get((statusAt(list, position) ?? -1) as 0 | 1 | 2) ?? null

/** Where a credential says that its status is; null: it says nothing; undefined: in a way that is not understood. */
export const statusReferenceOf = ({
  status,
}: JsonObject): { uri: string; idx: number } | null | undefined => {
  if (status === undefined) return null
  const list = isObject(status) ? status.status_list : undefined
  if (!isObject(list)) return undefined
  const { uri, idx } = list
  const fits = typeof uri === 'string' && uri.length <= 2_048 && Number.isSafeInteger(idx)
  return fits && Number(idx) >= 0 ? { uri, idx: Number(idx) } : undefined
}
