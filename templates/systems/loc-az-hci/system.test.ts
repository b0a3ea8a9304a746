// The numbers of loc_az_hci against the source, its phases against its rows, and what the laptop's two hosts can carry.
import { describe, expect, it } from 'vitest'
import { loadJudge } from '../../../functions/cli/k8s-judge.ts'
import { CLUSTERS, SITES } from '../../../functions/local/defaults.ts'
import { addUse, NO_USE, supplyOf, useOf } from '../../../gitops/capacity.ts'
import { guard } from '../../../gitops/guard.ts'
import { render } from '../../../gitops/render.ts'
import { planned, snapshotOf } from '../../../gitops/world.fixture.ts'
import { Site } from '../../../schemas/place.ts'
import type { Use } from '../../../schemas/snapshot.ts'
import type { Phase, SystemComponent } from '../../../schemas/system.ts'
import type { Template, VmDemand } from '../../../schemas/template.ts'
import { exampleInput } from '../../example-inputs.ts'
import { phaseTemplate } from '../phase-template.ts'
import { derivedTotals } from '../totals.ts'
import { locAzHci } from './system.ts'

type Ends = readonly [least: number, most: number | null] | null
type Row = readonly [
  ...[id: string, basis: string, count: Ends, cores: Ends, memory: Ends, disk: Ends, unit: string],
]

/** Resource summary 3 of the source, typed again. Memory is in GB. */
const TABLE: Row[] = [
  ['proxmox-host', 'supply', [2, null], [16, 32], [64, 128], [2, 4], 'TB'],
  ['k3s-control-plane', 'rendered', [1, 1], [4, 8], [16, 32], null, ''],
  ['k3s-worker', 'rendered', [3, null], [4, 8], [16, 32], null, ''],
  ['git-server', 'rendered', [1, 1], [4, 8], [8, 16], [100, 500], 'GB'],
  ['nginx-proxy', 'rendered', [1, 1], [2, 4], [4, 8], [50, 100], 'GB'],
  ['cloudflare-tunnel', 'rendered', [1, 1], [2, 4], [4, 8], [50, 100], 'GB'],
  ['cacti', 'rendered', [1, 1], [2, 4], [4, 8], [100, 200], 'GB'],
  ['firefly', 'rendered', [1, 1], [4, 8], [16, 32], [100, 200], 'GB'],
  ['blockscout', 'rendered', [1, 1], [4, 8], [16, 32], [200, 500], 'GB'],
  ['besu-node', 'rendered', [1, null], [4, 8], [16, 32], [200, 500], 'GB'],
]

const rowOf = (id: string): SystemComponent => {
  const row = locAzHci.components.find((candidate) => candidate.id === id)
  if (!row) throw new Error(`no row ${id}`)
  return row
}
const ends = (range: { least: number; most: number | null } | undefined): Ends =>
  range ? [range.least, range.most] : null

describe('rows', () => {
  it.each(TABLE)('has %s as the source has it', (id, basis, count, cores, memory, disk, unit) => {
    const row = rowOf(id)
    expect([row.basis, ends(row.count)]).toEqual([basis, count])
    expect([row.each?.cores, row.each?.memory, row.each?.disk].map(ends)).toEqual([
      cores,
      memory,
      disk,
    ])
    expect([row.each?.memory?.unit, row.each?.disk?.unit ?? '']).toEqual(['GB', unit])
  })

  it('counts the 18 machines of smom-dbis-138, in GiB, and renders none of them', () => {
    const { basis, count, each, declared } = rowOf('smom-dbis-138')
    expect([basis, ends(count), each]).toEqual(['guest', [18, 18], undefined])
    expect(declared).toEqual({
      cores: { least: 72, most: 72 },
      memory: { least: 140, most: 140, unit: 'GiB' },
      disk: { least: 278, most: 278, unit: 'GiB' },
    })
  })

  it('depends on what is there, and nothing twice', () => {
    const ids = locAzHci.components.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    const phases = locAzHci.phases.map(({ id }) => id)
    for (const { dependsOn, phase } of locAzHci.components) {
      for (const id of dependsOn) expect(ids).toContain(id)
      if (phase !== null) expect(phases).toContain(phase)
    }
  })
})

