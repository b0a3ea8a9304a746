// RLP encoding (Ethereum Yellow Paper, appendix B), encode only, over hex text.

/** A byte string in hex without prefix, or a list of items. */
export type RlpItem = string | readonly RlpItem[]

/** RLP of an item, in hex without prefix. @throws {TypeError} for text that is not whole bytes of lower-case hex. */
export const rlp = (item: RlpItem): string => {
  if (typeof item !== 'string') {
    const payload = item.map(rlp).join('')
    return header(0xc0, payload) + payload
  }
  if (!/^(?:[0-9a-f]{2})*$/.test(item)) throw new TypeError('not a byte string in hex')
  return item.length === 2 && Number.parseInt(item, 16) < 0x80 ? item : header(0x80, item) + item
}

/** Short form up to 55 bytes, then the length of the length. */
const header = (offset: number, payload: string): string => {
  const length = payload.length / 2
  if (length <= 55) return byte(offset + length)
  const size = length.toString(16)
  const bytes = size.length % 2 === 0 ? size : `0${size}`
  return byte(offset + 55 + bytes.length / 2) + bytes
}

const byte = (value: number): string => value.toString(16).padStart(2, '0')
