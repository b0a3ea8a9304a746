// A failover planned: what moves, what does not, and what each tier asks for.
import { describe, expect, it } from 'vitest'
import type { Tier } from '../schemas/place.ts'
import type { Snapshot } from '../schemas/snapshot.ts'
import { standInBook } from './catalog.ts'
import { failoverPoliciesFor } from './failover.ts'
import { plan } from './plan.ts'
import { ALL } from './plan-body/markdown.ts'
import { destroyed, summary } from './plan-body/summary.ts'
import {
  applied,
  CHAIN_REQUEST,
  chainSnapshot,
  hostOf,
  planned,
  regionOf,
  rulesOf,
  sha256,
  siteOf,
  snapshotOf,
  VM_REQUEST,
} from './world.fixture.ts'

const MOVE = {
  action: 'failover',
  template: 'virtual-machine',
  name: 'web',
  parameters: { from: 'a', to: 'b' },
} as const

/** Sites a and b in two regions of a tier; the machine `web` stands in a. */
const worldOf = (tier: Tier, more: Partial<Snapshot> = {}): Snapshot => {
  const empty = snapshotOf({
    sites: [siteOf('a', { region: 'left' }), siteOf('b', { region: 'taking' })],
    regions: [regionOf('eu-test'), ...['left', 'taking'].map((name) => regionOf(name, { tier }))],
  })
  return { ...applied(empty, planned(VM_REQUEST, empty)), ...more }
}
const POLICY = { name: 'agreed', resource: 'web', to: ['b'] }

const refusedBy = (request: Parameters<typeof plan>[0], snapshot: Snapshot) => {
  const result = plan(request, snapshot, sha256)
  return result.ok ? rulesOf(result.value.plan.findings) : result.refusal.errors
}
const blockers = (snapshot: Snapshot, request: Parameters<typeof plan>[0] = MOVE) =>
  rulesOf(planned(request, snapshot).plan.findings.filter(({ severity }) => severity === 'block'))