describe('totals', () => {
  /** The source counts "2+" as two, "3+" as three. */
  const counted = TABLE.map(([id]) => rowOf(id)).map((row) => ({
    ...row,
    count: { least: row.count.least, most: row.count.least },
  }))
  const { cores, memory, disk } = derivedTotals(counted, ['supply', 'rendered'])

  it('of a row are what the source says of it', () => {
    expect(rowOf('proxmox-host').declared).toEqual({
      cores: { least: 32, most: 64 },
      memory: { least: 128, most: 256, unit: 'GB' },
      disk: { least: 4, most: 8, unit: 'TB' },
    })
    expect(rowOf('k3s-worker').declared).toEqual({
      cores: { least: 12, most: 24 },
      memory: { least: 48, most: 96, unit: 'GB' },
    })
    for (const { declared, ...row } of counted) {
      if (!declared) continue
      const own = derivedTotals([row], [row.basis])
      expect(own.cores).toEqual(declared.cores)
      expect(own.memory).toEqual([declared.memory])
      expect(own.disk).toEqual(declared.disk ? [declared.disk] : [])
    }
  })

  it('differ from the declared ones by 10-20 cores, 40-160 GB and 0.22 TB at the least', () => {
    expect(locAzHci.declaredTotals).toEqual({
      cores: { least: 132, most: 192 },
      memory: { least: 360, most: 500, unit: 'GB' },
      disk: { least: 5.3, most: 10.3, unit: 'TB' },
    })
    // 72 cores, 140 GiB and 278 GiB are the guests'; the source adds GiB to GB as if they were one.
    expect([cores.least + 72, cores.most === null ? null : cores.most + 72]).toEqual([142, 212])
    expect(memory).toEqual([{ least: 260, most: 520, unit: 'GB' }])
    expect([260 + 140, 520 + 140]).toEqual([360 + 40, 500 + 160])
    expect(disk).toEqual([
      { least: 4, most: 8, unit: 'TB' },
      { least: 800, most: 2100, unit: 'GB' },
    ])
    expect([4 + 0.8 + 0.278, 8 + 2.1 + 0.278].map((tb) => tb.toFixed(3))).toEqual([
      '5.078',
      '10.378',
    ])
  })

  it('stay open where the source says "or more"', () => {
    const open = derivedTotals(locAzHci.components, ['supply', 'rendered'])
    expect(open.units.most).toBeNull()
    expect(open.cores).toEqual({ least: 70, most: null })
  })
})

const templateOf = (phase: Phase<never>): Template =>
  phaseTemplate(locAzHci, phase as never) as unknown as Template
const phaseOf = (id: string) => locAzHci.phases.find((phase) => phase.id === id) as Phase<never>
const demanded = (sent: unknown): (VmDemand & { phase: string })[] =>
  locAzHci.phases.flatMap((phase) =>
    templateOf(phase as never)
      .demand(`loc-${phase.id}`, locAzHci.parameters.parse(sent))
      .vms.map((vm) => ({ ...vm, phase: phase.id })),
  )

const ROLES: Record<string, string> = {
  'k3s-control-plane': 'control-plane',
  'k3s-worker': 'worker',
}
const mib = (gb: number) => Math.ceil((gb * 1e9) / 2 ** 20)
const inSteps = (least: number) => Math.ceil(least / 8) * 8

describe.each(['minimum', 'maximum'] as const)('at the %s', (size) => {
  const at = (pair: Ends): number => (pair ? (pair[size === 'minimum' ? 0 : 1] ?? 0) : 0)
  const machines = demanded({ size })

  it.each(TABLE.slice(1))('asks for %s of the right size', (id, _, count, cores, memory, disk) => {
    const found = machines.filter(({ role }) => role === (ROLES[id] ?? id))
    expect(found).toHaveLength(count?.[0] ?? 0)
    for (const vm of found) {
      expect(vm.phase).toBe(rowOf(id).phase)
      expect(vm.cores).toBe(at(cores))
      expect(vm.memoryMiB).toBe(id in ROLES ? inSteps(mib(at(memory))) : mib(at(memory)))
      if (disk) expect(vm.diskGiB).toBe(Math.ceil((at(disk) * 1e9) / 2 ** 30))
    }
  })

  it('asks for nothing else but room for one more control plane', () => {
    const rows = TABLE.slice(1).map(([id]) => ROLES[id] ?? id)
    const others = machines.filter(({ role }) => !rows.includes(role))
    expect(others.map(({ role }) => role)).toEqual(['spare'])
  })
})

const judge = loadJudge()
if ('absent' in judge) console.log(`skipped: ${judge.absent}`)

