// The planner: deterministic to the byte, blind to neighbours' numbers, and plain about what it refuses.
import * as fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { canonicalJson } from '../schemas/canonical-json.ts'
import type { Plan } from '../schemas/plan.ts'
import type { HostUse, Snapshot } from '../schemas/snapshot.ts'
import { exampleCluster } from '../templates/example-inputs.ts'
import { findTemplate } from '../templates/index.ts'
import { NO_USE } from './capacity.ts'
import { plan, readsDigest } from './plan.ts'
import { planBody } from './plan-body/body.ts'
import {
  applied,
  CHAIN_REQUEST,
  chainSnapshot,
  hostOf,
  planned,
  rulesOf,
  sha256,
  sharedStorage,
  siteOf,
  snapshotOf,
  VM_REQUEST,
} from './world.fixture.ts'

const CHANGE = { id: `chg_${'a'.repeat(26)}`, revision: 1 }
const URL = 'https://phoenix.example'

/** The same value with the keys of every object in the opposite order. */
const reversed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, reversed(inner)]),
  )
}
const frozen = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null) {
    Object.freeze(value)
    for (const inner of Object.values(value)) frozen(inner)
  }
  return value
}

describe('what the tenant’s quota has no room for', () => {
  const world = chainSnapshot()
  const poor = { ...world, tenant: { ...world.tenant, quota: { ...world.tenant.quota, vms: 17 } } }
  const template = findTemplate('besu-network')
  if (!template) throw new Error('no such template')

  it('is said with its numbers, and nothing is rendered for it', () => {
    const rendered = vi.spyOn(template, 'render')
    const { plan: blocked, files } = planned(CHAIN_REQUEST, poor)
    expect([rendered.mock.calls.length, files]).toEqual([0, []])
    expect(blocked.findings.filter(({ severity }) => severity === 'block')).toMatchObject([
      { rule: 'QUOTA', numbers: { limit: 17, asked: 18 } },
    ])
    expect(blocked.placement).toHaveLength(18)
    expect(planned(CHAIN_REQUEST, world).files.length).toBeGreaterThan(0)
    expect(rendered).toHaveBeenCalled()
    rendered.mockRestore()
  })
})

describe('determinism', () => {
  const bytesOf = (request: typeof CHAIN_REQUEST, snapshot: Snapshot): string => {
    const { plan: made, files, stands } = planned(request, snapshot)
    const body = planBody(made, CHANGE, URL)
    return JSON.stringify({ plan: JSON.stringify(made), files, stands, body })
  }

  it('the same request and snapshot give the same plan, files and body, to the byte', () => {
    const bytes = bytesOf(CHAIN_REQUEST, chainSnapshot())
    const again = bytesOf(structuredClone(CHAIN_REQUEST), structuredClone(chainSnapshot()))
    expect(sha256(again)).toBe(sha256(bytes))
    expect(bytes.length).toBeGreaterThan(100_000)
  })

  it('the order of keys in what comes in does not matter', () => {
    const snapshot = chainSnapshot()
    // Sites are stored as their schema orders them, and their sizes are shown as they are.
    const turned = { ...(reversed(snapshot) as Snapshot), sites: snapshot.sites }
    const other = bytesOf(reversed(CHAIN_REQUEST) as typeof CHAIN_REQUEST, turned)
    expect(sha256(other)).toBe(sha256(bytesOf(CHAIN_REQUEST, snapshot)))
  })

  it('nothing that is read is changed', () => {
    expect(() => planned(frozen(CHAIN_REQUEST), frozen(chainSnapshot()))).not.toThrow()
  })
})

