// IPv4 addresses as numbers, only as far as handing them out needs. Pure.

interface Pool {
  first: string
  last: string
}

const toNumber = (address: string): number =>
  address.split('.').reduce((value, part) => value * 256 + Number(part), 0)

const toText = (value: number): string =>
  [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255].join('.')

export const addressRange = (pool: Pool): { has: (address: string) => boolean } => {
  const first = toNumber(pool.first)
  const last = toNumber(pool.last)
  return { has: (address) => toNumber(address) >= first && toNumber(address) <= last }
}

/** The next address of the pool; null after the last. */
export const nextAddress = (address: string, pool: Pool): string | null => {
  const next = toNumber(address) + 1
  return next <= toNumber(pool.last) ? toText(next) : null
}
