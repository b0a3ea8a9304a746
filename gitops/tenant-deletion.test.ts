// The plan of a tenant's end: nothing that stands is missing, guards are lifted before anything goes, and what one pull request
// cannot show is taken in several.
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { ExistingResource, Snapshot } from '../schemas/snapshot.ts'
import { plan } from './plan.ts'
import { renderAgain } from './plan-again.ts'
import { keyOf, planDeletion } from './tenant-deletion.ts'
import { planned, snapshotOf, VM_REQUEST } from './world.fixture.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

/** A machine of this name as it stands after its creation. */
const standing = (name: string, { guardsLifted = false } = {}) => {
  const request = { ...VM_REQUEST, name }
  const made = planned(request, snapshotOf())
  const existing: ExistingResource = {
    ...{ name, template: made.plan.template.name, templateVersion: made.plan.template.version },
    ...{ cluster: made.plan.targets[0]?.cluster ?? '', parameters: made.plan.parameters },
    ...{ placement: made.plan.placement, identities: [], guardsLifted },
  }
  const half = guardsLifted
    ? plan(
        removal(name),
        snapshotOf({ existing: { ...existing, guardsLifted: false }, standing: made.stands }),
        sha256,
      )
    : null
  const stands = half?.ok ? half.value.stands : made.stands
  return { request: removal(name), snapshot: snapshotOf({ existing, standing: stands }) }
}
const removal = (name: string) => ({
  ...{ action: 'delete' as const, template: VM_REQUEST.template, name },
  parameters: {},
})
const world: Pick<Snapshot, 'tenant' | 'approvers'> = { tenant: snapshotOf().tenant }
const deletion = (names: string[], more: { guardsLifted?: boolean; first?: boolean } = {}) => {
  const { first = true, ...state } = more
  const result = planDeletion(
    names.map((name) => standing(name, state)),
    { first, world },
    sha256,
  )
  if (!result.ok) throw new Error(JSON.stringify(result.refusal))
  return result.value
}
const many = (count: number) =>
  Array.from({ length: count }, (_, index) => `vm-${String(index).padStart(3, '0')}`)

describe('the deletion of a tenant', () => {
  it('of which nothing stands has no step', () => {
    expect(deletion([])).toMatchObject({ all: { objects: [] }, steps: [], next: null })
  })

  it('lists what the deletion of each resource would list, and nothing else', () => {
    const { all } = deletion(['web', 'mail'])
    const alone = ['web', 'mail'].flatMap((name) => {
      const { request, snapshot } = standing(name)
      const made = plan(request, snapshot, sha256)
      return made.ok ? (made.value.plan.destroys?.objects ?? []) : []
    })
    expect(all.objects).toHaveLength(alone.length)
    expect(all.objects.filter(({ holdsData }) => holdsData)).toHaveLength(2)
    expect(new Set(all.objects.map(keyOf)).size).toBe(alone.length)
  })

  it('lifts guards first, and removes with the next step', () => {
    const first = deletion(['web', 'mail'])
    expect(first.steps.map(({ what }) => what)).toEqual(['lift-guards', 'remove'])
    expect(first.next?.planned.plan).toMatchObject({ action: 'delete', phase: 'lift-guards' })
    expect(first.next?.planned.files.every(({ content }) => content !== null)).toBe(true)
    const second = deletion(['web', 'mail'], { guardsLifted: true, first: false })
    expect(second.steps).toEqual([{ what: 'remove', resources: ['web', 'mail'] }])
    expect(second.next?.planned.plan.phase).toBe('remove')
    expect(second.next?.planned.files.some(({ content }) => content === null)).toBe(true)
  })

  it('renders the same files again from what is kept of it', () => {
    const { next } = deletion(['web', 'mail'])
    if (!next) throw new Error('nothing was planned')
    const request = { ...removal('web'), template: 'tenant-deletion', name: 'tenant:deletion' }
    const snapshot = { ...snapshotOf(), deletion: next.parts }
    expect(renderAgain(request, next.planned.plan, snapshot, sha256)).toEqual(next.planned.files)
  })

  it('takes as many pull requests as it needs, each within what one can show', () => {
    const names = many(120)
    const { all, steps, next } = deletion(names)
    for (const what of ['lift-guards', 'remove'])
      expect(
        steps.filter((step) => step.what === what).flatMap(({ resources }) => resources),
      ).toEqual(names)
    expect(steps.length).toBeGreaterThan(2)
    expect(next?.planned.files.length).toBeLessThanOrEqual(200)
    expect(JSON.stringify(next?.planned.plan, null, 2).split('\n').length).toBeLessThan(5_000)
    // Too long for one pull request: the digest of everything is what was confirmed.
    expect(next?.planned.plan.destroys?.digest).not.toBe(all.digest)
  })

  it('is refused when one of them cannot be removed', () => {
    const web = standing('web')
    const gone = { ...web, snapshot: { ...web.snapshot, existing: null } }
    expect(planDeletion([gone], { first: true, world }, sha256).ok).toBe(false)
  })

  it('asks for the approvals that the tenant’s rules ask for it', () => {
    const tenant = {
      ...world.tenant,
      approvals: [{ kinds: ['tenant-deletion' as const], approvals: 3, roles: ['owner' as const] }],
    }
    const made = planDeletion(
      [standing('web')],
      { first: true, world: { tenant, approvers: [['owner']] } },
      sha256,
    )
    const result = made.ok ? made.value.next?.planned.plan : undefined
    expect(result?.reviewers).toMatchObject({ needed: 3, roles: ['owner'] })
    expect(result?.findings.map(({ rule }) => rule)).toContain('REVIEWERS-SHORT')
  })
})