describe('the default chain', () => {
  const { plan: chain, files } = planned(CHAIN_REQUEST, chainSnapshot())

  it('is exactly 18 machines, 72 cores, 140 GiB of memory and 278 GiB of disk', () => {
    const gib = (value: number) => ({ value, unit: 'GiB' })
    expect(chain.totals).toEqual({ vms: 18, cores: 72, memory: gib(140), disk: gib(278) })
    const sum = (kind: 'cores' | 'memoryMiB' | 'diskGiB') =>
      chain.placement.reduce((total, vm) => total + vm[kind], 0)
    expect([sum('cores'), sum('memoryMiB'), sum('diskGiB')]).toEqual([72, 140 * 1024, 278])
  })

  it('says which host’s loss stops it, and which does not', () => {
    expect(chain.hostLoss.map(({ host, survives }) => [host, survives])).toEqual([
      ['a-1', false],
      ['b-1', true],
    ])
    expect(rulesOf(chain.findings)).toEqual(
      expect.arrayContaining(['QBFT-SITE-LOSS', 'QBFT-SITE-HOLDS']),
    )
  })

  it('lists its files with size and digest, and blocks nothing', () => {
    expect(chain.files).toHaveLength(files.length)
    for (const [index, { path, bytes, digest }] of chain.files.entries()) {
      const content = files[index]?.content ?? ''
      expect(path).toBe(files[index]?.path)
      expect(bytes).toBe(Buffer.byteLength(content))
      expect(digest).toBe(`sha256:${sha256(content)}`)
    }
    expect(chain.findings.filter(({ severity }) => severity === 'block')).toEqual([])
  })
})

describe('neighbours', () => {
  const amount = fc.record({
    vms: fc.nat(50),
    cores: fc.nat(200),
    memoryMiB: fc.nat(300_000),
    diskGiB: fc.nat(2_000),
  })
  const worldWith = (snapshot: Snapshot, others: Record<string, HostUse['others']>): Snapshot => ({
    ...snapshot,
    uses: Object.entries(others).map(([host, use]) => ({ host, yours: NO_USE, others: use })),
  })
  /** Without what is allowed to depend on neighbours: whether it fits. */
  const blind = ({ digest: _, ...made }: Plan): unknown => ({
    ...made,
    capacity: made.capacity.map(({ fits: _, ...rest }) => rest),
    findings: made.findings.filter(({ rule }) => rule !== 'CAPACITY'),
  })

  it('in two worlds that differ only in what others use, a plan is the same but for `fits`', () => {
    const snapshot = chainSnapshot()
    const hosts = snapshot.sites.flatMap((site) => site.hosts.map(({ name }) => name))
    const use = fc.record(Object.fromEntries(hosts.map((host) => [host, amount])))
    let disagreed = 0
    fc.assert(
      fc.property(use, use, (left, right) => {
        const [one, two] = [left, right].map((others) =>
          planned(CHAIN_REQUEST, worldWith(snapshot, others)),
        )
        if (!one || !two) return
        if (canonicalJson(one.plan) !== canonicalJson(two.plan)) disagreed += 1
        expect(blind(one.plan)).toEqual(blind(two.plan))
        expect(one.files).toEqual(two.files)
      }),
      { numRuns: 40, seed: 20261121 },
    )
    // A property that never sees two different worlds proves nothing.
    expect(disagreed).toBeGreaterThan(0)
  })

  it('never show a number of theirs, nor what it leaves, whatever is planned', () => {
    const hosts = ['x', 'y', 'z'].map((name) => hostOf(name, { storage: sharedStorage }))
    const snapshot = snapshotOf({ sites: [siteOf('a', { hosts })] })
    // Numbers that nothing else in a plan can be.
    const theirs = { vms: 7919, cores: 104_729, memoryMiB: 1_299_709, diskGiB: 15_485_863 }
    const small = { vms: 11, cores: 7, memoryMiB: 13_577, diskGiB: 313 }
    for (const use of [theirs, small]) {
      const { plan: made } = planned(VM_REQUEST, worldWith(snapshot, { x: use, y: use, z: use }))
      const text = JSON.stringify(made) + planBody(made, CHANGE, URL)
      const left = {
        cores: 32 - use.cores,
        memoryMiB: 60 * 1024 - use.memoryMiB,
        diskGiB: 1000 - use.diskGiB,
      }
      for (const number of [use.memoryMiB, use.diskGiB, ...Object.values(left).slice(1)])
        expect(text).not.toMatch(new RegExp(`(?<![0-9])${Math.abs(number)}(?![0-9])`))
    }
  })

  it('do not void approvals: what was read is the same', () => {
    const template = { name: 'virtual-machine', version: '1.0.0' }
    const digest = (more: Partial<Snapshot>) => readsDigest(snapshotOf(more), template, sha256)
    const same = digest({})
    const theirs = [
      { host: 'a-1', yours: NO_USE, others: { vms: 1, cores: 1, memoryMiB: 1, diskGiB: 1 } },
    ]
    expect(digest({ uses: theirs })).toBe(same)
    expect(digest({ takenVmIds: [1], takenAddresses: ['10.0.0.10'], takenNames: ['x'] })).toBe(same)
    expect(digest({ sites: [siteOf('a')] })).not.toBe(same)
    expect(digest({ basesOn: [] })).not.toBe(same)
    expect(digest({ standing: [{ path: 'x', digest: 'y' }] })).not.toBe(same)
    const { tenant } = snapshotOf()
    const quota = { ...tenant.quota, vms: 1 }
    expect(digest({ tenant: { ...tenant, quota } })).not.toBe(same)
  })

  it('neither does a field that snapshots have gained since: the digest is what it was before', () => {
    const template = { name: 'virtual-machine', version: '1.0.0' }
    const { tenant, sites, clusters, regions, existing, standing, basesOn, identities } =
      snapshotOf()
    const { id: _later, ...before } = tenant
    const here = { sites, clusters, regions, existing, standing, basesOn, identities }
    const read = { tenant: before, ...here }
    const first = { template: [template.name, template.version], ...read }
    const later = { ...snapshotOf({ baseVersions: { core: '1.1.0' } }), namespaces: [] }
    expect(readsDigest(later, template, sha256)).toBe(`sha256:${sha256(canonicalJson(first))}`)
  })
})

