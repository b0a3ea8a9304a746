// Requests that do not fit their template, over HTTP: each error has its place, its rule, the limits and a page that shows
// them, and nothing is written.
import { beforeAll, describe, expect, it } from 'vitest'
import { createTenantWorld, type TenantWorld } from '../../functions/simulator/tenant-world.ts'

interface WireError {
  pointer: string
  detail: string
  rule?: string
  numbers?: Record<string, number>
  url?: string
}

/** What there is before and after: changes, resources, files of every branch, and what hosts are asked to hold. */
const standing = async (world: TenantWorld) => ({
  changes: (await world.send('GET', '/changes')).body.items,
  resources: (await world.send('GET', '/resources')).body.items,
  files: ['main', 'live'].map((branch) => world.memory.filesOf(branch)),
})

const refused = async (world: TenantWorld, body: object, pointer: string) => {
  const before = await standing(world)
  const answer = await world.request(body)
  expect(await standing(world)).toEqual(before)
  expect(before.changes).toEqual([])
  const problem = answer.body as unknown as { type: string; errors?: WireError[] }
  expect([answer.status, problem.type.split('/').at(-1)]).toEqual([422, 'invalid-parameters'])
  return { error: problem.errors?.find((one) => one.pointer === pointer), text: problem }
}

/** What the page that an error leads to says of its numbers. */
const computedAt = async (world: TenantWorld, url = '') => {
  const path = url.slice(url.indexOf('/rules/'))
  const answer = await world.http('GET', path, { headers: { accept: 'application/json' } })
  const { id, computed } = (await answer.json()) as { id: string; computed?: string }
  return { id, computed }
}

type Row = readonly [string, object, string, string, Record<string, number> | undefined]

const holds = (worldOf: () => TenantWorld, rows: readonly Row[]) =>
  it.each(rows)('%s', async (_what, body, pointer, rule, numbers) => {
    const { error, text } = await refused(worldOf(), body, pointer)
    expect(error).toMatchObject({ rule, ...(numbers ? { numbers } : {}) })
    expect(error?.numbers).toEqual(numbers)
    expect(error?.detail).not.toMatch(/Invalid input|Too (?:small|big)/)
    expect(JSON.stringify(text)).not.toContain('sesame')
    const { id, computed } = await computedAt(worldOf(), error?.url)
    expect([id, computed === undefined]).toEqual([rule, numbers === undefined])
    expect(computed ?? '').not.toContain('{')
  })

const REASON = 'The trial ends before the data matter.'
const exception = (parameters: object) => ({
  ...{ action: 'create', template: 'rule-exception', name: 'trial' },
  parameters: { rule: 'STORAGE-TLS', owner: 'olga', reason: REASON, ...parameters },
})
const machine = (parameters: object) => ({
  ...{ action: 'create', template: 'virtual-machine', name: 'web' },
  parameters: { site: 'lab-01', ...parameters },
})
const TIB = 1_000_000_000 * 1_048_576

describe('a tenant’s request', () => {
  let world: TenantWorld
  beforeAll(async () => {
    world = await createTenantWorld()
  })
  const EXPIRY = ['/parameters/expires', 'EXCEPTION-EXPIRY', { most: 366 }] as const
  const CORES = ['/parameters/cores', 'CORES-AMOUNT', { least: 1, most: 64 }] as const
  const UNIT = ['SIZE-UNIT', { above: 0, most: 1_000_000_000, units: 6 }] as const
  holds(
    () => world,
    [
      ['an exception without an end', exception({}), ...EXPIRY],
      ['an exception that ends on a day that is none', exception({ expires: 'sesame' }), ...EXPIRY],
      ['negative cores', machine({ cores: -2 }), ...CORES],
      ['half a core', machine({ cores: 1.5 }), ...CORES],
      ['more cores than a machine has', machine({ cores: 65 }), ...CORES],
      [
        'negative memory',
        machine({ memory: { value: -4, unit: 'GiB' } }),
        ...(['/parameters/memory/value', ...UNIT] as const),
      ],
      [
        'memory in a unit that is none',
        machine({ memory: { value: 4, unit: 'sesame' } }),
        ...(['/parameters/memory/unit', ...UNIT] as const),
      ],
      [
        'too little memory',
        machine({ memory: { value: 1, unit: 'MiB' } }),
        ...(['/parameters/memory', 'SIZE-AMOUNT', { leastMiB: 512, mostMiB: TIB }] as const),
      ],
    ],
  )
})

describe('a price book', () => {
  let world: TenantWorld
  beforeAll(async () => {
    world = await createTenantWorld({
      ...{ slug: 'platform', tenant: { basesOn: [], repository: 'platform/fleet' } },
    })
  })
  const row = { leastMinor: 400, mostMinor: 600, source: 'our contract' }
  const own = ['vCPU', 'GiB memory', 'GiB disk'].map((unit) => ({ unit, ...row }))
  const node = { meter: 'aks-node', sku: 'Standard_D4s_v5', unit: 'node', ...row }
  const book = (more: object) => ({
    ...{ action: 'create', template: 'price-book', name: 'rates' },
    parameters: {
      ...{ name: 'rates', version: '1', date: '2026-11-01', currency: 'EUR', standIn: true },
      ...{ jurisdictions: ['eu'], ownHardware: [{ prices: own }], azure: [node], ...more },
    },
  })
  const azure = (more: object) => book({ azure: [{ ...node, ...more }] })
  const AMOUNT = ['PRICE-AMOUNT', { least: 0, most: 100_000_000_000 }] as const
  holds(
    () => world,
    [
      [
        'of a currency that is none',
        book({ currency: 'sesame' }),
        ...(['/parameters/currency', 'PRICE-CURRENCY', { currencies: 153 }] as const),
      ],
      [
        'with a row without its unit',
        azure({ unit: undefined }),
        ...(['/parameters/azure/0/unit', 'PRICE-UNIT', undefined] as const),
      ],
      [
        'with a row of another unit',
        azure({ unit: 'GiB' }),
        ...(['/parameters/azure/0/unit', 'PRICE-UNIT', undefined] as const),
      ],
      [
        'without a price for a unit of own hardware',
        book({ ownHardware: [{ prices: own.slice(1) }] }),
        ...(['/parameters/ownHardware/0/prices', 'PRICE-UNIT', undefined] as const),
      ],
      [
        'with a negative amount',
        azure({ leastMinor: -1 }),
        ...(['/parameters/azure/0/leastMinor', ...AMOUNT] as const),
      ],
      [
        'with half a minor unit',
        azure({ mostMinor: 600.5 }),
        ...(['/parameters/azure/0/mostMinor', ...AMOUNT] as const),
      ],
      [
        'with a range that ends before it begins',
        azure({ mostMinor: 399 }),
        '/parameters/azure/0/mostMinor',
        ...(['PRICE-RANGE', { leastMinor: 400, mostMinor: 399 }] as const),
      ],
    ],
  )
})
