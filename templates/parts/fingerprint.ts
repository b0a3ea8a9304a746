// A short mark of a text, put on a pod so that it restarts when its configuration changes. Not for security.

/** FNV-1a with 32 bits over UTF-16 code units, as 8 hex digits. */
export const fingerprint = (text: string): string => {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  return (hash >>> 0).toString(16).padStart(8, '0')
}