describe('names', () => {
  const vm = planned(VM_REQUEST, snapshotOf())
  const standing = applied(snapshotOf(), vm)

  const refused = (request: Parameters<typeof plan>[0], snapshot: Snapshot) => {
    const result = plan(request, snapshot, sha256)
    return result.ok ? null : [result.refusal.problem, result.refusal.errors?.[0]]
  }
  const unknown = [
    'plan-blocked',
    expect.objectContaining({ pointer: '/name', rule: 'RESOURCE-UNKNOWN' }),
  ]

  it.each([
    ['free', snapshotOf(), []],
    ['taken', standing, ['NAME-UNIQUE']],
  ])('a creation finds %s', (_, snapshot, rules) => {
    const { plan: made } = planned(VM_REQUEST, snapshot)
    const blocking = made.findings.filter(({ severity }) => severity === 'block')
    expect(rulesOf(blocking)).toEqual(rules)
    for (const found of blocking) expect(found.pointer).toBe('/name')
  })

  it.each(['update', 'delete'] as const)('%s of nothing is refused', (action) => {
    expect(refused({ ...VM_REQUEST, action }, snapshotOf())).toEqual(unknown)
  })

  it('of a resource made from another template cannot be updated with this one', () => {
    const { existing } = standing
    const other = { ...standing, existing: existing && { ...existing, template: 'besu-network' } }
    expect(refused({ ...VM_REQUEST, action: 'update' }, other)).toEqual(unknown)
  })
})

describe('what is cluster-wide', () => {
  const chart = {
    ...{ action: 'create' as const, template: 'cert-manager', name: 'cert-manager' },
    parameters: {},
  }
  const standing = applied(snapshotOf(), planned(chart, snapshotOf()))
  const lost = { ...standing, clusters: [{ ...exampleCluster('argocd'), owner: 'acme' }] }
  const rulesFor = (action: 'update' | 'delete') =>
    rulesOf(planned({ ...chart, action }, lost).plan.findings)

  it('is of the cluster’s owner alone, and whoever has lost the cluster may still remove it', () => {
    expect(rulesFor('update')).toContain('CLUSTER-OWNER')
    expect(rulesFor('delete')).not.toContain('CLUSTER-OWNER')
    expect(planned({ ...chart, action: 'delete' }, lost).plan.destroys?.objects).not.toEqual([])
  })
})

