// Cases of the guard's own rules: secrets, scope, shapes, prune guards, paths, size.
import type { Finding } from '../../schemas/plan.ts'
import type { Manifest } from '../../schemas/template.ts'
import { guard, guardFiles, guardObjects } from '../guard.ts'
import { toYaml } from '../yaml.ts'
import { bent, FILE, objectOf, type PolicyCase } from './policies.fixture.ts'

const OPTIONS = {
  ...{ tenantSlug: 'dbis', tenantId: 'ten_eu_aaaaaaaaaaaaaaaa' },
  ...{ cluster: 'core', guardsLifted: false },
}
const guarded = (manifest: Manifest): Finding[] => guardObjects([{ path: FILE, manifest }], OPTIONS)

const vm = () => objectOf('virtual-machine', 'EnvironmentVM')
const app = () => objectOf('application', 'Deployment')
/** With what would be written, as the planner asks it. */
const written = (manifest: Manifest): Finding[] =>
  guard(
    {
      files: [],
      objects: [{ path: FILE, manifest }],
      components: [{ wave: 70, name: 'x', objects: [] }],
    },
    [{ path: FILE, content: toYaml(manifest) }],
    OPTIONS,
  )

const ENV = 'spec/template/spec/containers/0/env'
const config = (text: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    name: 'x',
    namespace: 'dbis',
    labels: { 'phoenix.cloud/tenant': 'dbis' },
  },
  data: { 'app.conf': text },
})
/** Put together here, so that this file itself holds nothing that looks like a secret. */
const pem = ['-----BEGIN', 'PRIVATE', 'KEY-----'].join(' ')
const jwt = ['eyJhbGciOiJIUzI1NiJ9', 'eyJzdWIiOiIxMjM0NTY3ODkwIn0', 'c2lnbmF0dXJl'].join('.')
const SUSPECT_TEXTS: Record<string, string> = {
  'a private key': pem,
  'a token': `bearer ${jwt}`,
  'a storage key': 'AccountKey='.concat('A'.repeat(40)),
  'a password': 'db_password='.concat('correct-horse'),
  'a random value': 'q7Rk2LzX9pVb4TnWc8YsJd3HgFmA6uEe1'.concat('ZoQiKyNxBvPt5'),
}

const userData = (line: string): Manifest => {
  const file = objectOf('virtual-machine', 'EnvironmentFile')
  const path = 'spec/forProvider/sourceRaw/0/data'
  const { data } = (file.spec as { forProvider: { sourceRaw: { data: string }[] } }).forProvider
    .sourceRaw[0] ?? { data: '' }
  return bent(file, path, `${data}${line}\n`)
}

const secrets: PolicyCase[] = [
  {
    ...{ rule: 'SECRET-PLAINTEXT', what: 'a Secret', file: FILE, pointer: '/kind' },
    hint: 'into the vault',
    passes: () => guarded(app()),
    fails: () => guarded({ ...config('a'), kind: 'Secret', stringData: {} }),
  },
  {
    ...{ rule: 'SECRET-PLAINTEXT', what: 'a variable', file: FILE, pointer: `/${ENV}/0/value` },
    hint: 'give a reference',
    passes: () => guarded(app()),
    fails: () => guarded(bent(app(), ENV, [{ name: 'DB_PASSWORD', value: 'abc' }])),
  },
  ...Object.entries(SUSPECT_TEXTS).map(
    ([what, text]): PolicyCase => ({
      ...{ rule: 'SECRET-PLAINTEXT', what: `${what} in a ConfigMap`, file: FILE },
      ...{ pointer: '/data/app.conf', hint: 'into the vault' },
      passes: () => written(config('level=info')),
      fails: () => written(config(text)),
    }),
  ),
  {
    ...{ rule: 'SECRET-PLAINTEXT', what: 'in user-data', file: FILE, hint: 'into the vault' },
    pointer: '/spec/forProvider/sourceRaw/0/data',
    passes: () => written(userData('final_message: "done"')),
    fails: () => written(userData('password: "'.concat('correct-horse"'))),
  },
]

const external = () => objectOf('external-secret', 'ExternalSecret')
const REMOTE = 'spec/data/0/remoteRef/key'
const ofTenant = (letter: string): string => `phx-s-eu-${letter.repeat(16)}-db`

