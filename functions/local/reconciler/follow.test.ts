// The stand-in follows `live` from the entry points to the components, in wave order, and reports each commit.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  CLUSTER,
  configMap,
  createWorld,
  machine,
  platformFiles,
  tenantFiles,
  type World,
} from './testing.ts'

const keys = { wave: 20, name: 'keys', objects: [configMap('keys')] }
const net = { wave: 60, name: 'net', objects: [machine('vm-1', true), configMap('net')] }

let world: World
beforeEach(async () => {
  world = await createWorld()
})
afterEach(() => world.close())

describe.each(['argocd', 'flux'] as const)('%s', (engine) => {
  const cluster = CLUSTER[engine]
  const files = (components = [keys, net]) => tenantFiles(engine, world.tenant.url, components)
  const stateOf = (reconciler: ReturnType<World['start']>) => {
    const found = reconciler.state().clusters.find(({ name }) => name === cluster)
    if (found === undefined) throw new Error('no such cluster')
    return found
  }

  it('applies what the entry points lead to and reports progressing, then healthy', async () => {
    const sha = world.tenant.commit(files())
    const reconciler = world.start()
    await reconciler.kick()
    for (const component of ['10-tenant', '20-keys', '60-net']) {
      expect(world.told(engine, component)).toEqual(['progressing', 'healthy'])
    }
    const { objects, simulated } = stateOf(reconciler)
    expect(simulated).toBe(true)
    const names = objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)
    expect(names).toContain('EnvironmentVM vm-1')
    expect(names).toContain('Namespace dbis')
    expect(names).toContain('ClusterRoleBinding phoenix-installer-dbis')
    const lines = world.log.filter((line) => line.includes(` ${cluster} `))
    expect(lines.filter((line) => / failed/.test(line))).toEqual([])
    const reports = world.phoenix.reports.filter(
      (report) => report.cluster === cluster && report.repository === 'dbis/infrastructure',
    )
    for (const report of reports) {
      expect(report).toMatchObject({ revision: sha, simulated: true })
      expect(report.message).toMatch(/^simulated: /)
    }
    expect(world.log.every((line) => line.startsWith('simulated'))).toBe(true)
  })

  it('says nothing again until a head moves, and then once per commit', async () => {
    world.tenant.commit(files())
    const reconciler = world.start()
    await reconciler.kick()
    const before = world.phoenix.bodies.length
    await reconciler.kick()
    expect(world.phoenix.bodies.length).toBe(before)
    expect(world.log.join()).not.toContain('does not settle')
    const changed = { ...keys, objects: [configMap('keys', 'dbis', { a: 'b' })] }
    const sha = world.tenant.commit(files([changed, net]))
    await reconciler.kick()
    expect(world.told(engine, '20-keys', sha)).toEqual(['progressing', 'healthy'])
    // Untouched by the commit, and still in step at it.
    expect(world.told(engine, '60-net', sha)).toEqual(['healthy'])
    const live = stateOf(reconciler).objects.find(({ metadata }) => metadata.name === 'keys')
    expect(live?.data).toEqual({ a: 'b' })
  })

  it('keeps a later wave waiting until the earlier one is healthy', async () => {
    const broken = files()
    delete broken[`rendered/${cluster}/20-keys/configmap-keys.yaml`]
    world.tenant.commit(broken)
    const reconciler = world.start()
    await reconciler.kick()
    expect(world.told(engine, '20-keys')).toEqual(['progressing', 'failed'])
    expect(world.told(engine, '60-net')).toEqual(['progressing'])
    expect(stateOf(reconciler).objects.some(({ metadata }) => metadata.name === 'vm-1')).toBe(false)
    const sha = world.tenant.commit(files())
    await reconciler.kick()
    expect(world.told(engine, '60-net', sha).at(-1)).toBe('healthy')
    const order = world.phoenix.reports
      .filter(({ revision, state }) => revision === sha && state === 'healthy')
      .map(({ component }) => component)
    expect(order.indexOf('20-keys')).toBeLessThan(order.indexOf('60-net'))
  })

  it('follows live and no other branch', async () => {
    world.tenant.commit(files(), 'main')
    const reconciler = world.start()
    await reconciler.kick()
    expect(world.told(engine, '60-net')).toEqual([])
    world.tenant.commit(files())
    await reconciler.kick()
    expect(world.told(engine, '60-net').at(-1)).toBe('healthy')
  })
})

it('looks by itself, without being kicked', async () => {
  const seen = Promise.withResolvers<void>()
  world.start({
    intervalMs: 5,
    log: (line) => line.includes('dbis-60-net') && line.endsWith('healthy') && seen.resolve(),
  })
  world.tenant.commit(tenantFiles('argocd', world.tenant.url, [keys, net]))
  await seen.promise
})

it('touches nothing where both engines claim one cluster', async () => {
  const { platform, tenant } = world
  tenant.commit(tenantFiles('argocd', tenant.url, [net]))
  const files = platformFiles(platform.url, tenant.url)
  platform.commit({ ...files, 'clusters/edge-1/flux/x/kustomization.yaml': 'x' })
  const reconciler = world.start()
  await reconciler.kick()
  expect(reconciler.state().clusters[0]).toMatchObject({
    objects: [],
    components: [{ state: 'failed', message: 'simulated: two engines claim this cluster' }],
  })
})

it('a repository that git cannot read is retried and holds up nobody else', async () => {
  const { tenant } = world
  const healthy = tenant.commit(tenantFiles('argocd', tenant.url, [net]))
  writeFileSync(join(tenant.gitDir, 'refs', 'heads', 'live'), `${'1'.repeat(40)}\n`)
  const reconciler = world.start()
  await reconciler.kick()
  const lines = world.log.length
  await reconciler.kick()
  expect(world.log.length).toBe(lines)
  expect(reconciler.state().clusters.map(({ components }) => components.length)).toEqual([2, 1])
  expect(world.log.join('\n')).toContain('simulated reconciler: dbis/infrastructure: git ls-tree')
  writeFileSync(join(tenant.gitDir, 'refs', 'heads', 'live'), `${healthy}\n`)
  await reconciler.kick()
  expect(world.told('argocd', '60-net', healthy)).toEqual(['progressing', 'healthy'])
})

it('refuses a cluster that is given twice', () => {
  const twice = [
    { name: 'edge-1', engine: 'argocd', webhookSecret: 'a' },
    { name: 'edge-1', engine: 'flux', webhookSecret: 'b' },
  ] as const
  expect(() => world.start({ clusters: [...twice] })).toThrow('given twice')
})
