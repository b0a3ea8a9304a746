// Reads the wire format of SSH (RFC 4251, section 5) out of bytes that a stranger sent: nothing beyond the end is read, nothing is
// thrown, and what does not fit is null.

export interface WireReader {
  uint32: () => number | null
  /** The bytes of a `string`. */
  string: () => Uint8Array<ArrayBuffer> | null
  /** A `string` of printable ASCII, which names of algorithms and namespaces are. */
  text: () => string | null
  /** A positive `mpint`, without the zero that keeps it positive; null for one that is not in its shortest form. */
  positive: () => Uint8Array<ArrayBuffer> | null
  take: (count: number) => Uint8Array<ArrayBuffer> | null
  atEnd: () => boolean
}

export const readWire = (bytes: Uint8Array): WireReader => {
  let at = 0
  const take = (count: number): Uint8Array<ArrayBuffer> | null => {
    if (count > bytes.length - at) return null
    at += count
    return new Uint8Array(bytes.subarray(at - count, at))
  }
  const uint32 = (): number | null => {
    const word = take(4)
    return word && new DataView(word.buffer).getUint32(0)
  }
  const string = (): Uint8Array<ArrayBuffer> | null => {
    const length = uint32()
    return length === null ? null : take(length)
  }
  const text = (): string | null => {
    const value = string()
    return value?.every((byte) => byte >= 0x20 && byte < 0x7f)
      ? String.fromCharCode(...value)
      : null
  }
  const positive = (): Uint8Array<ArrayBuffer> | null => {
    const value = string()
    const [first = 0, second = 0] = value ?? []
    if (value === null || value.length === 0 || first >= 0x80) return null
    if (first !== 0) return value
    return second >= 0x80 ? value.slice(1) : null
  }
  return { uint32, string, text, positive, take, atEnd: () => at === bytes.length }
}

/** A `string` of these bytes. */
export const writeString = (value: Uint8Array | string): Uint8Array<ArrayBuffer> => {
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value
  const whole = new Uint8Array(4 + bytes.length)
  new DataView(whole.buffer).setUint32(0, bytes.length)
  whole.set(bytes, 4)
  return whole
}

export const concat = (...parts: Uint8Array[]): Uint8Array<ArrayBuffer> => {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** Strict base64 (RFC 4648, section 4); null for anything else. */
export const fromBase64 = (text: string): Uint8Array<ArrayBuffer> | null => {
  const wellFormed = text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text)
  if (!wellFormed) return null
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
}

export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, index) => byte === b[index])
