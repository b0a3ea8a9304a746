// The cluster's own policies: of the right shape, among the platform's entry points only, and none on a cluster that does
// not have them. What their CEL says of objects: admission-cel.test.ts.
import { ValidatingAdmissionPolicy } from 'kubernetes-models/admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy'
import { ValidatingAdmissionPolicyBinding } from 'kubernetes-models/admissionregistration.k8s.io/v1/ValidatingAdmissionPolicyBinding'
import { describe, expect, it } from 'vitest'
import type { Cluster } from '../schemas/place.ts'
import { rules } from '../schemas/rules.ts'
import type { Manifest } from '../schemas/template.ts'
import { templates } from '../templates/index.ts'
import { admissionNotes, admissionPolicies, admitsPolicies } from './admission-policies.ts'
import { allowedLocations } from './allowed-locations.ts'
import { clusterEntry, tenantEntry } from './entry-points.ts'

const MODELS = { ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding }

const clusterOf = (engine: 'argocd' | 'flux', kubernetes?: string): Cluster => ({
  ...{ name: 'core', region: 'eu', engine, standIn: true },
  ...(kubernetes === undefined ? {} : { kubernetes }),
})
const platform = (cluster: Cluster) =>
  clusterEntry({
    cluster,
    platformRepositoryUrl: 'https://forge.example/p/f.git',
    publicUrl: 'https://phoenix.example',
  }).objects
const tenant = (cluster: Cluster) =>
  tenantEntry({
    cluster,
    tenant: 'dbis',
    repositoryUrl: 'https://forge.example/dbis/i.git',
    residency: { allow: ['eu'] },
  }).objects
const ofAdmission = (objects: Manifest[]) =>
  objects.filter(({ apiVersion }) => apiVersion === 'admissionregistration.k8s.io/v1')
const rulesOf = (objects: Manifest[]) =>
  objects.map(({ metadata }) => metadata.annotations?.['phoenix.cloud/rule'])
const specOf = (manifest: Manifest | undefined) =>
  (manifest?.spec ?? {}) as {
    validations: { expression: string; message: string }[]
    validationActions: string[]
    paramRef: { name: string; namespace: string }
    policyName: string
    variables?: { name: string; expression: string }[]
    matchConditions: { expression: string }[]
    matchResources: { namespaceSelector: object }
  }

const all = [...admissionPolicies(), ...ofAdmission(tenant(clusterOf('argocd', '1.34')))]

describe('every policy', () => {
  it.each(all.map((one) => [one.metadata.name, one.kind, one] as const))(
    '%s (%s) is what Kubernetes takes',
    (_, kind, manifest) => {
      const spec = { ...specOf(manifest) }
      const faultsOf = (given: object) => {
        const Model = kind === 'ConfigMap' ? null : MODELS[kind as keyof typeof MODELS]
        if (!Model) throw new Error('no such kind')
        try {
          new Model({ metadata: manifest.metadata, spec: given } as never).validate()
          return null
        } catch (error) {
          return error
        }
      }
      expect(faultsOf(spec)).toBeNull()
      const broken = kind.endsWith('Binding') ? { validationActions: 'Deny' } : { validations: {} }
      expect(faultsOf({ ...spec, ...broken })).not.toBeNull()
    },
  )

  it('is one of the four rules, and says what it needs', () => {
    const policies = all.filter(({ kind }) => kind === 'ValidatingAdmissionPolicy')
    expect(rulesOf(policies)).toEqual([
      ...['IMG-PINNED', 'RES-LIMITS', 'TENANT-SCOPE', 'REGION-ALLOWED'],
    ])
    for (const { metadata } of all) {
      expect(metadata.annotations?.['phoenix.cloud/needs']).toBe('Kubernetes 1.30 or newer')
      expect(metadata.name.length).toBeLessThanOrEqual(63)
    }
  })

  it('is bound, to tenants’ namespaces only, and warns where exceptions exist', () => {
    const bindings = all.filter(({ kind }) => kind === 'ValidatingAdmissionPolicyBinding')
    const bound = bindings.map((one) => [specOf(one).policyName, specOf(one).validationActions])
    expect(bound).toEqual([
      ['phoenix-img-pinned', ['Warn', 'Audit']],
      ['phoenix-res-limits', ['Warn', 'Audit']],
      ['phoenix-tenant-scope', ['Deny', 'Audit']],
      ['phoenix-region-allowed', ['Deny', 'Audit']],
    ])
    for (const one of bindings) {
      expect(JSON.stringify(specOf(one).matchResources)).toContain('phoenix.cloud/tenant')
    }
    expect(rules['TENANT-SCOPE'].excusable ?? rules['REGION-ALLOWED'].excusable).toBeUndefined()
  })

  it('has expressions whose brackets and quotes close, and which use only what is declared', () => {
    for (const one of admissionPolicies()) {
      if (one.kind !== 'ValidatingAdmissionPolicy') continue
      const { validations, variables = [], matchConditions } = specOf(one)
      const declared = new Set(variables.map(({ name }) => name))
      for (const { expression } of [...validations, ...variables, ...matchConditions]) {
        const bare = expression.replaceAll(/'[^']*'/g, "''")
        for (const [open, close] of ['()', '[]'].map((pair) => [...pair])) {
          expect(bare.split(open ?? '').length, expression).toBe(bare.split(close ?? '').length)
        }
        expect(expression.split("'").length % 2, expression).toBe(1)
        for (const [, name = ''] of bare.matchAll(/variables\.([a-zA-Z]+)/g)) {
          expect(declared).toContain(name)
        }
      }
    }
  })
})

