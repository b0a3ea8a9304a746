// Bytes as text, in both alphabets of RFC 4648.
export { toBase64, toBase64url } from '../gitops/log/bytes.ts'

/** Throws at what is neither alphabet; padding may be left out. */
export const fromBase64url = (text: string): Uint8Array<ArrayBuffer> => {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  const bytes = new Uint8Array(binary.length)
  for (let at = 0; at < binary.length; at += 1) bytes[at] = binary.charCodeAt(at)
  return bytes
}
