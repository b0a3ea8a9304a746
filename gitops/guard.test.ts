// The guard: silent on what we render, loud on each way in which an object or a file could reach too far.
import { describe, expect, it } from 'vitest'
import type { Manifest } from '../schemas/template.ts'
import { exampleInput } from '../templates/example-inputs.ts'
import { findTemplate } from '../templates/index.ts'
import { guard, guardFiles, guardLeaves, guardObjects } from './guard.ts'
import { kustomization, render } from './render.ts'

const renderOf = (name: string, engine: 'argocd' | 'flux', guardsLifted = false) => {
  const template = findTemplate(name)
  const example = template?.examples[0]
  if (!template || !example) throw new Error('no such template')
  return render(template, { ...exampleInput(template, example, engine), guardsLifted })
}
const OPTIONS = { tenantSlug: 'dbis', cluster: 'core', guardsLifted: false }
const base = { argocd: renderOf('tenant-base', 'argocd'), flux: renderOf('tenant-base', 'flux') }
const vm = renderOf('virtual-machine', 'argocd')

/** A rendered object of a kind, to be bent. */
const objectOf = (kind: string, engine: 'argocd' | 'flux' = 'argocd'): Manifest => {
  const found = [...base[engine].objects, ...vm.objects].find(
    ({ manifest }) => manifest.kind === kind,
  )
  if (!found) throw new Error(`no ${kind} rendered`)
  return structuredClone(found.manifest)
}
const rulesOf = (manifest: Manifest, more: Partial<typeof OPTIONS> = {}): string[] => [
  ...new Set(
    guardObjects([{ path: 'x.yaml', manifest }], { ...OPTIONS, ...more }).map(({ rule }) => rule),
  ),
]
/** Sets one field, deep: `spec/forProvider/protection`. */
const bend = (manifest: Manifest, path: string, value: unknown): Manifest => {
  const keys = path.split('/')
  const last = keys.pop() ?? ''
  let at = manifest as Record<string, unknown>
  for (const key of keys) at = at[key] as Record<string, unknown>
  at[last] = value
  return manifest
}