const vaultNames: PolicyCase[] = [
  ['another tenant’s secret', ofTenant('b')],
  ['another’s in upper case', ofTenant('b').toUpperCase()],
  ['an own key', ofTenant('a').replace('-s-', '-k-')],
  ['nobody’s', 'phx-db'],
].map(([what = '', name]) => ({
  ...{ rule: 'VAULT-NAME', what, file: FILE, pointer: `/${REMOTE}`, hint: 'reference.key' },
  passes: () => guarded(bent(external(), REMOTE, ofTenant('a'))),
  fails: () => guarded(bent(external(), REMOTE, name)),
}))

const scope = (
  what: string,
  make: () => Manifest,
  [path, value, pointer = `/${path}`]: [string, unknown, string?],
): PolicyCase => ({
  ...{ rule: 'TENANT-SCOPE', what, file: FILE, pointer, hint: 'report it' },
  passes: () => guarded(make()),
  fails: () => guarded(bent(make(), path, value)),
})

const clusterRoleBinding: Manifest = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: 'dbis', labels: { 'phoenix.cloud/tenant': 'dbis' } },
}

const scopes: PolicyCase[] = [
  scope('another namespace', vm, ['metadata/namespace', 'kube-system']),
  scope('no namespace', vm, ['metadata/namespace', undefined]),
  scope('another’s label', vm, ['metadata/labels', { 'phoenix.cloud/tenant': 'acme' }]),
  {
    ...{ rule: 'TENANT-SCOPE', what: 'a ClusterRoleBinding', file: FILE },
    ...{ pointer: '/metadata/namespace', hint: 'report it' },
    passes: () => guarded(app()),
    fails: () => guarded(clusterRoleBinding),
  },
  scope('an account elsewhere', () => objectOf('tenant-base', 'RoleBinding'), [
    'subjects/0/namespace',
    'kube-system',
    '/spec',
  ]),
  scope('a source elsewhere', () => objectOf('velero', 'HelmRelease'), [
    'spec/chart/spec/sourceRef/namespace',
    'flux-system',
  ]),
  scope('a secret elsewhere', () => objectOf('secret-store', 'SecretStore'), [
    'spec/provider/x/auth/secretRef/clientId/namespace',
    'kube-system',
  ]),
  scope('the fence’s name', () => objectOf('application', 'NetworkPolicy'), [
    'metadata/name',
    'default-deny',
  ]),
]

const changed = (path: string, content = ''): Finding[] =>
  guardFiles([{ path, content }], { allowedPrefixes: ['rendered/core/70-x/'] })

export const guardCases: PolicyCase[] = [
  ...secrets,
  ...vaultNames,
  ...scopes,
  {
    ...{ rule: 'MANIFEST-SHAPE', what: 'an unknown kind', file: FILE, pointer: '/kind' },
    hint: 'report it',
    passes: () => guarded(app()),
    fails: () => guarded({ ...app(), kind: 'Deploiment' }),
  },
  {
    ...{ rule: 'MANIFEST-SHAPE', what: 'an unknown field', file: FILE, pointer: '/spec/replicas' },
    hint: 'report it',
    passes: () => guarded(app()),
    fails: () => guarded(bent(app(), 'spec/replicas', 'two')),
  },
  {
    ...{ rule: 'PRUNE-GUARD', what: 'no guard', file: FILE, pointer: '/metadata/annotations' },
    hint: 'report it',
    passes: () => guarded(vm()),
    fails: () => guarded(bent(vm(), 'metadata/annotations', {})),
  },
  {
    ...{ rule: 'PRUNE-GUARD', what: 'Crossplane may delete', file: FILE, hint: 'report it' },
    pointer: '/metadata/annotations',
    passes: () => guarded(vm()),
    fails: () => guarded(bent(vm(), 'spec/managementPolicies', ['*'])),
  },
  {
    ...{ rule: 'OWN-PATHS', what: 'another directory', hint: 'report it' },
    file: 'rendered/core/70-y/x.yaml',
    passes: () => changed(FILE),
    fails: () => changed('rendered/core/70-y/x.yaml'),
  },
  {
    ...{ rule: 'SIZE-LIMIT', what: 'too many bytes', hint: 'Split the request', file: FILE },
    passes: () => changed(FILE, 'a'.repeat(1_000_000)),
    fails: () => changed(FILE, 'a'.repeat(1_000_001)),
  },
]
