// Reads an SD-JWT strictly (RFC 9901 §7.1, §7.3): everything that was sent has its place, or it is no SD-JWT. Whether anybody
// signed it is not asked here.
import { toBase64url } from '../base64.ts'
import { isObject, type JsonObject, type JsonValue, readCompact, textOfBase64url } from './json.ts'

/** In characters: a credential of 64 claims is a tenth of it. */
const TEXT_AT_MOST = 262_144
const DISCLOSURES_AT_MOST = 512
const DEPTH_AT_MOST = 32
const DIGEST = /^[A-Za-z0-9_-]{43}$/

export interface Disclosure {
  /** As it was sent. */
  text: string
  digest: string
  /** Null: of an array. */
  name: string | null
  /** As the disclosure has it, with digests in it. */
  value: JsonValue
  /** Where it stands in `claims`. */
  path: (string | number)[]
}

export interface SdJwt {
  /** Signed by the issuer. */
  jwt: string
  header: JsonObject
  payload: JsonObject
  disclosures: Disclosure[]
  /** The payload with what was disclosed, without digests. */
  claims: JsonObject
  /** What `sd_hash` of the key binding has to be (§4.3.1). */
  sdHash: string
  keyBinding: { jwt: string; header: JsonObject; payload: JsonObject } | null
}

type Open = Omit<Disclosure, 'path'> & { path: Disclosure['path'] | null }
type Undigested = Omit<Open, 'digest'>
const isPlaced = (open: Open): open is Disclosure => open.path !== null

/** By WebCrypto: on workerd node:crypto makes a stream of each, and its garbage costs more than the digest. */
const digestOf = async (bytes: BufferSource): Promise<string> =>
  toBase64url(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)))

const readDisclosure = (text: string): Undigested | null => {
  const json = textOfBase64url(text)
  if (json === null) return null
  let parts: unknown
  try {
    parts = JSON.parse(json)
  } catch {
    return null
  }
  if (!Array.isArray(parts) || (parts.length !== 2 && parts.length !== 3)) return null
  if (typeof parts[0] !== 'string') return null
  if (parts.length === 2) return { text, name: null, value: parts[1], path: null }
  const name: unknown = parts[1]
  if (typeof name !== 'string' || name === '_sd' || name === '...') return null
  return { text, name, value: parts[2], path: null }
}

class Malformed extends Error {
  override name = 'Malformed'
}

/** A member of its own, whatever its name. */
const put = (into: JsonObject, name: string, value: JsonValue): void => {
  if (name === '__proto__')
    Object.defineProperty(into, name, {
      ...{ value, configurable: true, enumerable: true, writable: true },
    })
  else into[name] = value
}

/** Puts every disclosure where its digest stands; throws where one stands twice, or nowhere fits. */
const unpacker = (byDigest: Map<string, Open>) => {
  const seen = new Set<string>()
  const take = (digest: unknown, path: Disclosure['path'], ofArray: boolean): Open | undefined => {
    if (typeof digest !== 'string' || !DIGEST.test(digest) || seen.has(digest))
      throw new Malformed()
    seen.add(digest)
    const found = byDigest.get(digest)
    if (found && (found.name === null) !== ofArray) throw new Malformed()
    if (found) found.path = found.name === null ? path : [...path, found.name]
    return found
  }
  const unpack = (value: JsonValue, path: Disclosure['path'], depth: number): JsonValue => {
    if (depth > DEPTH_AT_MOST) throw new Malformed()
    if (typeof value !== 'object' || value === null) return value
    return Array.isArray(value)
      ? unpackArray(value, path, depth)
      : unpackObject(value as JsonObject, path, depth)
  }
  const unpackArray = (value: JsonValue[], path: Disclosure['path'], depth: number) => {
    const items: JsonValue[] = []
    for (const item of value) {
      const place = [...path, items.length]
      if (!isObject(item) || !Object.hasOwn(item, '...')) {
        items.push(unpack(item, place, depth + 1))
        continue
      }
      if (Object.keys(item).length !== 1) throw new Malformed()
      const found = take(item['...'], place, true)
      if (found) items.push(unpack(found.value, place, depth + 1))
    }
    return items
  }
  const unpackObject = (value: JsonObject, path: Disclosure['path'], depth: number): JsonObject => {
    const unpacked: JsonObject = {}
    for (const name of Object.keys(value)) {
      if (name === '...') throw new Malformed()
      const child = value[name] as JsonValue
      if (name === '_sd' || (depth === 0 && name === '_sd_alg')) continue
      // Most are no objects, and need no place.
      const at = typeof child === 'object' && child !== null ? [...path, name] : path
      put(unpacked, name, unpack(child, at, depth + 1))
    }
    const digests = Object.hasOwn(value, '_sd') ? value._sd : []
    if (!Array.isArray(digests)) throw new Malformed()
    for (const digest of digests) {
      const found = take(digest, path, false)
      if (found?.name == null) continue
      if (Object.hasOwn(unpacked, found.name)) throw new Malformed()
      put(unpacked, found.name, unpack(found.value, [...path, found.name], depth + 1))
    }
    return unpacked
  }
  return (payload: JsonObject): JsonObject => unpackObject(payload, [], 0)
}