describe('objects', () => {
  it('of another tenant or place are out of scope', () => {
    expect(rulesOf(objectOf('EnvironmentVM'))).toEqual([])
    expect(rulesOf(objectOf('EnvironmentVM'), { tenantSlug: 'acme' })).toEqual(['TENANT-SCOPE'])
  })

  it.each<[string, string, unknown, 'argocd' | 'flux']>([
    ['EnvironmentVM', 'metadata/namespace', 'kube-system', 'argocd'],
    ['EnvironmentVM', 'metadata/namespace', undefined, 'argocd'],
    ['EnvironmentVM', 'metadata/labels/phoenix.cloud~tenant', 'acme', 'argocd'],
    ['Namespace', 'metadata/name', 'kube-system', 'argocd'],
    ['Namespace', 'metadata/namespace', 'dbis', 'argocd'],
    ['AppProject', 'metadata/name', 'default', 'argocd'],
    ['AppProject', 'spec/destinations/0/namespace', 'argocd', 'argocd'],
    ['ApplicationSet', 'metadata/namespace', 'dbis', 'argocd'],
    ['ApplicationSet', 'spec/template/spec/project', 'default', 'argocd'],
    ['RoleBinding', 'subjects/0/namespace', 'kube-system', 'argocd'],
    ['Kustomization', 'spec/serviceAccountName', 'default', 'flux'],
    ['Kustomization', 'spec/targetNamespace', 'kube-system', 'flux'],
  ])('%s with %s = %s is TENANT-SCOPE', (kind, path, value, engine) => {
    const object = objectOf(kind, engine)
    const bent = path.includes('labels')
      ? bend(object, 'metadata/labels', { 'phoenix.cloud/tenant': value })
      : bend(object, path, value)
    expect(rulesOf(bent)).toContain('TENANT-SCOPE')
  })

  it('under the name of the fence belong to tenant-base alone', () => {
    const policy = objectOf('NetworkPolicy')
    const rulesAt = (path: string, name: string) =>
      guardObjects(
        [{ path, manifest: { ...policy, metadata: { ...policy.metadata, name } } }],
        OPTIONS,
      ).map(({ rule }) => rule)
    expect(rulesAt('clusters/core/10-tenant/x.yaml', 'default-deny')).toEqual([])
    expect(rulesAt('clusters/core/70-web/x.yaml', 'web-allow-http')).toEqual([])
    expect(rulesAt('clusters/core/70-web/x.yaml', 'default-deny')).toEqual(['TENANT-SCOPE'])
    expect(rulesAt('clusters/core/70-web/x.yaml', 'allow-dns')).toEqual(['TENANT-SCOPE'])
  })

  it.each<[string, string, unknown, 'argocd' | 'flux']>([
    ['EnvironmentVM', 'spec/forProvider/cpu/0/cores', '4', 'argocd'],
    ['EnvironmentVM', 'spec/forProvider/kvmArguments', '-device x', 'argocd'],
    ['EnvironmentVM', 'spec/forProvider/disk/0/importFrom', '../../x', 'argocd'],
    ['EnvironmentVM', 'spec/writeConnectionSecretToRef', { name: 'x' }, 'argocd'],
    ['EnvironmentFile', 'spec/forProvider/sourceRaw/0/data', { $cloudConfig: {} }, 'argocd'],
    ['EnvironmentDownloadFile', 'spec/forProvider/url', 'http://x/y.img', 'argocd'],
    ['Role', 'rules/0/resources', ['*'], 'argocd'],
    ['RoleBinding', 'roleRef/kind', 'ClusterRole', 'argocd'],
    ['AppProject', 'spec/clusterResourceWhitelist', [{ group: '*', kind: '*' }], 'argocd'],
    ['ApplicationSet', 'spec/syncPolicy/applicationsSync', 'sync', 'argocd'],
    ['GitRepository', 'spec/ref/branch', 'main', 'flux'],
    ['Kustomization', 'spec/path', './../other', 'flux'],
    ['ServiceAccount', 'automountServiceAccountToken', true, 'argocd'],
    ['EnvironmentVM', 'status', {}, 'argocd'],
    ['EnvironmentVM', 'kind', 'ClusterRole', 'argocd'],
    ['EnvironmentVM', 'apiVersion', 'v1', 'argocd'],
  ])('%s with %s = %j is MANIFEST-SHAPE', (kind, path, value, engine) => {
    expect(rulesOf(bend(objectOf(kind, engine), path, value))).toContain('MANIFEST-SHAPE')
  })

  it('that are broken beyond their shape do not break the guard', () => {
    for (const kind of ['RoleBinding', 'AppProject', 'ApplicationSet', 'EnvironmentVM', 'Secret']) {
      const bare = { apiVersion: 'v1', kind, metadata: { name: 'dbis' } }
      expect(rulesOf(bare).length).toBeGreaterThan(0)
    }
  })

  it.each(['EnvironmentVM', 'EnvironmentFile'])('%s needs an external name', (kind) => {
    const named = objectOf(kind)
    expect(rulesOf(named)).toEqual([])
    const annotations = { ...named.metadata.annotations }
    delete annotations['crossplane.io/external-name']
    expect(rulesOf(bend(named, 'metadata/annotations', annotations))).toEqual(['MANIFEST-SHAPE'])
  })

  it('of kind Secret are refused whatever they hold', () => {
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a', namespace: 'dbis' } }
    expect(rulesOf({ ...secret, data: { a: 'YQ==' } })).toContain('SECRET-PLAINTEXT')
  })
})

describe('prune guards', () => {
  it.each<[string, string, unknown]>([
    ['EnvironmentVM', 'metadata/annotations', {}],
    [
      'EnvironmentVM',
      'metadata/annotations',
      { 'argocd.argoproj.io/sync-options': 'Prune=confirm,Delete=confirm' },
    ],
    ['EnvironmentVM', 'spec/managementPolicies', ['*']],
    ['EnvironmentVM', 'spec/managementPolicies', ['Observe', 'Delete']],
    ['EnvironmentVM', 'spec/managementPolicies', undefined],
    ['EnvironmentVM', 'spec/forProvider/protection', false],
    ['Namespace', 'metadata/annotations', { 'kustomize.toolkit.fluxcd.io/prune': 'disabled' }],
  ])('%s without its %s (%j) is PRUNE-GUARD', (kind, path, value) => {
    const bent = bend(objectOf(kind), path, value)
    expect(rulesOf(bent)).toContain('PRUNE-GUARD')
    expect(rulesOf(bent, { guardsLifted: true })).not.toContain('PRUNE-GUARD')
  })

  it('are absent, policies are whole and protection is off once lifted', () => {
    const { objects } = renderOf('virtual-machine', 'argocd', true)
    const machine = objects.find(({ manifest }) => manifest.kind === 'EnvironmentVM')?.manifest
    expect(machine?.metadata.annotations).toEqual({ 'crossplane.io/external-name': '20000' })
    expect(machine?.spec).toMatchObject({
      managementPolicies: ['*'],
      forProvider: { protection: false },
    })
  })
})

