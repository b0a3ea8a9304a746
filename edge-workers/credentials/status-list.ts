// Token Status Lists (draft-ietf-oauth-status-list-20): two bits for each credential in a compressed array, as issuers publish
// and verifiers read them. Signing and fetching are elsewhere.
import { fromBase64url, toBase64url } from '../base64.ts'
import { isObject, type JsonObject } from './json.ts'

/** Positions of a list of ours: enough that one says nothing about its holder (§12.5.1). */
export const POSITIONS = 2 ** 17
/** Of each position in a list of ours. */
export const STATUS_BITS = 2
export const STATUS_LIST_TYPE = 'statuslist+jwt'
export const STATUS_LIST_MEDIA = `application/${STATUS_LIST_TYPE}`

/** §7.1. */
export const STATUS_VALUES = { valid: 0, invalid: 1, suspended: 2 } as const
export type StatusWord = keyof typeof STATUS_VALUES

/** Of a list that somebody else publishes: a million positions of a byte each. */
const LIST_BYTES_AT_MOST = 1_048_576

export const emptyList = (): Uint8Array => new Uint8Array((POSITIONS * STATUS_BITS) / 8)

/** The first position is in the lowest bits of the first byte (§4.1). */
export const writeStatus = (list: Uint8Array, position: number, word: StatusWord): void => {
  const bit = position * STATUS_BITS
  const at = bit >> 3
  const byte = list[at]
  if (byte === undefined || position < 0) throw new RangeError('a position beyond the list')
  const shift = bit & 7
  list[at] = (byte & ~(0b11 << shift)) | (STATUS_VALUES[word] << shift)
}

/** The number at a position; null beyond the list's end. */
export const statusAt = (
  { bits, list }: { bits: number; list: Uint8Array },
  position: number,
): number | null => {
  if (!Number.isSafeInteger(position) || position < 0) return null
  const bit = position * bits
  const byte = list[Math.floor(bit / 8)]
  return byte === undefined ? null : (byte >> (bit % 8)) & (2 ** bits - 1)
}

/** DEFLATE in the ZLIB format (RFC 1950, §4.1). */
const through = async (
  bytes: Uint8Array,
  stream: CompressionStream | DecompressionStream,
  most: number,
): Promise<Uint8Array | null> => {
  const writer = stream.writable.getWriter()
  // Its failure is the reader's too.
  const written = writer.write(bytes.slice()).then(() => writer.close())
  written.catch(() => undefined)
  const chunks: Uint8Array[] = []
  let length = 0
  const reader = stream.readable.getReader() as ReadableStreamDefaultReader<Uint8Array>
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    length += value.length
    if (length > most) {
      await reader.cancel().catch(() => undefined)
      return null
    }
    chunks.push(value)
  }
  const whole = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}

/** `lst` of a list. */
export const packList = async (list: Uint8Array): Promise<string> => {
  const packed = await through(list, new CompressionStream('deflate'), Number.POSITIVE_INFINITY)
  return toBase64url(packed ?? new Uint8Array())
}

/** Null for what is no list, or unpacks to more than 1 MiB. */
const unpackList = async (lst: string): Promise<Uint8Array | null> => {
  try {
    return await through(fromBase64url(lst), new DecompressionStream('deflate'), LIST_BYTES_AT_MOST)
  } catch {
    return null
  }
}

export interface StatusList {
  bits: 1 | 2 | 4 | 8
  list: Uint8Array
  sub: string
  iat: number
  /** Seconds since the epoch; null: it says none. */
  exp: number | null
  /** Seconds; null: it says none. */
  ttl: number | null
}

const wholeOrNull = (value: unknown): number | null | undefined =>
  value === undefined
    ? null
    : typeof value === 'number' && Number.isFinite(value) && value > 0
      ? value
      : undefined

/** The payload of a status list token (§5.1), whose signature somebody else has checked; null for anything else. */
export const readStatusList = async (payload: JsonObject): Promise<StatusList | null> => {
  const { sub, iat, status_list: said } = payload
  const [exp, ttl] = [wholeOrNull(payload.exp), wholeOrNull(payload.ttl)]
  if (typeof sub !== 'string' || typeof iat !== 'number' || !isObject(said)) return null
  if (exp === undefined || ttl === undefined || typeof said.lst !== 'string') return null
  const { bits } = said
  if (bits !== 1 && bits !== 2 && bits !== 4 && bits !== 8) return null
  const list = await unpackList(said.lst)
  return list && { bits, list, sub, iat, exp, ttl }
}

/** The payload of a token of ours. Times in seconds. */
export const statusListPayload = ({
  url,
  lst,
  iat,
  exp,
  ttl,
}: {
  url: string
  lst: string
  iat: number
  exp: number
  ttl: number
}): JsonObject => ({ sub: url, iat, exp, ttl, status_list: { bits: STATUS_BITS, lst } })
