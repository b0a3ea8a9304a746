// IPv4 ranges in CIDR notation: where one begins and ends, and which of them a private network may have.
import * as z from 'zod'

export const addressOf = (address: string): number =>
  address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0)

export const prefixLength = (range: string): number => Number(range.split('/')[1])

/** First and last address of a range. */
export const boundsOf = (range: string): [first: number, last: number] => {
  const size = 2 ** (32 - prefixLength(range))
  const first = Math.floor(addressOf(range.split('/')[0] ?? '') / size) * size
  return [first, first + size - 1]
}

export const isWithin = (inner: string, outer: string): boolean => {
  const [[first, last], [from, to]] = [boundsOf(inner), boundsOf(outer)]
  return from <= first && last <= to
}

/** Whether no two ranges of a list share an address. */
export const areDisjoint = (ranges: readonly string[]): boolean => {
  const bounds = ranges.map(boundsOf).sort(([a], [b]) => a - b)
  return bounds.every(([first], index) => index === 0 || first > (bounds[index - 1]?.[1] ?? 0))
}

const beginsAtItsFirst = (range: string): boolean =>
  addressOf(range.split('/')[0] ?? '') === boundsOf(range)[0]

/** RFC 1918, and RFC 6598's shared space, which Azure takes too. */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10']
const isPrivate = (range: string): boolean => PRIVATE.some((space) => isWithin(range, space))

/** A private range, or a public one that somebody can own: no list of them adds up to the Internet. */
export const IpRange = z
  .cidrv4()
  .refine(beginsAtItsFirst, 'the first address of its range')
  .refine(
    (range) => prefixLength(range) >= 16 || isPrivate(range),
    'a private range, or at most a /16 of public addresses',
  )

/** A private range whose prefix has so many bits. */
export const privateRange = (least: number, most: number) =>
  z
    .cidrv4()
    .refine(
      (range) => prefixLength(range) >= least && prefixLength(range) <= most,
      `a prefix of ${least} to ${most} bits`,
    )
    .refine(beginsAtItsFirst, 'the first address of its range')
    .refine(isPrivate, 'a private range')
    .describe(`A private IPv4 range, /${least} to /${most}`)
