// What leaves Git: unguarded objects go, guarded ones stay until their guard was lifted by a change of its own.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Component } from '../../../schemas/template.ts'
import { CLUSTER, configMap, createWorld, machine, tenantFiles, type World } from './testing.ts'

let world: World
beforeEach(async () => {
  world = await createWorld()
})
afterEach(() => world.close())

const net = (...objects: Component['objects']): Component => ({ wave: 60, name: 'net', objects })
const keep = configMap('keep')

describe.each(['argocd', 'flux'] as const)('%s', (engine) => {
  const commit = (...components: Component[]) =>
    world.tenant.commit(tenantFiles(engine, world.tenant.url, components))
  const names = (reconciler: ReturnType<World['start']>) =>
    reconciler
      .state()
      .clusters.filter(({ name }) => name === CLUSTER[engine])
      .flatMap(({ objects }) => objects.map(({ metadata }) => metadata.name))
  const message = () => world.phoenix.reports.findLast(({ component }) => component === '60-net')

  it('an unguarded object is deleted', async () => {
    commit(net(keep, configMap('gone')))
    const reconciler = world.start()
    await reconciler.kick()
    expect(names(reconciler)).toContain('gone')
    const sha = commit(net(keep))
    await reconciler.kick()
    expect(names(reconciler)).not.toContain('gone')
    expect(names(reconciler)).toContain('keep')
    expect(world.told(engine, '60-net', sha)).toEqual(['progressing', 'healthy'])
  })

  it('a guarded object stays, and the component is degraded until the guard was lifted', async () => {
    commit(net(keep, machine('vm-1', true)))
    const reconciler = world.start()
    await reconciler.kick()
    const removed = commit(net(keep))
    await reconciler.kick()
    expect(names(reconciler)).toContain('vm-1')
    expect(world.told(engine, '60-net', removed)).toEqual(['progressing', 'degraded'])
    expect(message()?.message).toBe(
      'simulated: prune needs confirmation: EnvironmentVM vm-1 left Git guarded',
    )
    commit(net(keep, machine('vm-1', false)))
    await reconciler.kick()
    const again = commit(net(keep))
    await reconciler.kick()
    expect(names(reconciler)).not.toContain('vm-1')
    expect(world.told(engine, '60-net', again)).toEqual(['progressing', 'healthy'])
  })

  it('a guard that is lifted in the removing commit does not count', async () => {
    commit(net(keep, machine('vm-1', true), machine('vm-2', false)))
    const reconciler = world.start()
    await reconciler.kick()
    const sha = commit(net(keep))
    await reconciler.kick()
    expect(names(reconciler)).toContain('vm-1')
    expect(names(reconciler)).not.toContain('vm-2')
    expect(world.told(engine, '60-net', sha).at(-1)).toBe('degraded')
  })

  it('a component that left Git is removed and reported at that commit', async () => {
    commit(net(machine('vm-1', false)), { wave: 20, name: 'keys', objects: [keep] })
    const reconciler = world.start()
    await reconciler.kick()
    const sha = commit({ wave: 20, name: 'keys', objects: [keep] })
    await reconciler.kick()
    expect(names(reconciler)).not.toContain('vm-1')
    expect(world.told(engine, '60-net', sha)).toEqual(['progressing', 'healthy'])
    expect(message()?.message).toBe('simulated: removed')
    const later = commit({ wave: 20, name: 'keys', objects: [keep, configMap('more')] })
    await reconciler.kick()
    expect(world.told(engine, '60-net', later)).toEqual([])
  })

  it('a guarded component that left Git stays and says so', async () => {
    commit(net(machine('vm-1', true), keep))
    const reconciler = world.start()
    await reconciler.kick()
    const sha = commit({ wave: 20, name: 'keys', objects: [configMap('keys')] })
    await reconciler.kick()
    expect(names(reconciler)).toContain('vm-1')
    expect(names(reconciler)).not.toContain('keep')
    expect(world.told(engine, '60-net', sha)).toEqual(['progressing', 'degraded'])
  })

  it('a repository that cannot be read takes nothing away', async () => {
    commit(net(keep))
    const reconciler = world.start()
    await reconciler.kick()
    await reconciler.close()
    const alone = world.start({ repositories: () => [] })
    await alone.kick()
    expect(names(alone)).toContain('keep')
  })
})
