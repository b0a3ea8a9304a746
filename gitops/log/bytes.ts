// Bytes as text and back, strictly: one text for the same bytes, and null for every other. Neither room nor runtime decides.

export const hexOf = (bytes: Uint8Array): string => {
  let text = ''
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0')
  return text
}

/** Throws TypeError for what is no lower-case hex of whole bytes. */
export const bytesOfHex = (hex: string): Uint8Array<ArrayBuffer> => {
  if (!/^(?:[0-9a-f]{2})*$/.test(hex)) throw new TypeError('not hex')
  return Uint8Array.from({ length: hex.length / 2 }, (_, at) =>
    Number.parseInt(hex.slice(at * 2, at * 2 + 2), 16),
  )
}

type Alphabet = { alphabet: 'base64url'; omitPadding: true }
/** Engines that have it (ECMAScript 2026) take a tenth of the time. */
const { toBase64: native } = Uint8Array.prototype as {
  toBase64?: (this: Uint8Array, options?: Alphabet) => string
}

/** RFC 4648 §4, with padding. */
export const toBase64 = (bytes: Uint8Array): string => {
  if (native) return native.call(bytes)
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary)
}

/** RFC 4648 §5, without padding. */
export const toBase64url = (bytes: Uint8Array): string =>
  native
    ? native.call(bytes, { alphabet: 'base64url', omitPadding: true })
    : toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')

/** Null for what toBase64 does not write: white space, missing padding, bits behind the last byte. */
export const fromBase64 = (text: string): Uint8Array<ArrayBuffer> | null => {
  if (text === '' || !/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) return null
  const binary = atob(text)
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0))
  return toBase64(bytes) === text ? bytes : null
}
