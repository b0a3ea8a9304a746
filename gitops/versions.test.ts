// Versions of a template: what is new gets the newest, what stands keeps its own until a change moves it.
import { describe, expect, it } from 'vitest'
import { versionsOf } from '../templates/index.ts'
import { plan, readsDigest } from './plan.ts'
import { judgeAgain } from './plan-again.ts'
import { applied, planned, rulesOf, sha256, snapshotOf } from './world.fixture.ts'

const base = (more: object = {}) => ({
  ...{ action: 'create' as const, template: 'tenant-base', name: 'base', parameters: {} },
  ...more,
})
const empty = snapshotOf({ basesOn: [] })
const update = base({ action: 'update', parameters: { quota: { pods: 60 } } })
const roleOf = ({ files }: ReturnType<typeof planned>) =>
  files.find(({ path }) => path.includes('/role-'))?.content ?? ''

describe('a new resource', () => {
  it('gets the newest version', () => {
    expect(versionsOf('tenant-base')).toEqual(['1.1.0', '1.0.0'])
    const made = planned(base(), empty)
    expect(made.plan.template.version).toBe('1.1.0')
    expect(roleOf(made)).toContain('helmreleases')
  })

  it('gets the version it names', () => {
    const made = planned(base({ version: '1.0.0' }), empty)
    expect(made.plan.template.version).toBe('1.0.0')
    expect(roleOf(made)).not.toContain('helmreleases')
  })

  it.each(['0.9.0', '2.0.0'])('is refused at version %s, which was never published', (version) => {
    const result = plan(base({ version }), empty, sha256)
    expect(result.ok ? null : [result.refusal.problem, result.refusal.errors]).toEqual([
      'plan-blocked',
      [
        {
          pointer: '/version',
          detail: 'This version of the template is not published.',
          rule: 'TEMPLATE-VERSION',
        },
      ],
    ])
  })
})

describe('a resource of an earlier version', () => {
  const old = applied(empty, planned(base({ version: '1.0.0' }), empty))

  it('keeps it through an update', () => {
    const kept = planned(update, old)
    expect(kept.plan.template.version).toBe('1.0.0')
    expect(kept.plan.files.map(({ path }) => path)).toEqual([
      'rendered/core/10-tenant/resourcequota-tenant-quota.yaml',
    ])
  })

  it('is moved by a change that names the new one, which shows what differs', () => {
    const moved = planned(base({ action: 'update', version: '1.1.0' }), old)
    expect(moved.plan.template.version).toBe('1.1.0')
    const files = moved.plan.files.map(({ action, path }) => `${action} ${path.split('/').at(-1)}`)
    expect(files.toSorted()).toEqual([
      'add serviceaccount-phoenix-installer.yaml',
      'change kustomization.yaml',
      'change resourcequota-tenant-quota.yaml',
      'change role-dbis-reconciler.yaml',
    ])
    expect(moved.plan.destroys).toBeNull()
  })
})

describe('a base of an earlier version', () => {
  /** The tenant's world with a base of this version that a change of its own made. */
  const worldAt = (version: string) =>
    snapshotOf({
      baseVersions: { core: version },
      takenPaths: planned(base({ version }), empty).stands.map(({ path }) => path),
    })
  const chart = base({ template: 'cert-manager', name: 'cert-manager' })

  it.each([
    ['1.0.0', ['BASE-VERSION']],
    ['1.1.0', []],
  ])('%s: what its engine may not manage is refused', (version, expected) => {
    const { plan: judged } = planned(chart, worldAt(version))
    const blocking = judged.findings.filter(({ severity }) => severity === 'block')
    expect(blocking.map(({ rule }) => rule)).toEqual(expected)
  })

  it('says which kinds', () => {
    const { plan: judged } = planned(chart, worldAt('1.0.0'))
    expect(rulesOf(judged.findings)).toContain('BASE-VERSION')
    expect(judged.findings[0]?.message).toContain('HelmRelease, OCIRepository')
  })

  it('is asked again of what was approved, in a world that is otherwise the same', () => {
    const at = (version: string) => worldAt(version)
    const { plan: approved } = planned(chart, at('1.1.0'))
    const digest = (version: string) => readsDigest(at(version), approved.template, sha256)
    expect(digest('1.0.0')).toBe(digest('1.1.0'))
    const now = (version: string) => rulesOf(judgeAgain(chart, approved, at(version), sha256))
    expect([now('1.1.0'), now('1.0.0')]).toEqual([[], ['BASE-VERSION']])
  })
})
