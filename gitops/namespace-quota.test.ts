// The quota of the tenant's namespace: limits of the base against the pods there are, may come, and are asked for.
import { describe, expect, it } from 'vitest'
import type { NamespaceUse, PodUse, Snapshot } from '../schemas/snapshot.ts'
import { readsDigest } from './plan.ts'
import { judgeAgain } from './plan-again.ts'
import { baseLimitOf, growthOf, type Made, NO_PODS, namespaceOn, podUseOf } from './pod-use.ts'
import { applied, planned, rulesOf, sha256, snapshotOf, VM_REQUEST } from './world.fixture.ts'

const KINDS = ['pods', 'podCpuMilli', 'podMemoryMiB', 'podVolumeMiB'] as const
const flat = (value: number): PodUse => ({
  ...{ pods: value, podCpuMilli: value, podMemoryMiB: value, podVolumeMiB: value },
})
const namespace = (more: Partial<NamespaceUse> = {}): NamespaceUse => ({
  ...{ cluster: 'core', limit: baseLimitOf(), used: NO_PODS, reserved: NO_PODS },
  ...more,
})
const worldWith = (...namespaces: NamespaceUse[]): Snapshot => snapshotOf({ namespaces })

const application = (max: number) => ({
  action: 'create' as const,
  template: 'application',
  name: 'portal',
  parameters: {
    image: 'registry.example/portal:1',
    replicas: { min: 1, max },
    resources: {
      requests: { cpu: '100m', memory: '128Mi' },
      limits: { cpu: '1', memory: '1Gi' },
    },
  },
})
const base = (quota: object, action: 'create' | 'update' = 'create') => ({
  ...{ action, template: 'tenant-base', name: 'base', parameters: { quota } },
})
const linesOf = (request: Parameters<typeof planned>[0], snapshot: Snapshot) => {
  const { plan } = planned(request, snapshot)
  return {
    lines: plan.quota.filter(({ kind }) => (KINDS as readonly string[]).includes(kind)),
    found: plan.findings.filter(({ rule }) => rule === 'NAMESPACE-QUOTA'),
  }
}

describe('an application', () => {
  const tight = worldWith(
    namespace({
      limit: { pods: 20, podCpuMilli: 10_000, podMemoryMiB: 1_000_000, podVolumeMiB: 0 },
      used: { ...NO_PODS, pods: 2, podCpuMilli: 2000 },
      reserved: { ...NO_PODS, pods: 1, podCpuMilli: 1000 },
    }),
  )

  it('fits to the last thousandth of a core, at its maximum and with room for its update', () => {
    const { lines, found } = linesOf(application(6), tight)
    expect(found).toEqual([])
    expect(lines).toContainEqual({
      ...{ kind: 'podCpuMilli', limit: 10_000, used: 2000, reserved: 1000, asked: 7000 },
      fits: true,
    })
    expect(lines.map(({ kind }) => kind)).toEqual(KINDS)
  })

  it('does not fit with one pod more, and the finding has the numbers', () => {
    const { found } = linesOf(application(7), tight)
    expect(found).toMatchObject([
      {
        severity: 'block',
        message: 'The namespace’s quota of CPU of pods is exceeded.',
        numbers: { limit: 10_000, used: 2000, reserved: 1000, asked: 8000 },
      },
    ])
    expect(found[0]?.fix).toContain('tenant-base')
  })

  it('that stands may stay and shrink under a lowered quota, never grow', () => {
    const standing = applied(snapshotOf(), planned(application(6), snapshotOf()))
    const lowered = { ...standing, namespaces: [namespace({ limit: flat(1) })] }
    const update = (max: number) =>
      rulesOf(linesOf({ ...application(max), action: 'update' }, lowered).found)
    expect([update(5), update(6)]).toEqual([[], []])
    expect(update(7)).toHaveLength(3)
    expect(linesOf({ ...application(6), action: 'delete' }, lowered).found).toEqual([])
  })

  it('is held against the namespace of its own cluster', () => {
    const elsewhere = worldWith(namespace(), namespace({ cluster: 'edge', limit: NO_PODS }))
    expect(linesOf(application(6), elsewhere).found).toEqual([])
  })
})

describe('what has no pods', () => {
  it('has no lines, however full the namespace is', () => {
    const full = worldWith(namespace({ used: flat(1_000_000_000) }))
    expect(linesOf(VM_REQUEST, full)).toEqual({ lines: [], found: [] })
  })
})

