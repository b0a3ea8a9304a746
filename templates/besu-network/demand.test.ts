// The default network is exactly the one asked for: 18 machines, 72 cores, 140 GiB of memory, 278 GiB of disk.
import { describe, expect, it } from 'vitest'
import { BesuNetworkParameters } from '../../schemas/parameters/besu-network.ts'
import { IdentifyNodes } from '../../schemas/wire.ts'
import { exampleInput } from '../example-inputs.ts'
import { findTemplate } from '../index.ts'
import { besuNetwork } from './template.ts'

const parse = (more: object = {}) =>
  BesuNetworkParameters.parse({ sites: ['r630-01', 'ml110-01'], ...more })
const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)

describe('the default demand', () => {
  const { vms, sites, firstVmId, firstAddress, identities } = besuNetwork.demand(
    'smom-dbis-138',
    parse(),
  )

  it('sums to exactly 18 / 72 / 140 / 278', () => {
    expect(vms).toHaveLength(18)
    expect(sum(vms.map(({ cores }) => cores))).toBe(72)
    expect(sum(vms.map(({ memoryMiB }) => memoryMiB))).toBe(140 * 1024)
    expect(sum(vms.map(({ diskGiB }) => diskGiB))).toBe(278)
  })

  it('names machines in the groups’ order and spreads each role its own way', () => {
    expect(
      vms.map(({ name, spread }) => `${name.slice('smom-dbis-138-'.length)} ${spread}`),
    ).toEqual([
      ...[
        'validator-01 quorum',
        'validator-02 quorum',
        'validator-03 quorum',
        'validator-04 quorum',
      ],
      ...['sentry-01 even', 'sentry-02 even', 'sentry-03 even', 'sentry-04 even'],
      ...['bootnode-01 even', 'bootnode-02 even', 'rpc-01 even', 'rpc-02 even', 'rpc-03 even'],
      ...['archive-01 primary', 'monitoring-01 secondary', 'oracle-01 primary'],
      ...['nginx-proxy-01 secondary', 'cloudflare-tunnel-01 primary'],
    ])
  })

  it('wants ids from 13801 and identities for the nodes of the chain only', () => {
    expect({ sites, firstVmId, firstAddress }).toEqual({
      sites: ['r630-01', 'ml110-01'],
      firstVmId: 13_801,
      firstAddress: undefined,
    })
    expect(identities?.network).toBe('smom-dbis-138')
    expect(identities?.nodes).toHaveLength(14)
    expect(identities?.nodes).not.toContain('oracle-01')
  })
})

describe('other demands', () => {
  it.each([
    [{ chainId: 1 }, 101],
    [{ chainId: 9_999_990 }, undefined],
    [{ chainId: 9_999_989 }, 999_998_901],
    [{ chainId: 138, firstVmId: 500 }, 500],
  ])('%o starts at VM id %s', (more, first) => {
    expect(besuNetwork.demand('n', parse(more)).firstVmId).toBe(first)
  })

  it('numbers a role through when it has two groups', () => {
    const group = { role: 'rpc', count: 2, cores: 1, memory: gibs(4), disk: gibs(10) }
    const { vms } = besuNetwork.demand('n', parse({ groups: [group, { ...group, cores: 2 }] }))
    expect(vms.map(({ name, cores, group: avoid }) => [name, cores, avoid])).toEqual([
      ['n-rpc-01', 1, 'rpc'],
      ['n-rpc-02', 1, 'rpc'],
      ['n-rpc-03', 2, 'rpc'],
      ['n-rpc-04', 2, 'rpc'],
    ])
  })

  it('asks no key service when identities are given', () => {
    expect(besuNetwork.demand('n', parse({ identities: [] })).identities).toBeUndefined()
  })

  it('rounds sizes up: demand is never understated', () => {
    const size = { value: 10, unit: 'GB' }
    const groups = [{ role: 'rpc', count: 1, cores: 1, memory: size, disk: size }]
    const [vm] = besuNetwork.demand('n', parse({ groups })).vms
    expect([vm?.memoryMiB, vm?.diskGiB]).toEqual([9537, 10])
  })
})

