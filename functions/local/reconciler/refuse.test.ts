// A broken tree is refused whole, for that component only, with a sentence that says what is wrong.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Manifest } from '../../../schemas/template.ts'
import {
  CLUSTER,
  configMap,
  createWorld,
  type Files,
  leaf,
  tenantFiles,
  type World,
} from './testing.ts'

const good = { wave: 30, name: 'good', objects: [configMap('good')] }
const net = { wave: 30, name: 'net', objects: [configMap('net'), configMap('other')] }
const role = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'Role',
  metadata: { name: 'net', namespace: 'dbis' },
}
const clusterRole = { ...role, kind: 'ClusterRole', metadata: { name: 'net' } }
const unknown: Manifest = { ...configMap('net'), apiVersion: 'example.org/v1', kind: 'Sprocket' }

let world: World
let reconciler: ReturnType<World['start']>
beforeAll(async () => {
  world = await createWorld()
  reconciler = world.start()
})
afterAll(() => world.close())

describe.each(['argocd', 'flux'] as const)('%s', (engine) => {
  const directory = `rendered/${CLUSTER[engine]}/30-net`
  const file = `${directory}/configmap-net.yaml`
  const index = `${directory}/kustomization.yaml`
  const text = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n`
  const set =
    (path: string, content: string) =>
    (files: Files): Files => ({ ...files, [path]: content })
  const put = (object: Manifest) => (files: Files) => {
    const rest = Object.entries(files).filter(([path]) => !path.startsWith(`${directory}/`))
    return { ...Object.fromEntries(rest), ...leaf(directory, [object]) }
  }

  beforeAll(async () => {
    world.tenant.commit(tenantFiles(engine, world.tenant.url, [good, net]))
    await reconciler.kick()
    expect(world.told(engine, '30-net').at(-1)).toBe('healthy')
  })

  it.each<[string, (files: Files) => Files, RegExp]>([
    ['a listed file is missing', ({ [file]: _, ...files }) => files, /lists a file that is not/],
    ['a file is not listed', set(`${directory}/stray.yaml`, text('stray')), /not listed/],
    ['no kustomization.yaml', ({ [index]: _, ...files }) => files, /kustomization\.yaml$/],
    [
      'a generator in it',
      set(
        index,
        'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: []\nconfigMapGenerator: []\n',
      ),
      /not a list of resources/,
    ],
    ['a link', set(file, 'link:../../../../etc/passwd'), /not a plain file/],
    ['a folder in a leaf', set(`${directory}/deeper/x.yaml`, text('x')), /not a plain file/],
    ['two documents', set(file, `${text('a')}---\n${text('b')}`), /not one Kubernetes object/],
    ['an alias', set(file, `${text('a')}data: {a: &x b, c: *x}\n`), /not one Kubernetes object/],
    ['a key twice', set(file, `${text('a')}kind: Secret\n`), /not one Kubernetes object/],
    ['a tag', set(file, `${text('a')}data: !!python/object x\n`), /not one Kubernetes object/],
    ['no name', set(file, 'apiVersion: v1\nkind: ConfigMap\nmetadata: {}\n'), /not one Kubern/],
    ['an object twice', set(file, text('other\n  namespace: dbis')), /stands twice/],
    ['an unknown kind', put(unknown), /knows no such kind/],
    ['a namespace of somebody else', put(configMap('net', 'acme')), /namespace/],
    ['its own fence', put(role), /does not allow this kind/],
    ['a cluster-scoped kind', put(clusterRole), /does not allow|outside the namespace/],
    ['an object of another component', put(configMap('good')), /already belongs to/],
  ])('%s', async (_, breakIt, reason) => {
    const files = tenantFiles(engine, world.tenant.url, [good, net])
    const sha = world.tenant.commit(breakIt(files))
    await reconciler.kick()
    expect(world.told(engine, '30-net', sha)).toEqual(['progressing', 'failed'])
    expect(world.told(engine, '30-good', sha)).toEqual(['healthy'])
    const report = world.phoenix.reports.findLast(({ component }) => component === '30-net')
    expect(report?.message).toMatch(/^simulated: /)
    expect(report?.message).toMatch(reason)
    // Nothing of the broken tree was applied, nothing of the last good one taken away.
    const { objects } = reconciler
      .state()
      .clusters.find(({ name }) => name === CLUSTER[engine]) ?? { objects: [] }
    const live = objects
      .filter(({ kind }) => kind === 'ConfigMap')
      .map(({ metadata }) => metadata.name)
    expect(live).toEqual(expect.arrayContaining(['good', 'net', 'other']))
    expect(live).not.toContain('stray')
  })
})
