// That plans are held to the policies: with what the snapshot knows of the base, and never while something is taken away.
import { describe, expect, it } from 'vitest'
import { applied, planned, rulesOf, snapshotOf } from '../world.fixture.ts'
import { GOOD_ATTESTATION, GOOD_IMAGE } from './policies.fixture.ts'

const app = (parameters: Record<string, unknown> = { image: 'ghcr.io/acme/portal:1' }) =>
  ({ action: 'create', template: 'application', name: 'portal', parameters }) as const
const FENCE = [
  ...['networkpolicy-default-deny', 'networkpolicy-allow-dns', 'resourcequota-tenant-quota'],
  'limitrange-container-defaults',
].map((name) => `rendered/core/10-tenant/${name}.yaml`)

describe('a plan', () => {
  it('warns of an image by tag, with file and pointer, and is silent on one that is attested', () => {
    const { findings } = planned(app(), snapshotOf()).plan
    expect(findings.find(({ rule }) => rule === 'IMG-SIGNED')).toMatchObject({
      severity: 'warn',
      file: 'rendered/core/70-portal/deployment-portal.yaml',
      pointer: '/spec/template/spec/containers/0/image',
    })
    const attested = app({ image: GOOD_IMAGE, attestation: GOOD_ATTESTATION })
    expect(rulesOf(planned(attested, snapshotOf()).plan.findings)).not.toContain('IMG-SIGNED')
  })

  it('is blocked on a base without its fence', () => {
    const rules = (takenPaths: string[]) =>
      rulesOf(
        planned(app(), snapshotOf({ baseVersions: { core: '1.1.0' }, takenPaths })).plan.findings,
      )
    expect(rules(FENCE)).not.toContain('NET-DEFAULT-DENY')
    expect(rules(FENCE.slice(1))).toContain('NET-DEFAULT-DENY')
    expect(rules(FENCE.slice(0, 3))).toContain('BASE-QUOTA')
  })

  it('that takes away is not held to them', () => {
    const world = snapshotOf()
    const standing = applied(world, planned(app(), world))
    const { findings } = planned({ ...app(), action: 'delete' }, standing).plan
    expect(rulesOf(findings)).not.toContain('IMG-SIGNED')
  })
})