describe('an update', () => {
  const vm = planned(VM_REQUEST, snapshotOf())
  const standing = applied(snapshotOf(), vm)
  const update = (parameters: object) =>
    planned(
      { ...VM_REQUEST, action: 'update', parameters: { ...VM_REQUEST.parameters, ...parameters } },
      standing,
    )

  it('that changes nothing writes nothing, and stands as before', () => {
    const same = update({})
    expect(same.files).toEqual([])
    expect(same.plan.files).toEqual([])
    expect(same.stands).toEqual(vm.stands)
  })

  it('writes exactly the files that differ, and keeps place, id and address', () => {
    const bigger = update({ cores: 8 })
    expect(bigger.plan.files.map(({ path, action }) => `${action} ${path}`)).toEqual([
      'change rendered/core/60-web/environmentvm-web.yaml',
    ])
    const [before, after] = [vm.plan.placement[0], bigger.plan.placement[0]]
    expect(after).toEqual({ ...before, cores: 8, why: 'stays on a-1, where it stands' })
  })

  it('to another site takes the old place’s objects away, names them, and needs a confirmation', () => {
    const moved = update({ site: 'b' })
    expect(moved.plan.destroys?.objects.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'EnvironmentDownloadFile web-image-a-1',
    ])
    expect(rulesOf(moved.plan.findings)).toContain('DESTROYS')
  })
})

describe('the cluster', () => {
  const two = (more: object = {}) => ({
    clusters: [exampleCluster('argocd'), { ...exampleCluster('flux'), name: 'edge', ...more }],
    basesOn: ['core', 'edge'],
  })
  const choose = (more: Partial<Snapshot>, cluster?: string) => {
    const parameters = cluster ? { ...VM_REQUEST.parameters, cluster } : VM_REQUEST.parameters
    const { plan: made } = planned({ ...VM_REQUEST, parameters }, snapshotOf(more))
    const [target] = made.targets
    return target?.cluster ?? rulesOf(made.findings.filter(({ severity }) => severity === 'block'))
  }

  it.each<[string, Partial<Snapshot>, string | undefined, unknown]>([
    ['the only one', {}, undefined, 'core'],
    ['named', two(), 'edge', 'edge'],
    ['named and unknown', {}, 'nowhere', ['CLUSTER-UNKNOWN']],
    ['named without a base', { ...two(), basesOn: ['core'] }, 'edge', ['TENANT-BASE']],
    ['of several the one with a base', { ...two(), basesOn: ['edge'] }, undefined, 'edge'],
    ['of several the one in the site’s region', two({ region: 'far' }), undefined, 'core'],
    ['several and no reason to choose', two(), undefined, ['CLUSTER-UNKNOWN']],
    ['none with a base', { basesOn: [] }, undefined, ['TENANT-BASE']],
    [
      'none that manages machines',
      { clusters: [{ ...exampleCluster('argocd'), proxmoxProviderConfig: undefined } as never] },
      undefined,
      ['CLUSTER-UNKNOWN'],
    ],
  ])('%s', (_, more, named, expected) => {
    expect(choose(more, named)).toEqual(expected)
  })

  it('of what stands is kept by an update', () => {
    const standing = applied(snapshotOf(), planned(VM_REQUEST, snapshotOf()))
    const { plan: made } = planned(
      { ...VM_REQUEST, action: 'update', parameters: { ...VM_REQUEST.parameters, cores: 4 } },
      { ...standing, ...two() },
    )
    expect(made.targets.map(({ cluster }) => cluster)).toEqual(['core'])
  })
})

describe('a request that cannot be planned', () => {
  const refusal = (request: object) => {
    const result = plan({ ...VM_REQUEST, ...request } as typeof VM_REQUEST, snapshotOf(), sha256)
    if (result.ok) throw new Error('planned')
    return result.refusal
  }

  it('names the place of each fault and never the value', () => {
    const secret = 's3cret-value'
    const refused = refusal({
      parameters: {
        site: 'a',
        cores: secret,
        memory: { value: -1, unit: secret },
        [secret]: 1,
        'a/b~c': 1,
      },
    })
    expect(refused.problem).toBe('invalid-parameters')
    const pointers = refused.errors?.map(({ pointer }) => pointer) ?? []
    expect(pointers).toEqual(
      expect.arrayContaining([
        '/parameters/cores',
        '/parameters/memory/value',
        '/parameters/memory/unit',
      ]),
    )
    const details = refused.errors?.map(({ detail }) => detail).join(' ')
    expect(details).not.toContain(secret)
  })

  it('is one whose template does not exist', () => {
    expect(refusal({ template: '__proto__' })).toMatchObject({
      problem: 'invalid-parameters',
      errors: [{ pointer: '/template' }],
    })
  })
})
