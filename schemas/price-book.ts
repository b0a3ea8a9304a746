// A price book: what things cost each month, on one date, in one currency. It is data that an operator installs; nothing
// here looks a price up. What a book has no row for is unpriced. An amount of 0 is a row with a source like any other.
import * as z from 'zod'
import { Currency } from './currency.ts'
import { HostName, Jurisdiction, Slug } from './ids.ts'
import { type Mark, ruled } from './ruled.ts'

/** Every price is for a month of this many hours, the mean of a year (8,760 / 12). */
export const HOURS_PER_MONTH = 730

/** What own hardware is counted in; a place has a price for each of them. */
export const ownUnits = ['vCPU', 'GiB memory', 'GiB disk'] as const
export type OwnUnit = (typeof ownUnits)[number]

/**
 * What is counted of Azure, and in which unit. `sku`: its rows name a size or a level.
 * `byUse`: how much there will be, no manifest says; such a line is unpriced unless the manifest caps it.
 */
export const azureMeters = {
  'aks-control-plane': { unit: 'cluster', sku: true },
  'aks-node': { unit: 'node', sku: true },
  'node-disk': { unit: 'GiB' },
  'load-balancer': { unit: 'load balancer', sku: true },
  'public-ip': { unit: 'address', sku: true },
  'postgres-server': { unit: 'server', sku: true },
  'postgres-storage': { unit: 'GiB' },
  'postgres-backup': { unit: 'GiB', byUse: true },
  'storage-account': { unit: 'GiB', sku: true, byUse: true },
  'container-registry': { unit: 'registry', sku: true },
  'key-vault-operations': { unit: '10,000 operations', sku: true, byUse: true },
  'application-gateway': { unit: 'gateway', sku: true },
  'application-gateway-capacity': { unit: 'capacity unit', sku: true },
  'firewall-policy': { unit: 'policy' },
  'private-endpoint': { unit: 'endpoint' },
  'dns-zone': { unit: 'zone' },
  'private-dns-zone': { unit: 'zone' },
  'log-ingestion': { unit: 'GB', sku: true, byUse: true },
  'log-alert': { unit: 'rule', sku: true },
  'action-group': { unit: 'group' },
  'arc-gitops': { unit: 'vCPU', byUse: true },
  'virtual-network': { unit: 'network' },
  'security-group': { unit: 'group' },
  'resource-group': { unit: 'group' },
  'managed-identity': { unit: 'identity' },
} as const satisfies Record<string, { unit: string; sku?: true; byUse?: true }>

export type AzureMeter = keyof typeof azureMeters
interface Meter {
  unit: string
  sku?: true
  byUse?: true
}
export const meterOf = (name: AzureMeter): Meter => azureMeters[name]

const MINOR_AT_MOST = 100_000_000_000

const line = z
  .string()
  .min(1)
  .max(300)
  .regex(/^[^\p{C}]*$/u, 'one line of plain text')

/** A whole number; what is counted, `what` says. */
const amount = (what: string, least: number, most: number) =>
  ruled(z.int().min(least).max(most), {
    rule: 'PRICE-AMOUNT',
    detail: `a whole number of ${what}, ${least} to ${most}`,
    numbers: { least, most },
  })

const amounts = {
  /** Minor units each month for `per` units. Both ends alike where the price is one number. */
  leastMinor: amount('minor units', 0, MINOR_AT_MOST),
  mostMinor: amount('minor units', 0, MINOR_AT_MOST),
  /** So that a price below one minor unit stays a whole number: 2 for every 100 GiB. */
  per: amount('units', 1, 1_000_000).default(1),
  /** Where the amounts come from. */
  source: line,
}

/** Refused where a range ends before it begins. */
const ordered = (
  { leastMinor, mostMinor }: { leastMinor: number; mostMinor: number },
  context: z.core.$RefinementCtx,
): void => {
  if (leastMinor <= mostMinor) return
  const params = { rule: 'PRICE-RANGE', numbers: { leastMinor, mostMinor } } satisfies Mark
  const message = 'not less than leastMinor'
  context.addIssue({ code: 'custom', path: ['mostMinor'], message, params })
}

const UNIT = { rule: 'PRICE-UNIT' } satisfies Mark

const OwnPrice = z
  .strictObject({
    unit: ruled(z.enum(ownUnits), { ...UNIT, detail: `one of the units ${ownUnits.join(', ')}` }),
    ...amounts,
  })
  .superRefine(ordered)

