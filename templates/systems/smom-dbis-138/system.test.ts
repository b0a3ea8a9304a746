// The numbers of smom-dbis-138 against the source, and its machines against its rows.
import { describe, expect, it } from 'vitest'
import { loadJudge } from '../../../functions/cli/k8s-judge.ts'
import { guard } from '../../../gitops/guard.ts'
import { render } from '../../../gitops/render.ts'
import type { Template } from '../../../schemas/template.ts'
import { exampleInput } from '../../example-inputs.ts'
import { phaseTemplate } from '../phase-template.ts'
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
  const asked = machines.map(({ id }) => {
    const mine = vms.filter(({ role }) => role === id)
    const sizes = mine.map(({ cores, memoryMiB, diskGiB }) => [cores, memoryMiB / 1024, diskGiB])
    expect(new Set(sizes.map(String)).size, id).toBe(1)
    return [id, mine.length, ...(sizes[0] ?? [])]
  })
  expect(asked).toEqual(TABLE)
  expect(vms).toHaveLength(18)
  expect(block.parameters).toMatchObject({ chainId: 138 })
})

it('is 16 machines of the chain and 2 around it, with the 3+, 2+ and 2+ of the source', () => {
  const around = ['nginx-proxy', 'cloudflare-tunnel']
  const unitsOf = (rows: typeof machines) => {
    const { units, cores, memory, disk } = derivedTotals(rows, ['rendered'])
    return [units.least, cores.least, memory[0]?.least, disk[0]?.least]
  }
  expect(unitsOf(machines.filter(({ id }) => !around.includes(id)))).toEqual([16, 68, 132, 248])
  expect(unitsOf(machines.filter(({ id }) => around.includes(id)))).toEqual([2, 4, 8, 30])
  const least = (id: string) => machines.find((row) => row.id === id)?.count.least ?? 0
  expect(least('validator')).toBeGreaterThanOrEqual(3)
  expect(least('sentry')).toBeGreaterThanOrEqual(2)
  expect(least('rpc')).toBeGreaterThanOrEqual(2)
})

it('deploys contracts in an order in which each finds what it needs', () => {
  const tasks = smomDbis138.phases.find(({ id }) => id === 'contracts')?.tasks ?? []
  const before = new Set<string>()
  for (const { id, after } of tasks) {
    for (const first of after) expect(before, id).toContain(first)
    before.add(id)
  }
  // Router, WETH, bridges, oracle: the source's; the LINK token before them is ours.
  expect([...before]).toEqual([
    ...['link-token', 'ccip-router', 'weth9', 'weth10', 'weth9-bridge', 'weth10-bridge'],
    ...['oracle-aggregator', 'verification'],
  ])
  const waitsFor = Object.fromEntries(tasks.map(({ id, after }) => [id, after]))
  expect(waitsFor).toMatchObject({
    ...{ 'ccip-router': ['link-token'], weth9: ['ccip-router'], weth10: ['ccip-router'] },
    ...{ 'weth9-bridge': ['weth9'], 'weth10-bridge': ['weth10'] },
    'oracle-aggregator': ['weth9-bridge', 'weth10-bridge'],
    verification: ['oracle-aggregator'],
  })
  const contracts = smomDbis138.components.filter(({ kind }) => kind === 'contract')
  expect(contracts.map(({ id }) => id)).toEqual([...before].slice(0, 7))
})

it('integrates chain, bridges, feeds and audit, each behind a gate', () => {
  const [integration] = smomDbis138.phases.filter(({ id }) => id === 'integration')
  expect(integration?.tasks.map(({ id, when, after }) => [id, when, ...after])).toEqual([
    ['chain-registration', 'before'],
    ['bridge-destinations', 'before', 'chain-registration'],
    ['price-feeds', 'before'],
    ['security-audit', 'before', 'bridge-destinations', 'price-feeds'],
    ['rpc-reached', 'after'],
  ])
})

const taskOf = (id: string) => {
  const task = smomDbis138.phases.flatMap(({ tasks }) => tasks).find((one) => one.id === id)
  if (!task) throw new Error(`no task ${id}`)
  return task
}
const takes = (task: string, report: unknown) => taskOf(task).inputs.safeParse(report).success
const hash = `0x${'a'.repeat(64)}`
const addressNo = (n: number) => `0x${n.toString(16).padStart(40, '0')}`

