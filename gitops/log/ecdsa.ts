// The two forms of a P-256 signature: r || s in 64 bytes (JWA's ES256, RFC 7518 §3.4; Key Vault, Web Crypto) and ASN.1 DER
// (RFC 3279 §2.2.3; what signed notes carry). Strict DER: one text for one signature.

const HALF = 32
const SEQUENCE = 0x30
const INTEGER = 0x02

/** Big-endian, no zero in front but the one that keeps it positive. */
const integerOf = (half: Uint8Array): number[] => {
  let at = 0
  while (at < half.length - 1 && half[at] === 0) at += 1
  const digits = [...half.subarray(at)]
  const positive = (digits[0] ?? 0) < 0x80 ? digits : [0, ...digits]
  return [INTEGER, positive.length, ...positive]
}

/** Throws TypeError unless there are 64 bytes. */
export const derOfRaw = (raw: Uint8Array): Uint8Array<ArrayBuffer> => {
  if (raw.length !== 2 * HALF) throw new TypeError('an ES256 signature has 64 bytes')
  const body = [...integerOf(raw.subarray(0, HALF)), ...integerOf(raw.subarray(HALF))]
  return Uint8Array.from([SEQUENCE, body.length, ...body])
}

/** Null for what is no pair of integers of at most 32 bytes in DER. */
export const rawOfDer = (der: Uint8Array): Uint8Array<ArrayBuffer> | null => {
  const raw = new Uint8Array(2 * HALF)
  let at = 2
  for (const end of [HALF, 2 * HALF]) {
    const length = der[at + 1] ?? 0
    if (length < 1 || length > HALF + 1) return null
    const digits = der.subarray(at + 2, at + 2 + length)
    const significant = digits[0] === 0 ? digits.subarray(1) : digits
    if (significant.length > HALF) return null
    raw.set(significant, end - significant.length)
    at += 2 + length
  }
  // Whatever was read loosely above is written in another way.
  const again = derOfRaw(raw)
  const same = again.length === der.length && again.every((byte, index) => byte === der[index])
  return same ? raw : null
}
