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

/** UTF-8 behind base64url without padding, as JOSE writes it; null for anything else. */
export const textOfBase64url = (text: string): string | null => {
  if (!BASE64URL.test(text)) return null
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

/** Headers read lately: an issuer's is the same with every credential of one key, and carries its certificate. */
const headers = new Map<string, Readonly<JsonObject>>()
const HEADERS_AT_MOST = 64
const HEADER_CHARACTERS = { least: 200, most: 8_192 }

const readHeader = (text: string): JsonObject | null => {
  const known = headers.get(text)
  if (known) return known
  const header = parseObject(textOfBase64url(text) ?? '')
  const { least, most } = HEADER_CHARACTERS
  if (header && text.length >= least && text.length <= most) {
    if (headers.size >= HEADERS_AT_MOST) headers.clear()
    headers.set(text, header)
  }
  return header
}

/** Header and payload of a compact JWS (RFC 7515 §7.1), unverified; null for anything else. Nobody changes a header. */
export const readCompact = (jwt: string): { header: JsonObject; payload: JsonObject } | null => {
  const parts = jwt.split('.')
  if (parts.length !== 3 || !parts.every((part) => BASE64URL.test(part))) return null
  const header = readHeader(parts[0] ?? '')
  const payload = parseObject(textOfBase64url(parts[1] ?? '') ?? '')
  return header && payload ? { header, payload } : null
}
