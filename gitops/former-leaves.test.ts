// What an update drops whole, and what an earlier resource of the name left: a marker stays, on Flux with its entry.
import { describe, expect, it } from 'vitest'
import type { Engine } from '../schemas/place.ts'
import type { Snapshot } from '../schemas/snapshot.ts'
import { exampleCluster, exampleSites } from '../templates/example-inputs.ts'
import { findTemplate } from '../templates/index.ts'
import type { Planned } from './plan.ts'
import { judgeAgain, renderAgain } from './plan-again.ts'
import { applied, planned, rulesOf, sha256, snapshotOf } from './world.fixture.ts'

const TEMPLATE = 'loc_az_hci/services'
type Request = Parameters<typeof planned>[0]

const services = (action: Request['action'], nodes: number): Request => {
  const [example] = findTemplate(TEMPLATE)?.examples ?? []
  const { chain, ...parameters } = (example?.parameters ?? {}) as { chain?: object }
  return {
    ...{ action, template: TEMPLATE, name: 'loc-az-hci-services' },
    parameters: action === 'delete' ? {} : { ...parameters, chain: { ...chain, nodes } },
  }
}
const blocking = ({ plan }: Planned) =>
  rulesOf(plan.findings.filter(({ severity }) => severity === 'block'))
const changes = ({ plan }: Planned) => plan.files.map(({ path, action }) => `${action} ${path}`)
const below = (directory: string, files: { path: string }[]) =>
  files.map(({ path }) => path).filter((path) => path.includes(directory))

const lives = (engine: Engine) => {
  const hosts = exampleSites.map((site) => ({
    ...site,
    hosts: site.hosts.map((host) => ({ ...host, cores: 256, memory: { value: 4, unit: 'TB' } })),
  }))
  const empty = snapshotOf({
    clusters: [exampleCluster(engine)],
    sites: hosts as Snapshot['sites'],
  })
  const created = planned(services('create', 2), empty)
  const both = applied(empty, created)
  const shrunk = planned(services('update', 1), both)
  return { empty, created, both, shrunk, one: applied(both, shrunk) }
}

describe.each(['argocd', 'flux'] as const)('an update that drops a component, on %s', (engine) => {
  const { created, both, shrunk, one } = lives(engine)
  const LEAF = below('besu-2/', created.stands).find((path) => path.startsWith('rendered/'))
  const leaf = LEAF?.slice(0, LEAF.lastIndexOf('/')) ?? ''

  it('is allowed, and leaves a marker for the engine to read', () => {
    expect(blocking(shrunk)).toEqual([])
    expect(changes(shrunk).filter((change) => change.includes(leaf))).toContain(
      `add ${leaf}/configmap-loc-az-hci-besu-2-removed.yaml`,
    )
    expect(below(leaf, shrunk.stands)).toEqual([
      `${leaf}/configmap-loc-az-hci-besu-2-removed.yaml`,
      `${leaf}/kustomization.yaml`,
    ])
    expect(shrunk.plan.targets.map(({ path }) => path)).toContain(leaf)
  })

  it('keeps the entry that leads there as it is', () => {
    const entries = (made: Planned) => below('/flux/', made.stands).sort()
    expect(entries(shrunk)).toEqual(entries(created))
    expect(
      changes(shrunk).filter((change) => change.includes('besu-2') && change.includes('/flux/')),
    ).toEqual([])
  })

  it('names what goes, and that the guards still stand', () => {
    const gone = shrunk.plan.destroys?.objects.map(({ kind, name }) => `${kind} ${name}`) ?? []
    expect(gone).toContain('EnvironmentVM loc-az-hci-besu-2')
    expect(gone.every((object) => object.includes('besu-2'))).toBe(true)
    const found = shrunk.plan.findings.find(({ rule }) => rule === 'DESTROYS')
    expect(found?.message).toContain(engine === 'argocd' ? 'Argo CD waits' : 'Flux leaves them')
  })

  it('renders again from what is kept of it, which an older row has less of', () => {
    const { baseVersions: _, namespaces: __, takenPaths: ___, ...stored } = both
    const { plan: made, files } = shrunk
    expect(renderAgain(services('update', 1), made, stored, sha256)).toEqual(files)
    expect(judgeAgain(services('update', 1), made, both, sha256)).toEqual([])
  })

  it('is over: the next one neither touches the marker nor waits for it', () => {
    const same = planned(services('update', 1), one)
    expect([changes(same), same.plan.destroys]).toEqual([[], null])
    expect(below(leaf, same.stands)).toEqual(below(leaf, shrunk.stands))
    expect(same.plan.targets.map(({ path }) => path)).not.toContain(leaf)
  })

  it('is undone by the next that wants the component back', () => {
    const back = planned(services('update', 2), one)
    expect(blocking(back)).toEqual([])
    expect(changes(back)).toContain(`remove ${leaf}/configmap-loc-az-hci-besu-2-removed.yaml`)
    expect(below(leaf, back.stands).sort()).toEqual(below(leaf, created.stands).sort())
  })

  it('stays away through a removal of the rest', () => {
    const lifted = planned(services('delete', 0), one)
    const open = applied(one, lifted)
    const removed = planned(services('delete', 0), open)
    for (const made of [lifted, removed]) {
      expect(blocking(made)).toEqual([])
      expect(changes(made).some((change) => change.includes(leaf))).toBe(false)
      expect(below(leaf, made.stands)).toEqual(below(leaf, shrunk.stands))
    }
    const names = removed.plan.destroys?.objects.map(({ name }) => name) ?? []
    expect(names.some((name) => name.includes('besu-2'))).toBe(false)
  })
})

describe.each(['argocd', 'flux'] as const)('the name of what was removed, on %s', (engine) => {
  const remove = (snapshot: Snapshot): Snapshot => {
    const open = applied(snapshot, planned(services('delete', 0), snapshot))
    return applied(open, planned(services('delete', 0), open))
  }
  const { both } = lives(engine)
  const gone = remove(both)
  const other: Request = {
    ...{ action: 'create', template: 'virtual-machine', name: 'loc-az-hci-services' },
    parameters: { site: 'r630-01', memory: { value: 4, unit: 'GiB' } },
  }

  it('can be given to something else; the markers stay', () => {
    const made = planned(other, gone)
    expect(blocking(made)).toEqual([])
    expect(made.plan.destroys).toBeNull()
    expect(changes(made).every((change) => change.startsWith('add '))).toBe(true)
    for (const { path } of gone.standing)
      expect(made.stands.map((file) => file.path)).toContain(path)
  })

  it('does not hold a directory that another resource has taken over', () => {
    const taken = gone.standing
      .filter(({ path }) => path.includes('besu-2/'))
      .map(({ path }) => path)
    const made = planned(other, { ...gone, takenPaths: taken })
    expect(taken.length).toBeGreaterThan(1)
    expect(blocking(made)).toEqual([])
    expect(below('besu-2/', made.stands)).toEqual([])
  })
})

it('what stands outside every leaf is nobody’s to remove', () => {
  const { both } = lives('argocd')
  const odd = { ...both, standing: [...both.standing, { path: 'clusters/x.yaml', digest: 'd' }] }
  expect(blocking(planned(services('update', 2), odd))).toContain('OWN-PATHS')
})