describe('a base', () => {
  const used = { pods: 10, podCpuMilli: 5000, podMemoryMiB: 10_240, podVolumeMiB: 1024 }
  const reserved = { ...NO_PODS, podCpuMilli: 1000 }
  const standing = worldWith(namespace({ used, reserved }))

  it('may be lowered to what is used and reserved, and not below', () => {
    const exact = { pods: 10, cpu: '6', memory: '10Gi', storage: '1Gi' }
    expect(linesOf(base(exact), standing).found).toEqual([])
    const { found } = linesOf(base({ ...exact, cpu: '5999m', storage: '1023Mi' }), standing)
    expect(found).toMatchObject([
      {
        pointer: '/parameters/quota/cpu',
        numbers: { limit: 5999, used: 5000, reserved: 1000, asked: 0 },
      },
      { pointer: '/parameters/quota/storage', numbers: { limit: 1023, used: 1024 } },
    ])
  })

  it('that allows less than is used already may be raised step by step', () => {
    const short = worldWith(namespace({ used, limit: flat(1000) }))
    const raised = { pods: 1000, cpu: '2', memory: '2Gi', storage: '1000Mi' }
    expect(linesOf(base(raised), short).found).toEqual([])
    expect(linesOf(base({ ...raised, cpu: '900m' }), short).found).toHaveLength(1)
  })
})

describe('the namespace as a request finds it', () => {
  const made = (max: number, more: Partial<Made> = {}): Made => {
    const { template, name, parameters } = application(max)
    return { template, name, parameters, templateVersion: '1.0.0', cluster: 'core', ...more }
  }
  const baseMade = (quota: object): Made => ({
    ...{ name: 'base', template: 'tenant-base', templateVersion: '1.1.0', cluster: 'core' },
    parameters: { quota },
  })
  const found = (more: Partial<Parameters<typeof namespaceOn>[1]> = {}) =>
    namespaceOn('core', { resources: [], open: [], subject: null, basesOn: ['core'], ...more })

  it('has the limit of the base that stands, its defaults, or none', () => {
    const small = { cpu: '4', memory: '8Gi', storage: '16Gi', pods: 5 }
    const limit = { pods: 5, podCpuMilli: 4000, podMemoryMiB: 8192, podVolumeMiB: 16_384 }
    expect(found({ resources: [baseMade(small)] }).limit).toEqual(limit)
    expect(found({ subject: baseMade(small) }).limit).toEqual(limit)
    expect(found().limit).toEqual(baseLimitOf({ parameters: {} }))
    expect(found({ basesOn: ['edge'] }).limit).toEqual(NO_PODS)
  })

  it('counts what stands on this cluster, and of open changes what they add', () => {
    const resources = [made(3), made(9, { name: 'other', cluster: 'edge' })]
    const open = [made(5), made(2, { name: 'new' }), made(1, { name: 'far', cluster: 'edge' })]
    const { used, reserved } = found({ resources, open })
    expect(used).toEqual({ pods: 4, podCpuMilli: 4000, podMemoryMiB: 4096, podVolumeMiB: 0 })
    expect(reserved).toEqual({ pods: 5, podCpuMilli: 5000, podMemoryMiB: 5120, podVolumeMiB: 0 })
  })

  it('does not count on what an open change would give back', () => {
    expect(found({ resources: [made(5)], open: [made(1)] }).reserved).toEqual(NO_PODS)
  })

  it('holds back what an open change of the base takes away, and gives nothing for a raise', () => {
    const less = { ...baseMade({ cpu: '30', pods: 90 }) }
    const more = { ...baseMade({ cpu: '300' }) }
    expect(found({ open: [less] }).reserved).toEqual({ ...NO_PODS, pods: 10, podCpuMilli: 66_000 })
    expect(found({ open: [more] }).reserved).toEqual(NO_PODS)
  })

  it('counts nothing for what its template no longer takes, or nobody knows', () => {
    expect(podUseOf(made(5, { parameters: { image: 7 } }))).toEqual(NO_PODS)
    expect(podUseOf(made(5, { template: 'nobody' }))).toEqual(NO_PODS)
    expect(podUseOf(made(5, { templateVersion: '0.0.1' }))).toEqual(podUseOf(made(5)))
  })

  it('growth is never negative', () => {
    expect(growthOf(flat(2), { ...flat(1), pods: 5 })).toEqual({ ...NO_PODS, pods: 3 })
  })
})

describe('an approval', () => {
  const template = { name: 'application', version: '1.0.0' }
  const digest = (more: Partial<NamespaceUse>) =>
    readsDigest(worldWith(namespace(more)), template, sha256)
  const { plan: approved } = planned(application(6), worldWith(namespace()))
  const now = (more: Partial<NamespaceUse>) =>
    rulesOf(judgeAgain(application(6), approved, worldWith(namespace(more)), sha256))

  it('survives what others use, and another limit', () => {
    expect(digest({ used: flat(7), reserved: flat(9) })).toBe(digest({}))
    expect(digest({ limit: flat(7) })).toBe(digest({}))
  })

  it('is held against the limit and the use of today', () => {
    expect(now({})).toEqual([])
    expect(now({ limit: flat(1_000_000_000) })).toEqual([])
    expect(now({ limit: flat(7) })).toContain('NAMESPACE-QUOTA')
    expect(now({ used: flat(1_000_000_000) })).toContain('NAMESPACE-QUOTA')
  })
})