describe('what moves', () => {
  const { plan: moved } = planned(MOVE, worldOf('core'))

  it('is the place in the parameters, and with it every machine; nothing else changes', () => {
    expect(moved.action).toBe('failover')
    expect(moved.parameters).toEqual({
      ...planned(VM_REQUEST, snapshotOf()).plan.parameters,
      site: 'b',
    })
    expect(moved.placement).toMatchObject([{ name: 'web', site: 'b', host: 'b-1' }])
  })

  it('says from where to where: in the plan, in its first sentence, and of each machine', () => {
    const stood = worldOf('core').existing?.placement[0]
    const [stands] = moved.placement
    expect(moved.move).toEqual({ from: 'a', to: 'b' })
    expect(summary(moved)[0]).toMatch(/^Moves virtual-machine web from a to b, 1 machine /)
    expect(stood?.address).not.toBe(stands?.address)
    expect(stood?.vmId).not.toBe(stands?.vmId)
    expect(stands?.why).toBe(
      `moved from a-1 (local-lvm), address ${stood?.address} → ${stands?.address}, VM id ${stood?.vmId} → ${stands?.vmId}; on b-1: the only host of its site`,
    )
    const update = { ...VM_REQUEST, action: 'update' as const }
    const { plan: stays } = planned(update, worldOf('core'))
    expect(stays.move).toBeUndefined()
    expect(stays.placement[0]?.why).toBe('stays on a-1, where it stands')
    expect(planned(VM_REQUEST, snapshotOf()).plan.placement[0]?.why).not.toContain('moved')
  })

  it('shows the room that it leaves beside the room that it takes', () => {
    const cores = moved.totals.cores
    const rows = ({ capacity }: typeof moved) =>
      capacity.map(({ host, yoursBefore, yoursAfter }) => [
        host,
        yoursBefore.cores,
        yoursAfter.cores,
      ])
    expect(rows(moved)).toEqual([
      ['b-1', 0, cores],
      ['a-1', cores, 0],
    ])
    // What else is the tenant's there stays; hosts that nothing leaves are not of this plan.
    const yours = { vms: 1, cores: 3, memoryMiB: 1024, diskGiB: 10 }
    const two = siteOf('a', {
      region: 'left',
      hosts: [hostOf('a-0'), hostOf('a-1')],
      standIn: true,
    })
    const world = worldOf('core', {
      uses: [{ host: 'a-1', yours, others: { ...yours, vms: 0, cores: 0 } }],
      sites: [two, siteOf('b', { region: 'taking' })],
    })
    const { plan: beside } = planned(MOVE, world)
    expect(rows(beside)).toEqual([
      ['b-1', 0, cores],
      ['a-1', cores + 3, 3],
    ])
    expect(beside.simulated).toContain('site a is stand-in data')
  })

  it('costs the same where both places have one price', () => {
    const { cost } = planned(MOVE, worldOf('edge', { priceBook: standInBook })).plan
    const { now, after, difference } = cost
    expect(after).toEqual(now)
    expect(now.leastMinor).toBeLessThan(now.leastMinor === null ? 0 : now.mostMinor)
    expect(difference).toMatchObject({ leastMinor: 0, mostMinor: 0, unpriced: [] })
  })

  it('lists what stays behind, for the requester to confirm', () => {
    expect(moved.destroys?.objects).toMatchObject([
      { kind: 'EnvironmentDownloadFile', name: 'web-image-a-1', holdsData: false },
      { kind: 'EnvironmentVM', name: 'web', holdsData: true },
    ])
  })

  it('says which of it is replaced: exactly what has a file that is changed and not removed', () => {
    const objects = moved.destroys?.objects ?? []
    const fileOf = (kind: string) =>
      moved.files.find(({ path, action }) => {
        const file = path.slice(path.lastIndexOf('/') + 1)
        return file.startsWith(`${kind.toLowerCase()}-`) && action !== 'add'
      })?.action
    expect(objects.map(({ kind, replaced }) => [kind, replaced ?? false, fileOf(kind)])).toEqual([
      ['EnvironmentDownloadFile', false, 'remove'],
      ['EnvironmentVM', true, 'change'],
    ])
    const said = moved.findings.find(({ rule }) => rule === 'DESTROYS')
    expect(said?.numbers).toEqual({ objects: 2, holdingData: 1, replaced: 1 })
    expect(said?.message).toMatch(
      / 1 of them is replaced by one of the same name elsewhere: the file is changed/,
    )
    expect(destroyed(moved, ALL).filter((line) => line.includes('replaced'))).toHaveLength(1)
    expect(summary(moved)[0]).toContain('destroys 2 objects, 1 with data (1 replaced by one')
  })

  it('says that the data stay, how much of it there is, and in which order to go on', () => {
    const found = (rule: string) => moved.findings.find((one) => one.rule === rule)
    const diskGiB = moved.placement[0]?.diskGiB
    expect(found('FAILOVER-DATA')).toMatchObject({
      ...{ severity: 'warn', numbers: { machines: 1, local: 1, diskGiB } },
      message: expect.stringContaining('1 machines start anew from their image in b'),
    })
    expect(found('FAILOVER-ORDER')?.message).toMatch(/First stop .* in a; .* in b, in waves 60;/)
  })

  it('is every site of a region when regions are named, each to one of its own', () => {
    const sites = ['a', 'b', 'c', 'd'].map((name) =>
      siteOf(name, { region: name < 'c' ? 'left' : 'taking', hosts: [hostOf(`${name}-1`, BIG)] }),
    )
    const regions = [regionOf('eu-test'), regionOf('left'), regionOf('taking')]
    const world = chainSnapshot({ sites, regions })
    const standing = applied(world, planned(CHAIN_REQUEST, world))
    const request = {
      action: 'failover',
      template: 'besu-network',
      name: 'chain',
      parameters: { from: 'left', to: 'taking' },
    } as const
    const { parameters, placement } = planned(request, standing).plan
    expect(parameters.sites).toEqual(['c', 'd'])
    expect(new Set(placement.map(({ site }) => site))).toEqual(new Set(['c', 'd']))
    const short = { ...standing, sites: sites.slice(0, 3) }
    expect(refusedBy(request, short)).toMatchObject([{ rule: 'FAILOVER-TO' }])
  })

  it('is the location of what stands in Azure, which Azure does not move', () => {
    const create = {
      action: 'create',
      template: 'key-vault',
      name: 'keys',
      parameters: {
        ...{ location: 'westeurope', azureName: 'keys-of-ours' },
        entraTenantId: '00000000-0000-0000-0000-000000000001',
      },
    } as const
    const standing = applied(snapshotOf(), planned(create, snapshotOf()))
    const move = (to: string) => ({
      ...{ action: 'failover' as const, template: 'key-vault', name: 'keys' },
      parameters: { from: 'westeurope', to },
    })
    const { plan: north } = planned(move('northeurope'), standing)
    expect(north.parameters.location).toBe('northeurope')
    expect(north.destroys?.objects.map(({ kind }) => kind)).toEqual(['ResourceGroup', 'Vault'])
    expect(north.findings.find(({ rule }) => rule === 'FAILOVER-REMADE')?.numbers).toEqual({
      objects: 2,
    })
    expect(north.reviewers.needed).toBe(2)
    expect(blockers(standing, move('eastus'))).toContain('REGION-ALLOWED')
    expect(refusedBy(move('atlantis'), standing)).toMatchObject([{ pointer: '/parameters/to' }])
  })
})
const BIG = { cores: 64, memory: { value: 256, unit: 'GiB' as const } }