it('checks what is reported of a contract, a chain, a bridge and a feed', () => {
  const made = { chainId: 138, address: addressNo(1), transactionHash: hash, blockNumber: 7 }
  expect(takes('ccip-router', made)).toBe(true)
  expect(takes('ccip-router', { ...made, chainId: 1 })).toBe(false)
  expect(takes('ccip-router', { ...made, address: addressNo(0) })).toBe(false)

  const seven = Array.from({ length: 7 }, (_, index) => addressNo(index + 1))
  const verified = (addresses: string[]) =>
    takes('verification', { explorerUrl: 'https://explorer.example.org', verified: addresses })
  expect(verified(seven)).toBe(true)
  expect(verified(seven.slice(1))).toBe(false)
  expect(verified([...seven.slice(1), addressNo(2)])).toBe(false)

  const registered = { chainSelector: '42', routerAddress: addressNo(2), transactionHash: hash }
  expect(takes('chain-registration', registered)).toBe(true)
  expect(takes('chain-registration', { ...registered, chainSelector: `${2n ** 64n}` })).toBe(false)

  const lane = (bridge: string, chainSelector = '42') => ({
    ...{ bridge, chainSelector, receiver: addressNo(3), transactionHash: hash },
  })
  const both = [lane('CCIPWETH9Bridge'), lane('CCIPWETH10Bridge')]
  const lanes = (destinations: unknown[]) => takes('bridge-destinations', { destinations })
  expect(lanes(both)).toBe(true)
  expect(lanes([...both, lane('CCIPWETH9Bridge', '43')])).toBe(true)
  expect(lanes([...both, lane('CCIPWETH9Bridge')])).toBe(false)
  expect(lanes([lane('CCIPWETH9Bridge'), lane('CCIPWETH9Bridge', '43')])).toBe(false)

  const feed = { pair: 'ETH/USD', decimals: 8, heartbeatSeconds: 3600, deviationPercent: 0.5 }
  const feeds = (all: unknown[]) => takes('price-feeds', { aggregator: addressNo(4), feeds: all })
  expect([feeds([feed]), feeds([feed, feed]), feeds([])]).toEqual([true, false, false])

  const reached = { url: 'https://rpc.example.org', over: 'cloudflare-tunnel', blockNumber: 7 }
  expect(takes('rpc-reached', { ...reached, chainId: '0x8a' })).toBe(true)
  expect(takes('rpc-reached', { ...reached, chainId: '0x1' })).toBe(false)
})

describe('the gateway in Azure', () => {
  const asked = smomDbis138.examples[1]?.parameters as { azure: object }
  const blocks = (parameters: object) =>
    smomDbis138.phases
      .filter(({ id }) => id === 'integration')
      .flatMap((phase) => phase.blocks(smomDbis138.parameters.parse(parameters), 'smom'))

  it('is there when it is asked for, built from what its rows say', () => {
    expect(blocks({})).toEqual([])
    const front = smomDbis138.components.filter(({ basis }) => basis === 'optional')
    expect(new Set(blocks(asked).map(({ template }) => template.name))).toEqual(
      new Set(front.flatMap(({ builtFrom }) => builtFrom)),
    )
  })

  it.each(['argocd', 'flux'] as const)('passes the guard on %s', (engine) => {
    const phase = smomDbis138.phases.find(({ id }) => id === 'integration')
    if (!phase) throw new Error('no phase')
    const template = phaseTemplate(smomDbis138, phase) as unknown as Template
    const name = `${'s'.repeat(20)}-integration`
    const input = exampleInput(template, { name, parameters: asked }, engine)
    const rendered = render(template, input)
    const options = { tenantSlug: 'dbis', cluster: input.cluster.name, guardsLifted: false }
    expect(guard(rendered, rendered.files, options)).toEqual([])
    expect(template.findings(input)).toEqual([])
    const kinds = rendered.objects.map(({ manifest }) => manifest.kind)
    expect(kinds).toEqual(
      expect.arrayContaining(['ApplicationGateway', 'NetworkSecurityGroup', 'PrivateEndpoint']),
    )
    const judge = loadJudge()
    if ('absent' in judge) return console.log(`skipped: ${judge.absent}`)
    for (const { path, manifest } of rendered.objects)
      expect(judge.judge(manifest), path).toEqual([])
  })

  it.each([
    ['without a domain', { domain: undefined }, 'domain'],
    [
      'that leads to itself',
      { azure: { ...asked.azure, origin: 'rpc.smom.example.org' } },
      'azure/origin',
    ],
    ['in the United States', { azure: { ...asked.azure, location: 'eastus' } }, 'azure/location'],
    [
      'with another thing for a vault',
      { azure: { ...asked.azure, vault: '/subscriptions/x' } },
      'azure/vault',
    ],
  ])('is refused %s', (_, change, path) => {
    const { error } = smomDbis138.parameters.safeParse({ ...asked, ...change })
    expect(error?.issues.map((issue) => issue.path.join('/'))).toEqual([path])
  })
})

it('has runbooks without gaps', () => {
  for (const sent of [{}, ...smomDbis138.examples.map(({ parameters }) => parameters)]) {
    const parameters = smomDbis138.parameters.parse(sent)
    for (const { id, steps } of smomDbis138.phases.flatMap(({ tasks }) => tasks)) {
      const text = steps({ name: 'smom', parameters })
      expect(text.length, id).toBeGreaterThanOrEqual(2)
      expect(text.join('\n'), id).not.toMatch(/undefined|\[object|NaN/)
    }
  }
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
