// Rendering: what was planned once renders again to the same bytes, one object per file, and the difference to what stands.
import { describe, expect, it } from 'vitest'
import type { Snapshot } from '../schemas/snapshot.ts'
import { exampleCluster } from '../templates/example-inputs.ts'
import type { plan } from './plan.ts'
import { renderAgain } from './plan-again.ts'
import { changedFiles, kustomization } from './render.ts'
import {
  applied,
  CHAIN_REQUEST,
  chainSnapshot,
  planned,
  sha256,
  snapshotOf,
  VM_REQUEST,
} from './world.fixture.ts'

type Request = Parameters<typeof plan>[0]
const DELETE: Request = {
  action: 'delete',
  template: 'virtual-machine',
  name: 'web',
  parameters: {},
}

/** What an actor keeps of a snapshot: without neighbours, and through JSON. */
const stored = (snapshot: Snapshot): Snapshot =>
  JSON.parse(
    JSON.stringify({ ...snapshot, uses: [], takenVmIds: [], takenAddresses: [], takenNames: [] }),
  )

/** Plans a row of requests, each applied before the next. */
const history = (start: Snapshot, requests: Request[]) => {
  let snapshot = start
  return requests.map((request) => {
    const made = planned(request, snapshot)
    const before = snapshot
    snapshot = applied(snapshot, made)
    return { request, snapshot: before, made }
  })
}

describe.each(['argocd', 'flux'] as const)('a stored plan on %s', (engine) => {
  const clusters = [exampleCluster(engine)]
  const uses = [
    {
      host: 'a-1',
      yours: { vms: 1, cores: 1, memoryMiB: 1, diskGiB: 1 },
      others: { vms: 1, cores: 1, memoryMiB: 1, diskGiB: 1 },
    },
  ]
  const busy = {
    uses,
    takenVmIds: [20_000, 20_001],
    takenAddresses: ['10.0.0.10'],
    takenNames: ['other'],
  }
  const bigger = {
    ...VM_REQUEST,
    action: 'update',
    parameters: { ...VM_REQUEST.parameters, cores: 8 },
  } as const
  const lives = [
    ...history(snapshotOf({ clusters, ...busy }), [VM_REQUEST, bigger, DELETE, DELETE, VM_REQUEST]),
    ...history(chainSnapshot({ clusters, ...busy }), [CHAIN_REQUEST]),
    ...history(snapshotOf({ clusters }), [
      { action: 'create', template: 'tenant-base', name: 'base', parameters: {} },
    ]),
  ]

  it.each(
    lives.map((life, at) => ({ ...life, at, what: `${life.request.action} ${life.request.name}` })),
  )(
    '$at $what: renders again to the bytes of the plan, after the world has moved on',
    ({ request, snapshot, made }) => {
      const again = renderAgain(
        JSON.parse(JSON.stringify(request)),
        JSON.parse(JSON.stringify(made.plan)),
        stored(snapshot),
        sha256,
      )
      expect(again.length).toBeGreaterThan(0)
      expect(again).toEqual(made.files)
    },
  )

  it('is one document and one object per file, listed beside it', () => {
    const { files } = planned(CHAIN_REQUEST, chainSnapshot({ clusters }))
    for (const { path, content } of files) {
      expect(path).toMatch(/^(?:rendered\/core|clusters\/core\/flux)\/60-chain\/[a-z0-9-]+\.yaml$/)
      expect(content?.startsWith('apiVersion: "')).toBe(true)
      expect(content?.endsWith('\n')).toBe(true)
      expect(content).not.toMatch(/^(?:---|\.\.\.)/m)
    }
    expect(files.some(({ path }) => path.startsWith('clusters/'))).toBe(engine === 'flux')
  })
})

describe('the difference to what stands', () => {
  const file = (path: string, content: string) => ({ path, content, digest: `d:${content}` })
  it('is additions, changes and removals in the order of paths, and nothing that is the same', () => {
    const next = [file('d', 'new'), file('b', 'same'), file('a', 'other')]
    const before = [
      { path: 'a', digest: 'd:one' },
      { path: 'b', digest: 'd:same' },
      { path: 'c', digest: 'd:gone' },
    ]
    expect(changedFiles(next, before)).toEqual([
      { path: 'a', content: 'other', digest: 'd:other', action: 'change' },
      { path: 'c', content: null, digest: null, action: 'remove' },
      { path: 'd', content: 'new', digest: 'd:new', action: 'add' },
    ])
    expect(changedFiles([], [])).toEqual([])
  })
})

describe('a kustomization', () => {
  it('lists its resources sorted, whatever their order', () => {
    expect(kustomization('x', ['b.yaml', 'a.yaml'])).toBe(kustomization('x', ['a.yaml', 'b.yaml']))
    expect(kustomization('x', ['b.yaml', 'a.yaml'])).toBe(
      'apiVersion: "kustomize.config.k8s.io/v1beta1"\nkind: "Kustomization"\nmetadata:\n  name: "x"\nresources:\n  - "a.yaml"\n  - "b.yaml"\n',
    )
  })
})