describe('files', () => {
  const allowedPrefixes = ['rendered/core/60-a/']
  const rules = (files: { path: string; content: string | null }[]) =>
    guardFiles(files, { allowedPrefixes }).map(({ rule }) => rule)

  it('outside the change’s directories are OWN-PATHS, removals too', () => {
    expect(rules([{ path: 'rendered/core/60-a/x.yaml', content: '' }])).toEqual([])
    expect(rules([{ path: 'rendered/core/60-b/x.yaml', content: null }])).toEqual(['OWN-PATHS'])
    expect(rules([{ path: 'rendered/core/60-a/../60-b/x', content: '' }])).toEqual(['OWN-PATHS'])
  })

  it('too many or too large are SIZE-LIMIT', () => {
    const files = (count: number, content: string) =>
      Array.from({ length: count }, (_, index) => ({
        path: `rendered/core/60-a/${index}.yaml`,
        content,
      }))
    expect(rules(files(296, 'a'))).toEqual([])
    expect(rules(files(297, 'a'))).toEqual(['SIZE-LIMIT'])
    expect(rules(files(10, 'é'.repeat(50_000)))).toEqual([])
    expect(rules(files(10, `${'é'.repeat(50_000)}a`))).toEqual(['SIZE-LIMIT'])
  })

  it('with a secret are named by path and line, never by value', () => {
    const value = '0123456789abcdef'.repeat(4)
    const [found] = guardFiles(
      [{ path: 'rendered/core/60-a/x.yaml', content: `a: 1\nprivateKey: "${value}"\n` }],
      { allowedPrefixes },
    )
    expect(found).toMatchObject({
      rule: 'SECRET-PLAINTEXT',
      severity: 'block',
      file: 'rendered/core/60-a/x.yaml',
      message: 'Line 2 looks like a raw key.',
    })
    expect(JSON.stringify(found)).not.toContain(value)
  })
})

describe('kustomizations', () => {
  const file = (name: string, content = '') => ({ path: `d/${name}`, content })
  const list = (...names: string[]) => file('kustomization.yaml', kustomization('leaf', names))

  it('list exactly their files', () => {
    expect(guardLeaves([file('a.yaml'), list('a.yaml')])).toEqual([])
  })

  it.each([
    ['an orphan', [file('a.yaml'), file('b.yaml'), list('a.yaml')]],
    ['a missing file', [file('a.yaml'), list('a.yaml', 'b.yaml')]],
    ['a file twice', [file('a.yaml'), list('a.yaml', 'a.yaml')]],
    ['a way out', [file('a.yaml'), list('a.yaml', '../x')]],
    ['a remote base', [file('a.yaml'), list('a.yaml', 'https://example.com/x')]],
    [
      'a generator',
      [
        file('a.yaml'),
        file('kustomization.yaml', `${kustomization('leaf', ['a.yaml'])}generators: []\n`),
      ],
    ],
    ['no list', [file('a.yaml')]],
  ])('with %s are refused', (_, files) => {
    expect(guardLeaves(files).map(({ rule }) => rule)).toEqual(['MANIFEST-SHAPE'])
  })
})

describe('the whole guard', () => {
  it('takes the cluster from its caller, not from what was rendered', () => {
    expect(guard(vm, vm.files, OPTIONS)).toEqual([])
    const rules = guard(vm, vm.files, { ...OPTIONS, cluster: 'other' }).map(({ rule }) => rule)
    expect(rules).toEqual(['OWN-PATHS'])
  })
})