describe('what cannot move', () => {
  it.each([
    ['from where it is not', { from: 'b', to: 'a' }, 'FAILOVER-FROM', '/parameters/from'],
    ['from where nobody is', { from: 'nowhere', to: 'b' }, 'FAILOVER-FROM', '/parameters/from'],
    ['to where it is', { from: 'a', to: 'a' }, 'FAILOVER-SAME', '/parameters/to'],
    ['to where nobody is', { from: 'a', to: 'nowhere' }, 'FAILOVER-TO', '/parameters/to'],
  ])('%s', (_title, parameters, rule, pointer) => {
    expect(refusedBy({ ...MOVE, parameters }, worldOf('edge'))).toMatchObject([{ rule, pointer }])
  })

  it('without two places, or with anything else beside them', () => {
    for (const parameters of [
      {},
      { from: 'a' },
      { from: 'a', to: 'b', cores: 8 },
      { from: 'a', to: 1 },
    ])
      expect(plan({ ...MOVE, parameters }, worldOf('edge'), sha256)).toMatchObject({
        refusal: { problem: 'invalid-parameters' },
      })
  })

  it('to another version at the same time', () => {
    const asked = { ...MOVE, version: '9.9.9' }
    expect(refusedBy(asked, worldOf('edge'))).toMatchObject([
      { rule: 'TEMPLATE-VERSION', pointer: '/version' },
    ])
  })

  it('of what does not exist', () => {
    expect(refusedBy(MOVE, snapshotOf())).toMatchObject([{ rule: 'RESOURCE-UNKNOWN' }])
  })

  it('to hosts that have no room', () => {
    const world = worldOf('core')
    const small = hostOf('b-1', { memory: { value: 6, unit: 'GiB' } })
    const sites = [
      siteOf('a', { region: 'left' }),
      siteOf('b', { region: 'taking', hosts: [small] }),
    ]
    expect(blockers({ ...world, sites })).toContain('CAPACITY')
  })

  it('to where the tenant may not be', () => {
    const regions = [
      regionOf('eu-test'),
      regionOf('left'),
      regionOf('taking', { jurisdiction: 'us', tier: 'core' }),
    ]
    expect(blockers(worldOf('core', { regions }))).toEqual(['REGION-ALLOWED'])
  })
})

describe('a core place', () => {
  it('needs two people, or as many as the tenant’s settings say', () => {
    const world = worldOf('core')
    const { reviewers } = planned(MOVE, world).plan
    expect(reviewers.needed).toBe(2)
    expect(reviewers.why.join()).toContain('core place is approved by 2 people')
    const tenant = { ...world.tenant, failoverApprovals: 3 }
    expect(planned(MOVE, { ...world, tenant }).plan.reviewers.needed).toBe(3)
    expect(blockers(world)).toEqual([])
  })

  it('is what nobody has a tier for, and what either of the two places is', () => {
    const regions = [regionOf('eu-test')]
    expect(planned(MOVE, worldOf('edge', { regions })).plan.reviewers.needed).toBe(2)
    const mixed = [regionOf('eu-test'), regionOf('left'), regionOf('taking', { tier: 'core' })]
    expect(planned(MOVE, worldOf('edge', { regions: mixed })).plan.reviewers.needed).toBe(2)
  })
})

