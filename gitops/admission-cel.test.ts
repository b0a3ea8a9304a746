// What the four policies say of objects, good and bad: their CEL is run. What pull requests are judged by says the same.
import { describe, expect, it } from 'vitest'
import type { Manifest } from '../schemas/template.ts'
import { exampleInput } from '../templates/example-inputs.ts'
import { renderingPhases, templates } from '../templates/index.ts'
import { faultOf, judgedBy, type PolicySpec } from './admission-policies.fixture.ts'
import { admissionOfTenant, admissionPolicies } from './admission-policies.ts'
import { allowedLocations } from './allowed-locations.ts'
import { bent, judged, objectOf, workload } from './policies/policies.fixture.ts'
import { render } from './render.ts'
import { rulesOf } from './world.fixture.ts'

const TENANT = 'phoenix.cloud/tenant'
const POLICIES: Record<string, Manifest> = Object.fromEntries(
  admissionPolicies()
    .filter(({ kind }) => kind === 'ValidatingAdmissionPolicy')
    .map((policy) => [policy.metadata.annotations?.['phoenix.cloud/rule'] ?? '', policy]),
)
const LOCATIONS = allowedLocations({ allow: ['eu'] })
const paramsOf = (tenant: string): object =>
  admissionOfTenant(tenant, LOCATIONS, 'platform')[0] ?? {}
const namespaceOf = (name: string, labels?: object) => ({
  metadata: { name, ...(labels === undefined ? {} : { labels }) },
})

const by = (
  rule: string,
  object: object,
  namespaceObject: object = namespaceOf('dbis', { [TENANT]: 'dbis' }),
) => {
  const policy = POLICIES[rule]
  if (!policy) throw new Error('no such policy')
  const admission = { object, namespaceObject, request: { namespace: 'dbis' } }
  return judgedBy(
    policy,
    rule === 'REGION-ALLOWED' ? { ...admission, params: paramsOf('dbis') } : admission,
  )
}
const ADMITTED: number[] = []

