// IPv4 addresses as numbers, only as far as handing them out needs. Pure.

import type { Site } from '../schemas/place.ts'
import type { Finding } from '../schemas/plan.ts'
import type { Snapshot } from '../schemas/snapshot.ts'
import type { Demand } from '../schemas/template.ts'
import { finding } from './finding.ts'

interface Pool {
  first: string
  last: string
}

const toNumber = (address: string): number =>
  address.split('.').reduce((value, part) => value * 256 + Number(part), 0)

const toText = (value: number): string =>
  [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255].join('.')

const inPool = (address: string, { first, last }: Pool): boolean =>
  toNumber(address) >= toNumber(first) && toNumber(address) <= toNumber(last)

/** The next address of the pool; null after the last. */
const nextAddress = (address: string, pool: Pool): string | null => {
  const next = toNumber(address) + 1
  return next <= toNumber(pool.last) ? toText(next) : null
}

export interface AddressGiver {
  next: (site: Site) => string
  /** IP-UNIQUE findings about what could not be given: at most one, the first. */
  findings: () => Finding[]
}

/**
 * Hands out free addresses of a site's network, lowest first; sites that share a network share its addresses. What the
 * resource itself has is never given twice, and is no clash: a machine that stays keeps it.
 */
export const addressGiver = (
  { firstAddress }: Pick<Demand, 'firstAddress'>,
  { takenAddresses, existing }: Pick<Snapshot, 'takenAddresses' | 'existing'>,
): AddressGiver => {
  const foreign = new Set(takenAddresses)
  const taken = new Set([
    ...takenAddresses,
    ...(existing?.placement ?? []).map(({ address }) => address),
  ])
  const cursors = new Map<string, string | null>()
  const findings: Finding[] = []
  const report = (message: string) => {
    if (findings.length === 0)
      findings.push(finding('IP-UNIQUE', message, { pointer: '/parameters' }))
  }
  return {
    findings: () => findings,
    next: ({ network }) => {
      const { name, pool, gateway, dns } = network
      const key = `${name} ${pool.first} ${pool.last}`
      const first = firstAddress ?? pool.first
      if (!inPool(first, pool))
        report('The first address lies outside the pool of the site’s network.')
      const known = cursors.get(key)
      let at = known === undefined ? first : known
      if (firstAddress !== undefined && at !== null && foreign.has(at))
        report('One of the addresses from firstAddress on is taken.')
      while (at !== null && (taken.has(at) || at === gateway || dns.includes(at)))
        at = nextAddress(at, pool)
      if (at === null) {
        // What lies before the first address may well be free: only without one is the network full.
        report(
          firstAddress === undefined
            ? 'The network of a site has no free address left.'
            : 'The pool of the site’s network ends before every machine from firstAddress on has an address.',
        )
        return pool.last
      }
      taken.add(at)
      cursors.set(key, nextAddress(at, pool))
      return at
    },
  }
}