const STORES = {
  ceph: {
    kind: 'ceph',
    nodes: ['a', 'b', 'c'].map((name) => ({ name, devices: ['sdb'] })),
  },
}
const sent = [
  ...locAzHci.examples,
  {
    title: 'an agent and Ceph',
    parameters: { git: 'azure-devops-agent', storage: STORES.ceph, workloadCluster: 'core' },
  },
  { title: 'no Git server, one site', parameters: { git: 'none', sites: ['r630-01'] } },
]
const cases = sent.flatMap(({ title, parameters }) =>
  locAzHci.phases
    .map((phase) => templateOf(phase as never))
    .filter(
      (template) =>
        phaseOf(template.name.split('/')[1] ?? '').blocks(
          locAzHci.parameters.parse(parameters) as never,
          'loc',
        ).length > 0,
    )
    .map((template) => {
      const name = `loc-${template.name.split('/')[1]}`
      const input = exampleInput(template, { name, parameters })
      return { title: `${name}: ${title}`, input, rendered: render(template, input) }
    }),
)

describe('every phase', () => {
  it.each(cases)('of $title passes the guard', ({ input, rendered }) => {
    const options = { tenantSlug: 'dbis', cluster: input.cluster.name, guardsLifted: false }
    expect(guard(rendered, rendered.files, options)).toEqual([])
    expect(rendered.files.length).toBeLessThan(290)
  })

  it.skipIf('absent' in judge).each(cases)('of $title is of real kinds', ({ rendered }) => {
    for (const { path, manifest } of rendered.objects) {
      if (!('absent' in judge)) expect(judge.judge(manifest), path).toEqual([])
    }
  })

  it('renders what its rows say it renders', () => {
    const kindsOf = (phase: string, title: string) =>
      cases
        .filter((one) => one.title === `loc-${phase}: ${title}`)
        .flatMap(({ rendered }) => rendered.objects.map(({ manifest }) => manifest.kind))
    const [least, most] = locAzHci.examples.map(({ title }) => title) as [string, string]
    expect(kindsOf('kubernetes', least)).toContain('MachineDeployment')
    expect(kindsOf('git', least)).toContain('EnvironmentVM')
    expect(kindsOf('gitops', least)).toEqual(['Extension', 'FluxConfiguration'])
    const vms = kindsOf('services', least).filter((kind) => kind === 'EnvironmentVM')
    expect(vms).toHaveLength(6)
    // What is optional is not there unless it is asked for.
    expect([kindsOf('azure-arc', least), kindsOf('base', least)]).toEqual([[], []])
    expect(kindsOf('azure-arc', most)).toContain('Workspace')
    expect(kindsOf('base', most)).toContain('HelmRelease')
    expect(kindsOf('base', 'an agent and Ceph')).toContain('HelmRelease')
  })

  it('lets no object stand in two phases', () => {
    const objects = cases
      .filter(({ title }) => title.endsWith(locAzHci.examples[1]?.title ?? ''))
      .flatMap(({ rendered }) =>
        rendered.objects.map(({ manifest }) => `${manifest.kind} ${manifest.metadata.name}`),
      )
    expect(new Set(objects).size).toBe(objects.length)
  })
})

/** The laptop's two hosts: 32 cores, 128 GB, 8 GiB of it reserved, 2 TB. */
const laptop = SITES.map((site) => Site.parse(site))

/** Every phase planned in its turn, beside what the ones before it made. */
const walk = (sent: Record<string, unknown>) => {
  const used = new Map<string, Use>()
  const addresses = new Map<string, string>()
  const blocking: string[] = []
  let world = snapshotOf({ sites: laptop, clusters: CLUSTERS, basesOn: ['loc-mgmt', 'weu-aks'] })
  for (const phase of locAzHci.phases) {
    if (phase.blocks(locAzHci.parameters.parse(sent), 'loc').length === 0) continue
    const template = `${locAzHci.name}/${phase.id}`
    const request = { action: 'create', template, name: `loc-${phase.id}`, parameters: sent }
    const { plan, stands } = planned(request as Parameters<typeof planned>[0], world)
    for (const { severity, rule } of plan.findings)
      if (severity === 'block') blocking.push(`${phase.id} ${rule}`)
    for (const vm of plan.placement) {
      used.set(vm.host, addUse(used.get(vm.host) ?? NO_USE, useOf([vm])))
      addresses.set(vm.name, vm.address)
    }
    world = {
      ...world,
      uses: [...used].map(([host, yours]) => ({ host, yours, others: NO_USE })),
      takenVmIds: [...world.takenVmIds, ...plan.placement.map(({ vmId }) => vmId)],
      takenAddresses: [...addresses.values()],
      takenNames: [...addresses.keys()],
      takenPaths: [...world.takenPaths, ...stands.map(({ path }) => path)],
    }
  }
  return { used, addresses, blocking }
}
const memoryOf = (used: ReadonlyMap<string, Use>) =>
  [...used.values()].reduce((sum, { memoryMiB }) => sum + memoryMiB, 0)