describe('a regional place', () => {
  it('is left only as a policy has agreed beforehand, and then with one approval', () => {
    const world = worldOf('regional')
    expect(blockers(world)).toEqual(['FAILOVER-POLICY'])
    const agreed = worldOf('regional', { failoverPolicies: [POLICY] })
    expect(blockers(agreed)).toEqual([])
    expect(planned(MOVE, agreed).plan.reviewers.needed).toBe(1)
  })

  it.each([
    ['another resource', { ...POLICY, resource: 'db' }],
    ['another place', { ...POLICY, to: ['c'] }],
  ])('is not left by a policy for %s', (_title, policy) => {
    expect(blockers(worldOf('regional', { failoverPolicies: [policy] }))).toEqual([
      'FAILOVER-POLICY',
    ])
  })

  it('reads the policies that hold: applied, and of this resource', () => {
    const row = (name: string, more: object = {}) => ({
      ...{ name, template: 'failover-policy', state: 'applied' },
      parameters: { resource: 'web', to: ['b'], reason: 'When the site is lost.' },
      ...more,
    })
    const rows = [
      row('b'),
      row('a'),
      row('removed', { state: 'removed' }),
      row('other', { template: 'virtual-machine' }),
      row('foreign', { parameters: { resource: 'db', to: ['b'], reason: 'When it is lost.' } }),
    ]
    const read = failoverPoliciesFor({ action: 'failover', name: 'web' }, rows)
    expect(read.map(({ name }) => name)).toEqual(['a', 'b'])
    expect(failoverPoliciesFor({ action: 'update', name: 'web' }, rows)).toEqual([])
  })
})

describe('the edge', () => {
  const regions = (adjacent: string[]) => [
    ...[regionOf('eu-test'), regionOf('taking')],
    regionOf('left', { adjacent }),
  ]

  it('moves next door only, by the regions’ neighbours', () => {
    expect(blockers(worldOf('edge', { regions: regions(['taking']) }))).toEqual([])
    expect(blockers(worldOf('edge', { regions: regions([]) }))).toEqual(['FAILOVER-ADJACENT'])
    expect(
      planned(MOVE, worldOf('edge', { regions: regions(['taking']) })).plan.reviewers.needed,
    ).toBe(1)
  })

  it('goes by the site’s own neighbours where it names them', () => {
    const sites = (adjacent: string[]) => [
      siteOf('a', { region: 'left', adjacent }),
      siteOf('b', { region: 'taking' }),
    ]
    expect(blockers(worldOf('edge', { sites: sites(['b']), regions: regions([]) }))).toEqual([])
    expect(
      blockers(worldOf('edge', { sites: sites(['c']), regions: regions(['taking']) })),
    ).toEqual(['FAILOVER-ADJACENT'])
  })
})

describe('an update that moves', () => {
  const update = {
    ...VM_REQUEST,
    action: 'update' as const,
    parameters: { ...VM_REQUEST.parameters, site: 'b' },
  }

  it('needs as many people as a failover would at a core or regional place', () => {
    expect(planned(update, worldOf('core')).plan.reviewers.needed).toBe(2)
    expect(planned(update, worldOf('regional')).plan.reviewers.needed).toBe(2)
    expect(planned(update, worldOf('edge')).plan.reviewers.needed).toBe(1)
  })

  it('is not one that leaves everything where it is', () => {
    const same = { ...update, parameters: { ...VM_REQUEST.parameters, cores: 4 } }
    expect(planned(same, worldOf('core')).plan.reviewers.needed).toBe(1)
    const gone = { ...update, action: 'delete' as const, parameters: {} }
    expect(planned(gone, worldOf('core')).plan.reviewers.needed).toBe(1)
  })
})