interface Parts {
  text: string
  jwt: string
  disclosures: string[]
  /** Empty: no key binding. */
  bound: string
}

const split = (text: string): Parts | null => {
  const parts = text.split('~')
  const last = parts.pop()
  const [jwt, ...disclosures] = parts
  if (jwt === undefined || last === undefined) return null
  return { text, jwt, disclosures, bound: last }
}

/** Of what stands before the key binding, and of each disclosure: of parts that were read, so that a character is a byte. */
const digestsOf = ({ text, jwt, disclosures, bound }: Parts): Promise<[string, ...string[]]> => {
  const bytes = new TextEncoder().encode(text)
  let at = jwt.length + 1
  const each = disclosures.map(({ length }) => {
    const from = at
    at += length + 1
    return digestOf(bytes.subarray(from, from + length))
  })
  return Promise.all([digestOf(bytes.subarray(0, bytes.length - bound.length)), ...each])
}

/**
 * Null for what is no SD-JWT: another form, a disclosure that nothing refers to or two do, a digest or a name twice, another
 * hash than SHA-256, or more than 256 KiB or 512 disclosures of it.
 */
export const readSdJwt = async (text: string): Promise<SdJwt | null> => {
  if (text.length > TEXT_AT_MOST) return null
  const parts = split(text)
  if (!parts || parts.disclosures.length > DISCLOSURES_AT_MOST) return null
  const signed = readCompact(parts.jwt)
  if (!signed) return null
  const bound = parts.bound === '' ? null : readCompact(parts.bound)
  if (parts.bound !== '' && !bound) return null
  const hash = signed.payload._sd_alg
  if (hash !== undefined && hash !== 'sha-256') return null
  const undigested: Undigested[] = []
  for (const text of parts.disclosures) {
    const read = readDisclosure(text)
    if (!read) return null
    undigested.push(read)
  }
  const [sdHash, ...digests] = await digestsOf(parts)
  const byDigest = new Map<string, Open>()
  for (const [at, digest] of digests.entries()) {
    const read = undigested[at]
    if (!read || byDigest.has(digest)) return null
    byDigest.set(digest, { ...read, digest })
  }
  try {
    const claims = unpacker(byDigest)(signed.payload)
    const disclosures: Disclosure[] = []
    for (const open of byDigest.values()) {
      if (!isPlaced(open)) return null
      disclosures.push(open)
    }
    const { header, payload } = signed
    return {
      ...{ jwt: parts.jwt, header, payload, disclosures, claims, sdHash },
      keyBinding: bound ? { jwt: parts.bound, ...bound } : null,
    }
  } catch (error) {
    if (error instanceof Malformed) return null
    throw error
  }
}
