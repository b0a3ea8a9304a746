// One text for one value: RFC 8785 (JCS) for the values we sign and digest. Pure.

/** Object keys sorted by UTF-16 code units, no white space; undefined fields are left out. */
export const canonicalJson = (value: unknown): string => {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') {
    return JSON.stringify(value)
  }
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError('canonicalJson: not a finite number')
    return JSON.stringify(value)
  }
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`
  if (typeof value === 'object') {
    const fields = value as Record<string, unknown>
    const texts: string[] = []
    for (const key of Object.keys(fields).sort())
      if (fields[key] !== undefined)
        texts.push(`${JSON.stringify(key)}:${canonicalJson(fields[key])}`)
    return `{${texts.join(',')}}`
  }
  throw new TypeError(`canonicalJson: a ${typeof value} has no JSON form`)
}

/** The same value with the keys of every object in order: what is written from it does not depend on who sent it how. */
export const ordered = <T>(value: T): T => JSON.parse(canonicalJson(value))
