// Names that Kubernetes, Proxmox and Git all accept: DNS labels of at most 63 characters.
// The hash is an argument, so this file stays pure; it does not decide what a thing is called.

export const MAX_LABEL_CHARACTERS = 63
const SUFFIX_CHARACTERS = 8

/**
 * Joins parts with hyphens into one DNS label (RFC 1123). A name that had to be changed or cut ends
 * with eight hex digits of the hash of the original, so two originals never meet in one name.
 * @param hash text to lower-case hex, at least eight digits
 */
export const labelName = (
  parts: readonly string[],
  hash: (text: string) => string,
  limit = MAX_LABEL_CHARACTERS,
): string => {
  const original = parts.join('-')
  const safe = toLabel(original)
  if (safe !== '' && safe === original && safe.length <= limit) return safe
  const suffix = hash(JSON.stringify(parts)).slice(0, SUFFIX_CHARACTERS)
  const head = trimHyphens(safe.slice(0, limit - SUFFIX_CHARACTERS - 1))
  return head === '' ? `x${suffix}` : `${head}-${suffix}`
}

const toLabel = (text: string): string =>
  trimHyphens(text.toLowerCase().replace(/[^a-z0-9-]+/g, '-'))

const trimHyphens = (text: string): string => {
  let start = 0
  let end = text.length
  while (start < end && text[start] === '-') start++
  while (end > start && text[end - 1] === '-') end--
  return text.slice(start, end)
}