describe('a cluster', () => {
  it.each(['argocd', 'flux'] as const)('with %s of 1.30 or newer gets them', (engine) => {
    for (const version of ['1.30', '1.34']) {
      const objects = platform(clusterOf(engine, version))
      expect(ofAdmission(objects)).toHaveLength(7)
      expect(admissionNotes(clusterOf(engine, version))).toEqual([])
    }
    const [params, binding] = tenant(clusterOf(engine, '1.34')).slice(-2)
    expect(params).toMatchObject({ kind: 'ConfigMap', metadata: { name: binding?.metadata.name } })
    expect(specOf(binding).paramRef).toMatchObject({
      name: params?.metadata.name,
      namespace: params?.metadata.namespace,
      parameterNotFoundAction: 'Deny',
    })
    expect(params?.metadata.namespace).toBe(engine === 'flux' ? 'phoenix-gitops' : 'argocd')
  })

  it.each([undefined, '1.9', '1.24', '1.29'])(
    'of version %s gets none, and that is said',
    (version) => {
      const cluster = clusterOf('argocd', version)
      expect(admitsPolicies(cluster)).toBe(false)
      expect(ofAdmission([...platform(cluster), ...tenant(cluster)])).toEqual([])
      expect(admissionNotes(cluster)).toEqual([expect.stringContaining('1.30 or newer')])
    },
  )

  it('lets Argo CD apply these cluster-scoped kinds, and no others', () => {
    const whitelist = (version?: string) =>
      platform(clusterOf('argocd', version)).find(
        ({ kind, metadata }) => kind === 'AppProject' && metadata.name === 'phoenix-platform',
      )?.spec
    expect(whitelist()).toMatchObject({ clusterResourceWhitelist: [] })
    expect(whitelist('1.34')).toMatchObject({
      clusterResourceWhitelist: [
        { group: 'admissionregistration.k8s.io', kind: 'ValidatingAdmissionPolicy' },
        { group: 'admissionregistration.k8s.io', kind: 'ValidatingAdmissionPolicyBinding' },
      ],
    })
  })

  it('gets them from no template: a tenant’s engine cannot touch them', () => {
    expect(templates.flatMap(({ renders }) => renders)).not.toContain('ValidatingAdmissionPolicy')
  })
})

describe('locations', () => {
  it('are those of the jurisdictions allowed, and what is everywhere', () => {
    const union = allowedLocations({ allow: ['eu'] })
    expect(union).toContain('westeurope')
    expect(union).toContain('global')
    expect(union).not.toContain('eastus')
    expect(allowedLocations({ allow: ['eu', 'us'] })).toContain('eastus')
  })
  it('leave out what the tenant denies', () => {
    const fewer = allowedLocations({ allow: ['eu'], denyRegions: ['northeurope'] })
    expect(fewer).not.toContain('northeurope')
    expect(allowedLocations({ allow: ['eu'], regions: ['westeurope'] })).toEqual([
      ...['global', 'westeurope'],
    ])
  })
})