interface Vm {
  name: string
  nodeName: string
  vmId: number
  cpu: [{ cores: number }]
  memory: [{ dedicated: number }]
  disk: [{ size: number }]
  initialization: [{ ipConfig: [{ ipv4: [{ address: string }] }] }]
}

const gibs = (value: number) => ({ value, unit: 'GiB' })

describe('the rendered machines', () => {
  const template = findTemplate('besu-network')
  if (!template) throw new Error('no besu-network')
  const input = exampleInput(template, {
    name: 'smom-dbis-138',
    parameters: { sites: ['r630-01', 'ml110-01'] },
  })
  const [component, ...others] = template.render(input)

  it('are one leaf of 18 VMs, 18 user-data files, an image per host and one ConfigMap', () => {
    expect(others).toEqual([])
    expect([component?.wave, component?.name]).toEqual([60, 'smom-dbis-138'])
    const kinds = Object.groupBy(component?.objects ?? [], ({ kind }) => kind)
    expect(
      Object.fromEntries(Object.entries(kinds).map(([kind, all]) => [kind, all?.length])),
    ).toEqual({
      ConfigMap: 1,
      EnvironmentDownloadFile: 2,
      EnvironmentFile: 18,
      EnvironmentVM: 18,
    })
  })

  it('have the sizes, hosts, ids and addresses of their places', () => {
    const vms = (component?.objects ?? []).filter(({ kind }) => kind === 'EnvironmentVM')
    const shown = vms.map(({ spec }) => {
      const { forProvider: vm } = spec as { forProvider: Vm }
      return {
        name: vm.name,
        host: vm.nodeName,
        vmId: vm.vmId,
        cores: vm.cpu[0].cores,
        memoryMiB: vm.memory[0].dedicated,
        diskGiB: vm.disk[0].size,
        address: vm.initialization[0].ipConfig[0].ipv4[0].address,
      }
    })
    expect(shown).toEqual(
      input.placement.map(({ name, host, vmId, cores, memoryMiB, diskGiB, address }) => ({
        ...{ name, host, vmId, cores, memoryMiB, diskGiB },
        address: `${address}/24`,
      })),
    )
    expect(shown[0]?.vmId).toBe(13_801)
    expect(shown[17]).toMatchObject({ vmId: 13_818, address: '192.168.11.118/24' })
    expect(sum(shown.map(({ cores }) => cores))).toBe(72)
  })
})

describe('more nodes than the key service names at once', () => {
  const group = (role: string, count: number) => {
    const size = { value: 4, unit: 'GiB' }
    return { role, count, cores: 1, memory: size, disk: size }
  }
  const unfit = (...groups: object[]) => besuNetwork.unfit?.('chain', parse({ groups }))
  const full = ['validator', 'sentry', 'rpc'].map((role) => group(role, 100))

  it('are refused where they are asked for; as many as it names are not', () => {
    expect(unfit(...full)).toEqual([])
    expect(unfit(...full, group('archive', 1))).toMatchObject([{ pointer: '/parameters/groups' }])
    const all = IdentifyNodes.shape.nodes.safeParse(Array(300).fill('a'))
    const more = IdentifyNodes.shape.nodes.safeParse(Array(301).fill('a'))
    expect([all.success, more.success]).toEqual([true, false])
  })

  it('may be machines without a key', () => {
    expect(unfit(...full, group('monitoring', 100))).toEqual([])
  })

  it('are refused in a phase of a system too', () => {
    const phase = findTemplate('smom-dbis-138/nodes')
    const groups = [...full, group('archive', 1)]
    const [example] = phase?.examples ?? []
    const parameters = { ...(example?.parameters as object), groups }
    const read = phase?.parameters.parse(parameters)
    expect(phase?.unfit?.(example?.name ?? '', read)).toHaveLength(1)
  })
})
