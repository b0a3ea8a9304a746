// SD-JWTs (RFC 9901): made from claims and their paths, and read again strictly. It checks no signature and no key binding:
// that is the verifier's.
import { toBase64url } from '../base64.ts'
import { sha256Base64url } from '../digest.ts'
import { isObject, type JsonObject, type JsonValue } from './json.ts'

/** 128 bits (RFC 9901 §9.3). */
const SALT_BYTES = 16
const HASH = 'sha-256'

export interface SdJwtWish {
  /** What it says of the holder. */
  claims: JsonObject
  /** What is a disclosure of its own; a longer path lies in the disclosure of the shorter one. Absent: the names of `claims`. */
  paths?: readonly (readonly string[])[]
  /** Disclosed with every presentation, and so are the objects that they stand in. */
  always: readonly (readonly string[])[]
  /** Claims that are never disclosures: `iss`, `iat`, `exp`, `vct`, `status`. */
  fixed: JsonObject
  /** The public key that it is bound to; null: to nobody. */
  holder: JsonObject | null
  /** Answers the compact JWS of this payload. */
  sign: (payload: JsonObject) => Promise<string>
}

const keyOf = (path: readonly string[]): string => path.join('\u0000')

/** `digest` goes into `_sd` (RFC 9901 §4.2.1, §4.2.3). */
const disclose = (name: string, value: JsonValue): { text: string; digest: string } => {
  const salt = toBase64url(crypto.getRandomValues(new Uint8Array(SALT_BYTES)))
  const text = toBase64url(new TextEncoder().encode(JSON.stringify([salt, name, value])))
  return { text, digest: sha256Base64url(text) }
}

/**
 * A fresh SD-JWT without key binding, `<jwt>~<disclosure>~…~` (RFC 9901 §4). Every call draws fresh salts, so two copies have
 * nothing in common but what is always disclosed. Throws where claims would stand in the place of `fixed` ones.
 */
export const issueSdJwt = async (wish: SdJwtWish): Promise<string> => {
  const { claims, always, fixed, holder, sign } = wish
  const paths = wish.paths ?? Object.keys(claims).map((name) => [name])
  const hidden = new Set(paths.map(keyOf))
  const inside = new Set(paths.flatMap((path) => path.map((_, at) => keyOf(path.slice(0, at)))))
  const shown = new Set(always.map(keyOf))
  const around = new Set(always.flatMap((path) => path.map((_, at) => keyOf(path.slice(0, at)))))
  const disclosures: string[] = []

  const pack = (value: JsonObject, at: readonly string[]): JsonObject => {
    const digests: string[] = []
    const entries: [string, JsonValue][] = []
    for (const [name, child] of Object.entries(value)) {
      const path = [...at, name]
      const key = keyOf(path)
      const packed = inside.has(key) && isObject(child) ? pack(child, path) : child
      if (!hidden.has(key) || shown.has(key) || around.has(key)) {
        entries.push([name, packed])
        continue
      }
      const { text, digest } = disclose(name, packed)
      disclosures.push(text)
      digests.push(digest)
    }
    // In the order of their digests, which says nothing (§4.2.4.1).
    if (digests.length > 0) entries.push(['_sd', digests.sort()])
    return Object.fromEntries(entries)
  }

  const packed = pack(claims, [])
  const taken = Object.keys(fixed).find((name) => Object.hasOwn(claims, name))
  if (taken !== undefined) throw new Error('a claim stands in the place of a fixed one')
  const jwt = await sign({
    ...packed,
    ...fixed,
    ...(disclosures.length > 0 ? { _sd_alg: HASH } : {}),
    ...(holder ? { cnf: { jwk: holder } } : {}),
  })
  return [jwt, ...disclosures, ''].join('~')
}

export { readSdJwt, type SdJwt } from './read-sd-jwt.ts'
