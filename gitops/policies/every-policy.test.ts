// No policy without a pair: for each rule of what is rendered there is a case that passes and one that fails. The list of
// the standard is typed here, so that a rule cannot vanish from the data unseen. And the cost of judging much.
import { describe, expect, it } from 'vitest'
import { manifestsRules } from '../../schemas/rules/manifests.ts'
import { policiesRules } from '../../schemas/rules/policies.ts'
import { isRuleId, rules } from '../../schemas/rules.ts'
import { azureCases } from './azure.fixture.ts'
import { baseCases } from './base.fixture.ts'
import { chainCases } from './chain.fixture.ts'
import { guardCases } from './guard.fixture.ts'
import { imageCases } from './images.fixture.ts'
import { judgePolicies } from './judge.ts'
import { placeCases } from './places.fixture.ts'
import { podCases } from './pods.fixture.ts'
import { contextOf, renderedExample } from './policies.fixture.ts'

const REVIEWERS_EXPECT = [
  ...['PSS-RESTRICTED', 'IMG-PINNED', 'IMG-DIGEST', 'IMG-REGISTRY', 'IMG-SIGNED', 'RES-LIMITS'],
  ...['PROBES', 'SECRET-PLAINTEXT', 'NET-DEFAULT-DENY', 'BASE-QUOTA', 'QUOTA', 'TENANT-SCOPE'],
  ...['REGION-ALLOWED', 'KV-HARDENED', 'PG-HA', 'STORAGE-TLS', 'AKS-HARDENED', 'PRUNE-GUARD'],
  ...['CAPACITY', 'IP-UNIQUE', 'VMID-UNIQUE', 'CHAIN', 'REPLICAS', 'PDB', 'DEPRECATED-API'],
  'ENGINE-UNIQUE',
]
const cases = [
  ...[...podCases, ...imageCases, ...azureCases, ...baseCases, ...chainCases, ...guardCases],
  ...placeCases,
]

describe('every policy', () => {
  it('that reviewers expect is a rule', () => {
    expect(REVIEWERS_EXPECT.filter((id) => !isRuleId(id))).toEqual([])
  })

  it('has a case that passes and one that fails', () => {
    const tried = new Set<string>(cases.map(({ rule }) => rule))
    const wanted = [
      ...REVIEWERS_EXPECT,
      ...Object.keys(policiesRules),
      ...Object.keys(manifestsRules),
    ]
    expect(wanted.filter((id) => !tried.has(id))).toEqual([])
  })

  it('warns or blocks as the standard has it', () => {
    const warns = REVIEWERS_EXPECT.filter((id) => isRuleId(id) && rules[id].severity === 'warn')
    expect(warns.sort()).toEqual([
      ...['AKS-HARDENED', 'IMG-DIGEST', 'IMG-REGISTRY', 'IMG-SIGNED', 'PDB', 'PROBES', 'REPLICAS'],
    ])
  })

  it.each(['TENANT-SCOPE', 'SECRET-PLAINTEXT', 'OWN-PATHS', 'NET-DEFAULT-DENY', 'PRUNE-GUARD'])(
    '%s takes no exception',
    (id) => {
      expect(isRuleId(id) && rules[id].excusable).toBeUndefined()
    },
  )
})

describe('judging', () => {
  it('much takes little: 3,250 objects in well under a second', () => {
    const { objects } = renderedExample('application')
    const many = Array.from({ length: 650 }, (_, copy) =>
      objects.slice(0, 5).map(({ path, manifest }) => ({ path: `${copy}/${path}`, manifest })),
    ).flat()
    expect(many).toHaveLength(3250)
    const context = contextOf()
    judgePolicies(many, context)
    const start = performance.now()
    const found = judgePolicies(many, context)
    expect(performance.now() - start).toBeLessThan(800)
    expect(found.length).toBeGreaterThan(650)
  })
})
