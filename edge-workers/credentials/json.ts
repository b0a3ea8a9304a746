// JSON values as the credential protocol moves them.
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject
export interface JsonObject {
  [name: string]: JsonValue
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** An object that came as text; null for anything else. */
export const parseObject = (text: string): JsonObject | null => {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

const BASE64URL = /^[A-Za-z0-9_-]+$/

/** What `atob` gives has one character for each byte. */
const BEYOND_ASCII = /[\u0080-\u00ff]/

/** Of what has the alphabet. */
const decode = (text: string): string | null => {
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
    // Nearly always, and then it is the text itself: a verifier does little else but this and signatures.
    if (!BEYOND_ASCII.test(binary)) return binary
    const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0))
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}

/** UTF-8 behind base64url without padding, as JOSE writes it; null for anything else. */
export const textOfBase64url = (text: string): string | null =>
  BASE64URL.test(text) ? decode(text) : null

/**
 * Headers read lately: an issuer's is the same with every credential of one key, and carries its certificate; one that names no
 * key is short, and the same with every holder. A list: to compare texts costs less here than to hash one.
 */
const headers: { text: string; header: Readonly<JsonObject> }[] = []
const HEADERS_AT_MOST = 64
const HEADER_CHARACTERS = { short: 64, long: 200, most: 8_192 }

const isKept = ({ length }: string): boolean => {
  const { short, long, most } = HEADER_CHARACTERS
  return length <= short || (length >= long && length <= most)
}

const readHeader = (text: string): JsonObject | null => {
  for (const known of headers) if (known.text === text) return known.header
  const header = parseObject(textOfBase64url(text) ?? '')
  if (header && isKept(text)) {
    if (headers.length >= HEADERS_AT_MOST) headers.length = 0
    headers.push({ text, header })
  }
  return header
}

/** Header and payload of a compact JWS (RFC 7515 §7.1), unverified; null for anything else. Nobody changes a header. */
export const readCompact = (jwt: string): { header: JsonObject; payload: JsonObject } | null => {
  const [first, second] = [jwt.indexOf('.'), jwt.lastIndexOf('.')]
  if (first === second || !BASE64URL.test(jwt.slice(second + 1))) return null
  const payload = parseObject(textOfBase64url(jwt.slice(first + 1, second)) ?? '')
  const header = payload && readHeader(jwt.slice(0, first))
  return header ? { header, payload } : null
}
