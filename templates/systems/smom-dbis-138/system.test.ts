// The numbers of smom-dbis-138 against the source, and its machines against its rows.
import { expect, it } from 'vitest'
import { derivedTotals } from '../totals.ts'
import { smomDbis138 } from './system.ts'

/** Split that sums to the source's totals: role, machines, cores, GiB of memory, GiB of disk. */
const TABLE = [
  ['validator', 4, 4, 8, 16],
  ['sentry', 4, 4, 8, 14],
  ['bootnode', 2, 2, 6, 10],
  ['rpc', 3, 6, 12, 18],
  ['archive', 1, 6, 8, 28],
  ['monitoring', 1, 4, 8, 16],
  ['oracle', 1, 4, 4, 10],
  ['nginx-proxy', 1, 2, 4, 20],
  ['cloudflare-tunnel', 1, 2, 4, 10],
]
const machines = smomDbis138.components.filter(({ kind }) => kind === 'virtual-machine')

it('has the machines of the table, field by field', () => {
  expect(
    machines.map(({ id, count, each }) => [
      id,
      ...[count.least, each?.cores?.least, each?.memory?.least, each?.disk?.least],
    ]),
  ).toEqual(TABLE)
  for (const { count, each } of machines) {
    expect(count.most).toBe(count.least)
    expect([each?.memory?.unit, each?.disk?.unit]).toEqual(['GiB', 'GiB'])
  }
})

it('sums to 18 machines, 72 cores, 140 GiB and 278 GiB: what the source declares', () => {
  const { units, cores, memory, disk } = derivedTotals(machines, ['rendered'])
  expect([units, cores, memory, disk]).toEqual([
    { least: 18, most: 18 },
    { least: 72, most: 72 },
    [{ least: 140, most: 140, unit: 'GiB' }],
    [{ least: 278, most: 278, unit: 'GiB' }],
  ])
  const { declaredTotals: declared } = smomDbis138
  expect([declared.cores, [declared.memory], [declared.disk]]).toEqual([cores, memory, disk])
})

it('asks for exactly the machines of its rows', () => {
  const [nodes] = smomDbis138.phases.filter(({ id }) => id === 'nodes')
  const [block] = nodes?.blocks(smomDbis138.parameters.parse({}), 'smom') ?? []
  if (!block) throw new Error('no block')
  const { vms } = block.template.demand('smom', block.template.parameters.parse(block.parameters))
  const counted = machines.map(({ id }) => [id, vms.filter(({ role }) => role === id).length])
  expect(counted).toEqual(TABLE.map(([id, n]) => [id, n]))
})

it('deploys contracts in an order in which each finds what it needs', () => {
  const tasks = smomDbis138.phases.find(({ id }) => id === 'contracts')?.tasks ?? []
  const before = new Set<string>()
  for (const { id, after } of tasks) {
    for (const first of after) expect(before, id).toContain(first)
    before.add(id)
  }
  expect([...before].slice(0, 2)).toEqual(['link-token', 'ccip-router'])
})

it('says to a wallet where the chain is, and nothing without a public address', () => {
  const write = smomDbis138.documents['add-chain']
  const parameters = smomDbis138.parameters.parse({ domain: 'smom.example.org' })
  expect(write?.({ name: 'smom', parameters })).toMatchObject({
    chainId: '0x8a',
    rpcUrls: ['https://rpc.smom.example.org'],
    nativeCurrency: { decimals: 18 },
  })
  expect(write?.({ name: 'smom', parameters: smomDbis138.parameters.parse({}) })).toBeNull()
})