/** Prices of machines on own hardware: at one site, at the sites of a tier, or anywhere. The nearest row counts. */
const OwnHardware = z
  .strictObject({
    site: HostName.optional(),
    tier: z.enum(['core', 'regional', 'edge']).optional(),
    prices: z.array(OwnPrice).max(ownUnits.length),
  })
  .refine(({ site, tier }) => site === undefined || tier === undefined, {
    path: ['tier'],
    error: 'a site or a tier, not both',
  })
  .superRefine(({ prices }, context) => {
    prices.forEach(({ unit }, at) => {
      if (prices.findIndex((price) => price.unit === unit) !== at) {
        const message = 'given twice'
        context.addIssue({
          ...{ code: 'custom', path: ['prices', at, 'unit'], message, params: UNIT },
        })
      }
    })
    const missing = ownUnits.filter((unit) => !prices.some((price) => price.unit === unit))
    for (const unit of missing) {
      const message = `no price for a ${unit}`
      context.addIssue({ code: 'custom', path: ['prices'], message, params: UNIT })
    }
  })

const AzurePrice = z
  .strictObject({
    meter: z.enum(Object.keys(azureMeters) as [AzureMeter, ...AzureMeter[]]),
    sku: line.max(60).optional(),
    /** Azure regions it holds for; absent: all that have no row of their own. */
    locations: z
      .array(z.string().regex(/^[a-z0-9]{1,40}$/))
      .min(1)
      .max(60)
      .optional(),
    unit: ruled(z.string(), { ...UNIT, detail: 'the unit that the meter is counted by' }),
    ...amounts,
  })
  .superRefine(ordered)
  .superRefine(({ meter, sku, unit }, context) => {
    const wanted = meterOf(meter)
    if (unit !== wanted.unit) {
      const message = `${meter} is counted by the ${wanted.unit}`
      context.addIssue({ code: 'custom', path: ['unit'], message, params: UNIT })
    }
    if ((sku !== undefined) !== (wanted.sku === true)) {
      const message = wanted.sku ? `${meter} has a price for each SKU` : `${meter} has no SKUs`
      context.addIssue({ code: 'custom', path: ['sku'], message })
    }
  })

const placesOf = ({ meter, sku, locations }: z.infer<typeof AzurePrice>): string[] =>
  (locations ?? ['']).map((location) => `${meter} ${sku ?? ''} ${location}`)

/** Rows times their regions: each is compared with all others, and read by every plan. */
const PRICES_AT_MOST = 20_000

/** Refused where one thing would have two prices. */
const noneTwice = (
  { ownHardware, azure }: { ownHardware: z.infer<typeof OwnHardware>[]; azure: AzurePrice[] },
  context: z.core.$RefinementCtx,
): void => {
  const prices = azure.reduce((sum, { locations = [''] }) => sum + locations.length, 0)
  if (prices > PRICES_AT_MOST) {
    const message = `at most ${PRICES_AT_MOST} prices: rows times the regions of each`
    context.addIssue({ code: 'custom', path: ['azure'], message })
    return
  }
  const seen = new Set<string>()
  const once = (keys: string[], path: PropertyKey[]): void => {
    if (keys.some((key) => seen.has(key))) {
      context.addIssue({ code: 'custom', path, message: 'another row is for the same' })
    }
    for (const key of keys) seen.add(key)
  }
  ownHardware.forEach(({ site = '', tier = '' }, at) => {
    once([`own ${site} ${tier}`], ['ownHardware', at])
  })
  azure.forEach((row, at) => {
    once(placesOf(row), ['azure', at])
  })
}

export const PriceBook = z
  .strictObject({
    name: Slug,
    /** Whoever changes an amount counts this up; what was approved by the version before falls. */
    version: z.string().regex(/^[0-9]{1,4}(?:\.[0-9]{1,4}){0,2}$/, 'numbers with dots between'),
    /** The day that the prices are of. */
    date: z.iso.date(),
    currency: Currency,
    /** Not somebody's real prices: every plan that uses it says so. */
    standIn: z.boolean(),
    /** Tenants of these are priced by it. */
    jurisdictions: z.array(Jurisdiction).min(1),
    /** What no row of it covers and nobody should look for in a total: traffic, taxes, licences. */
    excludes: z.array(line).max(20).default([]),
    ownHardware: z.array(OwnHardware).max(1000),
    azure: z.array(AzurePrice).max(5000),
  })
  .superRefine(noneTwice)
export type PriceBook = z.infer<typeof PriceBook>
export type AzurePrice = z.infer<typeof AzurePrice>
export type OwnHardware = z.infer<typeof OwnHardware>
export type PriceAmounts = Pick<AzurePrice, 'leastMinor' | 'mostMinor' | 'per'>

/** `rates@3`: how plans and invoices name it. */
export const bookName = ({ name, version }: Pick<PriceBook, 'name' | 'version'>): string =>
  `${name}@${version}`
