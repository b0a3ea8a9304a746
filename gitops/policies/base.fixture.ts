// Cases of the policies on what every tenant stands on: the fence and the limits of the namespace, API versions, engines.
import type { Finding } from '../../schemas/plan.ts'
import type { Manifest } from '../../schemas/template.ts'
import type { PolicyContext } from './context.ts'
import { judgePolicies } from './judge.ts'
import {
  bent,
  contextOf,
  FILE,
  judged,
  objectOf,
  type PolicyCase,
  renderedExample,
} from './policies.fixture.ts'

const DIRECTORY = 'rendered/core/10-tenant'
const LIST = `${DIRECTORY}/kustomization.yaml`

/** The base as it is rendered, each object as `change` leaves it; null takes it away. */
const base = (change: (manifest: Manifest) => Manifest | null = (same) => same): Finding[] =>
  judgePolicies(
    renderedExample('tenant-base').objects.flatMap(({ path, manifest }) => {
      const changed = change(manifest)
      return changed ? [{ path, manifest: changed }] : []
    }),
    contextOf({ rendersBase: true }),
  )
const named =
  (name: string, change: (manifest: Manifest) => Manifest | null) => (manifest: Manifest) =>
    manifest.metadata.name === name ? change(manifest) : manifest

const FILES = [
  ...['networkpolicy-default-deny', 'networkpolicy-allow-dns', 'resourcequota-tenant-quota'],
  'limitrange-container-defaults',
].map((name) => `${DIRECTORY}/${name}.yaml`)
const standing = (takenPaths: string[]) =>
  judged(objectOf('application', 'Deployment'), { baseStands: true, takenPaths })

const change = (
  rule: 'NET-DEFAULT-DENY' | 'BASE-QUOTA',
  [what, name, bend]: [string, string, (manifest: Manifest) => Manifest | null],
): PolicyCase => ({
  ...{ rule, what, file: LIST, pointer: '/resources', hint: 'tenant-base' },
  passes: () => base(),
  fails: () => base(named(name, bend)),
})

const allowAll = (rules: unknown): Manifest => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'open', namespace: 'dbis' },
  spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: rules },
})

const clusters = (engine: 'argocd' | 'flux'): Partial<PolicyContext> => ({
  clusters: [
    { name: 'core', engine: 'argocd' },
    { name: 'core', engine },
  ],
})

export const baseCases: PolicyCase[] = [
  change('NET-DEFAULT-DENY', ['no default-deny', 'default-deny', () => null]),
  change('NET-DEFAULT-DENY', [
    'egress left open',
    'default-deny',
    (policy) => bent(policy, 'spec/policyTypes', ['Ingress']),
  ]),
  change('NET-DEFAULT-DENY', [
    'some pods left out',
    'default-deny',
    (policy) => bent(policy, 'spec/podSelector', { matchLabels: { a: 'b' } }),
  ]),
  change('NET-DEFAULT-DENY', [
    'elsewhere',
    'default-deny',
    (policy) => bent(policy, 'metadata/namespace', 'other'),
  ]),
  change('NET-DEFAULT-DENY', ['no names', 'allow-dns', () => null]),
  ...FILES.map(
    (missing, index): PolicyCase => ({
      rule: index < 2 ? 'NET-DEFAULT-DENY' : 'BASE-QUOTA',
      ...{ what: `standing, without ${missing}`, file: LIST, pointer: '/resources' },
      hint: 'tenant-base',
      passes: () => standing(FILES),
      fails: () => standing(FILES.filter((file) => file !== missing)),
    }),
  ),
  {
    ...{ rule: 'NET-DEFAULT-DENY', what: 'a policy for everybody', file: FILE },
    ...{ pointer: '/spec/ingress/0', hint: 'named peers' },
    passes: () => judged(allowAll([{ from: [{ podSelector: {} }] }])),
    fails: () => judged(allowAll([{}])),
  },
  change('BASE-QUOTA', ['no quota', 'tenant-quota', () => null]),
  change('BASE-QUOTA', [
    'no limit of memory',
    'tenant-quota',
    (quota) => bent(quota, 'spec/hard/limits.memory', undefined),
  ]),
  change('BASE-QUOTA', ['no limits', 'container-defaults', () => null]),
  ...(
    [
      ['unknown', 'apps/v9'],
      ['preview', 'containerservice.azure.com/v1api20230315preview'],
      ['removed', 'extensions/v1beta1'],
    ] as const
  ).map(
    ([what, apiVersion]): PolicyCase => ({
      ...{ rule: 'DEPRECATED-API', what, file: FILE, pointer: '/apiVersion' },
      hint: 'stable version',
      passes: () => judged(objectOf('application', 'Deployment')),
      fails: () => judged({ ...objectOf('application', 'Deployment'), apiVersion }),
    }),
  ),
  {
    ...{ rule: 'ENGINE-UNIQUE', what: 'a cluster of two', file: 'clusters/core/argocd' },
    ...{ pointer: '', hint: 'one engine' },
    passes: () => judged(objectOf('application', 'Deployment'), clusters('argocd')),
    fails: () => judged(objectOf('application', 'Deployment'), clusters('flux')),
  },
  {
    ...{ rule: 'ENGINE-UNIQUE', what: 'entries of another', file: 'clusters/core/argocd' },
    ...{ pointer: '', hint: 'one engine' },
    passes: () =>
      judged(objectOf('application', 'Deployment'), {
        takenPaths: ['clusters/edge/flux/60-a/kustomization.yaml'],
      }),
    fails: () =>
      judged(objectOf('application', 'Deployment'), {
        takenPaths: ['clusters/core/flux/60-a/kustomization.yaml'],
      }),
  },
  {
    ...{ rule: 'ENGINE-UNIQUE', what: 'an object for the other', file: FILE, pointer: '/kind' },
    hint: 'one engine',
    passes: () => judged(leads('argocd')),
    fails: () => judged(leads('flux')),
  },
  {
    ...{ rule: 'ENGINE-UNIQUE', what: 'two objects, one path', pointer: '/spec' },
    ...{ file: 'rendered/core/70-x/1.yaml', hint: 'one object lead to each path' },
    passes: () => judged(leads('argocd')),
    fails: () => judged([leads('argocd'), leads('argocd')]),
  },
]

const leads = (engine: 'argocd' | 'flux'): Manifest => {
  const found = renderedExample('tenant-base', engine).objects.find(
    ({ manifest }) => manifest.kind === (engine === 'argocd' ? 'ApplicationSet' : 'Kustomization'),
  )
  if (!found) throw new Error('nothing leads anywhere')
  return found.manifest
}