describe('on two hosts of 128 GB', () => {
  const { used, addresses, blocking } = walk({})
  const [supply] = laptop.flatMap(({ hosts }) => hosts.map(supplyOf))
  const memoryMiB = 113_878

  it('fits at the minimum, some 70 GiB on each', () => {
    expect(supply).toEqual({ cores: 128, memoryMiB, diskGiB: 1862 })
    expect(blocking).toEqual([])
    expect(Object.fromEntries(used)).toEqual({
      'r630-01': { vms: 6, cores: 20, memoryMiB: 68_686, diskGiB: 394 },
      'ml110-01': { vms: 6, cores: 22, memoryMiB: 72_486, diskGiB: 756 },
    })
  })

  it('leaves less than the 140 GiB of smom-dbis-138', () => {
    const free = 2 * memoryMiB - memoryOf(used)
    expect([free, 140 * 1024 - free]).toEqual([86_584, 56_776])
  })

  it('does not fit at the maximum', () => {
    const most = walk({ size: 'maximum' })
    expect(most.blocking).toEqual(['kubernetes CAPACITY', 'services CAPACITY', 'services CAPACITY'])
    expect(memoryOf(most.used) - 2 * memoryMiB).toBe(54_547)
  })

  it('gives the services the addresses by which they know each other', () => {
    const files = JSON.stringify(
      cases.find(({ title }) => title.startsWith('loc-services'))?.rendered.objects,
    )
    for (const name of ['loc-git', 'loc-explorer', 'loc-cacti', 'loc-firefly', 'loc-besu-1']) {
      expect(files, name).toContain(`${addresses.get(name)}:`)
    }
  })
})

describe('tasks', () => {
  it('come after tasks of their own phase that are listed before them', () => {
    for (const { tasks, needs } of locAzHci.phases) {
      const before = new Set<string>()
      for (const { id, after } of tasks) {
        for (const first of after) expect(before, id).toContain(first)
        expect(before.has(id)).toBe(false)
        before.add(id)
      }
      for (const id of needs) expect(locAzHci.prerequisites.map((one) => one.id)).toContain(id)
    }
  })

  it('have runbooks that name what was asked for', () => {
    const parameters = locAzHci.parameters.parse({ azure: { resourceGroup: 'mine' } })
    for (const { tasks } of locAzHci.phases)
      for (const task of tasks)
        expect(task.steps({ name: 'loc', parameters }).join('\n')).not.toMatch(/undefined|\[object/)
    const arc = phaseOf('azure-arc').tasks[0]
    expect(arc?.steps({ name: 'loc', parameters: parameters as never })[1]).toContain('mine')
  })

  const quorum = locAzHci.phases[0]?.tasks.find(({ id }) => id === 'proxmox-cluster')?.inputs
  const votes = (nodes: number, qdevice: boolean, expectedVotes: number, majority: number) =>
    quorum?.safeParse({
      clusterName: 'loc-az-hci',
      nodes,
      qdevice,
      expectedVotes,
      totalVotes: expectedVotes,
      quorum: majority,
    }).success

  it('take two hosts only with a third vote', () => {
    expect(votes(2, false, 2, 2)).toBe(false)
    expect(votes(2, true, 3, 2)).toBe(true)
    expect(votes(3, false, 3, 2)).toBe(true)
    expect(votes(2, true, 3, 1)).toBe(false)
  })

  it('take no host below Proxmox VE 7.0 or 8 GB', () => {
    const inputsOf = (task: string) =>
      locAzHci.phases.flatMap(({ tasks }) => tasks).find(({ id }) => id === task)?.inputs
    const hosts = (proxmoxVersion: string, memoryGb: number) =>
      inputsOf('repositories')?.safeParse({
        hosts: ['a', 'b'].map((name) => ({ name, proxmoxVersion, memoryGb, pendingUpdates: 0 })),
      }).success
    expect([hosts('7.0', 8), hosts('9.0.3', 128)]).toEqual([true, true])
    expect([hosts('6.4-15', 128), hosts('8.4', 4)]).toEqual([false, false])
  })
})