const KINDS = ['Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'Rollout']
const podPath = (kind: string): string =>
  kind === 'Pod'
    ? 'spec'
    : kind === 'CronJob'
      ? 'spec/jobTemplate/spec/template/spec'
      : 'spec/template/spec'
const [container] = (workload('Pod').spec as { containers: [object] }).containers
const LISTS = ['containers', 'initContainers', 'ephemeralContainers'] as const
/** A workload of a kind, with one more container in one of its lists; as JSON, in which nothing is undefined. */
const withContainer = (kind: string, list: (typeof LISTS)[number], more: object): Manifest => {
  const others = list === 'containers' ? [container] : []
  const containers = JSON.parse(JSON.stringify([...others, { ...container, ...more }]))
  return bent(workload(kind), `${podPath(kind)}/${list}`, containers)
}
const inEveryList = KINDS.flatMap((kind) => LISTS.map((list) => [kind, list] as const))

describe('every expression', () => {
  const all = Object.values(POLICIES).flatMap(({ metadata, spec }) => {
    const { matchConditions, variables = [], validations } = spec as unknown as PolicySpec
    return [
      ...[...matchConditions, ...validations].map(({ expression }) => ({ expression, yes: true })),
      ...variables.map(({ expression }) => ({ expression, yes: false })),
    ].map((each) => ({ ...each, of: metadata.name }))
  })

  it.each(all)('of $of is CEL: $expression', ({ expression, yes }) => {
    expect(faultOf(expression, yes)).toBeNull()
  })

  it('would be found out', () => {
    for (const bad of ['object.', 'nobody.kind', 'has(object)', "'a' + 1", "'a'.shout()", "'a'"]) {
      expect(faultOf(bad, true), bad).not.toBeNull()
    }
  })
})

describe('IMG-PINNED', () => {
  const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`
  const PINNED = [
    ...['app:1', 'app:v1.2-rc_3', `app@${DIGEST}`, `app:latest@${DIGEST}`],
    ...['registry.example:5000/team/app:1.2.3', `registry.example:5000/app:1@${DIGEST}`],
    `app:${'1'.repeat(128)}`,
  ]
  const LOOSE = [
    ...['app', 'app:latest', 'registry.example/app:latest', 'registry.example:5000/app', ''],
    ...['app@sha256:0123', `app@${DIGEST.slice(0, -1)}`],
    ...[`app@${DIGEST}0`, 'app:'],
  ]

  it.each(inEveryList)('is asked of each %s, in its %s', (kind, list) => {
    expect(by('IMG-PINNED', workload(kind))).toEqual(ADMITTED)
    for (const image of PINNED) {
      expect(by('IMG-PINNED', withContainer(kind, list, { image })), image).toEqual(ADMITTED)
    }
    for (const image of LOOSE) {
      expect(by('IMG-PINNED', withContainer(kind, list, { image })), image).toEqual([0])
    }
    expect(by('IMG-PINNED', withContainer(kind, list, { image: undefined }))).toEqual([0])
  })

  it('says of an image what a plan says of it', () => {
    for (const image of [...PINNED, ...LOOSE]) {
      const planned = rulesOf(judged(withContainer('Deployment', 'containers', { image })))
      expect(planned.includes('IMG-PINNED'), image).toBe(LOOSE.includes(image))
    }
  })
})

describe('RES-LIMITS', () => {
  const amounts = { cpu: '1', memory: '1Gi' }
  const FEW = [
    undefined,
    {},
    { requests: amounts },
    { limits: amounts },
    { requests: amounts, limits: { cpu: 1 } },
    { requests: amounts, limits: { memory: '1Gi' } },
    { requests: { cpu: '100m' }, limits: amounts },
    { requests: { memory: 1073741824 }, limits: amounts },
    { requests: {}, limits: amounts },
  ]
  /** A quantity is a word or a number. */
  const ENOUGH = [
    { requests: amounts, limits: amounts },
    { requests: { cpu: 1, memory: 1073741824 }, limits: { cpu: 0.5, memory: '1e9' } },
    { requests: { ...amounts, 'nvidia.com/gpu': 1 }, limits: { ...amounts, 'nvidia.com/gpu': 1 } },
  ]
  it.each(inEveryList)('is asked of each %s, in its %s', (kind, list) => {
    expect(by('RES-LIMITS', workload(kind))).toEqual(ADMITTED)
    for (const resources of ENOUGH) {
      expect(by('RES-LIMITS', withContainer(kind, list, { resources }))).toEqual(ADMITTED)
    }
    // Kubernetes gives ephemeral containers none: they are for debugging.
    const verdict = list === 'ephemeralContainers' ? ADMITTED : [0]
    for (const resources of FEW) {
      const what = JSON.stringify(resources)
      expect(by('RES-LIMITS', withContainer(kind, list, { resources })), what).toEqual(verdict)
      const planned = rulesOf(judged(withContainer(kind, list, { resources })))
      expect(planned.includes('RES-LIMITS'), what).toBe(list !== 'ephemeralContainers')
    }
  })
})

describe.each(['IMG-PINNED', 'RES-LIMITS'])('%s', (rule) => {
  const bad = { image: 'app', resources: {} }
  it('is asked of any pod, and of other kinds where Phoenix made them', () => {
    for (const kind of KINDS) {
      const object = withContainer(kind, 'containers', bad)
      const verdict = kind === 'Pod' ? [0] : 'not asked'
      expect(by(rule, object)).toEqual([0])
      expect(by(rule, bent(object, 'metadata/labels', undefined)), kind).toEqual(verdict)
      expect(by(rule, bent(object, 'metadata/labels', {})), kind).toEqual(verdict)
      const foreign = bent(object, 'metadata/labels', { 'app.kubernetes.io/managed-by': 'Helm' })
      expect(by(rule, foreign), kind).toEqual(verdict)
    }
  })
  it('is not asked of what is going, nor of a Rollout whose pods are a Deployment’s', () => {
    const going = { deletionTimestamp: '2026-11-21T12:00:00Z' }
    const pod = withContainer('Pod', 'containers', bad)
    expect(by(rule, { ...pod, metadata: { ...pod.metadata, ...going } })).toBe('not asked')
    const referring = { ...workload('Rollout'), spec: { workloadRef: { name: 'x' } } }
    expect(by(rule, referring)).toBe('not asked')
  })
})

describe('TENANT-SCOPE', () => {
  const labels = { [TENANT]: 'dbis' }
  const objectWith = (kind: string, more: object = {}, given: object | undefined = labels) => ({
    kind,
    metadata: { name: 'x', namespace: 'dbis', ...(given === undefined ? {} : { labels: given }) },
    ...more,
  })
  const at = (path: string, value: unknown) =>
    bent(objectWith('HelmRelease') as unknown as Manifest, path, value)

  it('wants the label of the namespace that it is in', () => {
    expect(by('TENANT-SCOPE', objectWith('ConfigMap'))).toEqual(ADMITTED)
    expect(by('TENANT-SCOPE', objectWith('ConfigMap', {}, { [TENANT]: 'acme' }))).toEqual([0])
    expect(by('TENANT-SCOPE', objectWith('ConfigMap', {}, {}))).toEqual([0])
    const bare = bent(objectWith('ConfigMap') as unknown as Manifest, 'metadata/labels', undefined)
    expect(by('TENANT-SCOPE', bare)).toEqual([0])
    for (const of of [undefined, {}, { other: 'dbis' }, { [TENANT]: 'acme' }]) {
      expect(by('TENANT-SCOPE', objectWith('ConfigMap'), namespaceOf('dbis', of))).toEqual([0])
    }
  })

  it('lets a role be bound to accounts of its own namespace alone', () => {
    const account = { kind: 'ServiceAccount', name: 'x', namespace: 'dbis' }
    const bound = (...subjects: object[]) =>
      by('TENANT-SCOPE', objectWith('RoleBinding', { subjects }))
    expect(by('TENANT-SCOPE', objectWith('RoleBinding'))).toEqual(ADMITTED)
    expect(bound()).toEqual(ADMITTED)
    expect(bound(account)).toEqual(ADMITTED)
    expect(bound(account, { ...account, namespace: 'acme' })).toEqual([1])
    expect(bound({ kind: 'ServiceAccount', name: 'x' })).toEqual([1])
    expect(bound({ kind: 'Group', name: 'system:masters' })).toEqual([1])
    expect(bound({ ...account, kind: 'User' })).toEqual([1])
    expect(by('TENANT-SCOPE', objectWith('Other', { subjects: 'maths' }))).toEqual(ADMITTED)
  })

  it.each([
    ['spec/sourceRef', 2],
    ['spec/chartRef', 3],
    ['spec/chart/spec/sourceRef', 4],
  ])('lets %s name its own namespace or none', (path, which) => {
    expect(by('TENANT-SCOPE', at(path, { kind: 'GitRepository', name: 'x' }))).toEqual(ADMITTED)
    expect(by('TENANT-SCOPE', at(`${path}/namespace`, 'dbis'))).toEqual(ADMITTED)
    expect(by('TENANT-SCOPE', at(`${path}/namespace`, 'flux-system'))).toEqual([which])
  })

  it('takes objects of any shape around those references', () => {
    expect(by('TENANT-SCOPE', objectWith('HelmRelease', { spec: { chart: {} } }))).toEqual(ADMITTED)
    expect(by('TENANT-SCOPE', at('spec/chart/spec', {}))).toEqual(ADMITTED)
    // Of any other kind a chart is a word, or a matter of its own.
    expect(by('TENANT-SCOPE', objectWith('HelmChart', { spec: { chart: 'redis' } }))).toEqual([])
    const foreign = { chart: { spec: { sourceRef: { namespace: 'flux-system' } } } }
    expect(by('TENANT-SCOPE', objectWith('Drawing', { spec: foreign }))).toEqual(ADMITTED)
    expect(by('TENANT-SCOPE', objectWith('HelmRelease', { spec: foreign }))).toEqual([4])
    expect(by('TENANT-SCOPE', objectWith('Secret', { data: {} }))).toEqual(ADMITTED)
  })

  it('is not asked of what is going', () => {
    const going = at('metadata/deletionTimestamp', '2026-11-21T12:00:00Z')
    expect(by('TENANT-SCOPE', bent(going, 'metadata/labels', {}))).toBe('not asked')
  })
})

describe('REGION-ALLOWED', () => {
  const vault = objectOf('key-vault', 'Vault')
  const inside = (location: unknown) => by('REGION-ALLOWED', bent(vault, 'spec/location', location))
  it.each(['westeurope', 'West Europe', 'WestEurope', 'NORTH EUROPE', 'Global'])(
    '%s is allowed, however it is written',
    (location) => {
      expect(inside(location)).toEqual(ADMITTED)
    },
  )
  it.each(['eastus', 'East US', 'europe', 'westeurope2', 'west', '', 'northeurope,westeurope'])(
    '%j is not',
    (location) => {
      expect(inside(location)).toEqual([0])
    },
  )
  it('is of what has a location, and not asked of what is going', () => {
    expect(inside(undefined)).toEqual(ADMITTED)
    expect(by('REGION-ALLOWED', bent(vault, 'spec', undefined))).toEqual(ADMITTED)
    const going = bent(vault, 'metadata/deletionTimestamp', '2026-11-21T12:00:00Z')
    expect(by('REGION-ALLOWED', bent(going, 'spec/location', 'eastus'))).toBe('not asked')
  })
})

/** Everything a template or a phase renders as an example, in one engine's form. */
const rendered = (engine: 'argocd' | 'flux') =>
  [...templates, ...renderingPhases].flatMap((template) =>
    template.examples.flatMap((example) => {
      const input = exampleInput(template, example, engine)
      return render(template, input).objects.map(({ manifest }) => manifest)
    }),
  )

describe.each(['argocd', 'flux'] as const)('what is rendered for %s', (engine) => {
  it('is admitted by every policy that is asked of it', () => {
    const asked = new Map<string, number>()
    const ask = (rule: string, manifest: Manifest) => {
      const slug = manifest.metadata.labels?.[TENANT] ?? ''
      const namespace = namespaceOf(slug, { [TENANT]: slug })
      const policy = POLICIES[rule]
      if (!policy) throw new Error('no such policy')
      const verdict = judgedBy(policy, {
        ...{ object: manifest, namespaceObject: namespace, request: { namespace: slug } },
        params: paramsOf(slug),
      })
      expect(verdict, `${rule} ${manifest.kind} ${manifest.metadata.name}`).toEqual(ADMITTED)
      asked.set(rule, (asked.get(rule) ?? 0) + 1)
    }
    for (const manifest of rendered(engine)) {
      if (KINDS.includes(manifest.kind)) {
        ask('IMG-PINNED', manifest)
        ask('RES-LIMITS', manifest)
      }
      if (manifest.metadata.labels?.[TENANT] !== undefined) ask('TENANT-SCOPE', manifest)
      if (manifest.apiVersion.includes('.azure.com/')) ask('REGION-ALLOWED', manifest)
    }
    for (const rule of Object.keys(POLICIES)) expect(asked.get(rule), rule).toBeGreaterThan(5)
  })
})
