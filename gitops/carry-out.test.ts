// Two halves of a decommission: first the guards are lifted, then the objects go and a marker stays. And what an update drops.
import { describe, expect, it } from 'vitest'
import type { Engine } from '../schemas/place.ts'
import type { Snapshot } from '../schemas/snapshot.ts'
import { exampleCluster } from '../templates/example-inputs.ts'
import { type Planned, plan } from './plan.ts'
import {
  applied,
  CHAIN_REQUEST,
  chainSnapshot,
  planned,
  rulesOf,
  sha256,
  snapshotOf,
  VM_REQUEST,
} from './world.fixture.ts'

const DELETE = {
  action: 'delete',
  template: 'virtual-machine',
  name: 'web',
  parameters: {},
} as const
const LEAF = 'rendered/core/60-web'
const changes = ({ plan }: Planned) => plan.files.map(({ path, action }) => `${action} ${path}`)
const contentOf = ({ files }: Planned, path: string) =>
  files.find((file) => file.path === path)?.content ?? ''

/** Create, lift, remove, each applied before the next. */
const lives = (engine: Engine) => {
  const empty = snapshotOf({ clusters: [exampleCluster(engine)] })
  const created = planned(VM_REQUEST, empty)
  const standing = applied(empty, created)
  const lifted = planned(DELETE, standing)
  const open = applied(standing, lifted)
  const removed = planned(DELETE, open)
  return { empty, created, standing, lifted, open, removed, gone: applied(open, removed) }
}

describe('the first half', () => {
  const { created, lifted } = lives('argocd')

  it('is said to be that, and changes exactly the guarded objects', () => {
    expect(lifted.plan.phase).toBe('lift-guards')
    expect(changes(lifted)).toEqual([`change ${LEAF}/environmentvm-web.yaml`])
    const path = `${LEAF}/environmentvm-web.yaml`
    expect(contentOf(created, path)).toContain('kustomize.toolkit.fluxcd.io/prune')
    expect(contentOf(created, path)).toContain('protection: true')
    expect(contentOf(lifted, path)).not.toContain('kustomize.toolkit.fluxcd.io/prune')
    expect(contentOf(lifted, path)).not.toContain('Prune=confirm')
  })

  it('warns of both, and lists everything that will go, with a digest', () => {
    expect(rulesOf(lifted.plan.findings)).toEqual(
      expect.arrayContaining(['DESTROYS', 'GUARDS-LIFTED']),
    )
    expect(
      lifted.plan.destroys?.objects.map(({ kind, holdsData }) => `${kind} ${holdsData}`),
    ).toEqual(['EnvironmentDownloadFile false', 'EnvironmentFile false', 'EnvironmentVM true'])
    expect(lifted.plan.destroys?.digest).toMatch(/^sha256:[0-9a-f]{64}$/)
  })

  it('leaves the same files standing, so that the second half can be told from it', () => {
    expect(lifted.stands.map(({ path }) => path)).toEqual(created.stands.map(({ path }) => path))
    expect(lifted.stands).not.toEqual(created.stands)
  })
})

describe('the second half', () => {
  const { lifted, removed } = lives('argocd')

  it('removes every object, and leaves a marker that keeps the directory', () => {
    expect(removed.plan.phase).toBe('remove')
    expect(changes(removed)).toEqual([
      `add ${LEAF}/configmap-web-removed.yaml`,
      `remove ${LEAF}/environmentdownloadfile-web-image-a-1.yaml`,
      `remove ${LEAF}/environmentfile-web.yaml`,
      `remove ${LEAF}/environmentvm-web.yaml`,
      `change ${LEAF}/kustomization.yaml`,
    ])
    for (const { content, path } of removed.files)
      expect(content === null, path).toBe(path.includes('environment'))
    expect(removed.stands.map(({ path }) => path)).toEqual([
      `${LEAF}/configmap-web-removed.yaml`,
      `${LEAF}/kustomization.yaml`,
    ])
  })

  it('destroys what the first half announced: the same list under the same digest', () => {
    expect(removed.plan.destroys).toEqual(lifted.plan.destroys)
  })

  it('asks for nothing, and leaves nothing of the tenant’s on the host', () => {
    expect(removed.plan.quota.every(({ asked, fits }) => asked === 0 && fits)).toBe(true)
    expect(removed.plan.capacity[0]?.yoursAfter.vms).toBe(0)
  })
})

describe('afterwards', () => {
  const { gone, created } = lives('argocd')

  it('the name is free: a creation takes the marker away and puts the same files there', () => {
    const again = planned(VM_REQUEST, gone)
    expect(changes(again)).toContain(`remove ${LEAF}/configmap-web-removed.yaml`)
    expect(again.stands).toEqual(created.stands)
  })

  it('a deletion finds nothing', () => {
    const result = plan(DELETE, gone, sha256)
    expect(result.ok || rulesOf(result.refusal.findings ?? [])).toEqual(['RESOURCE-UNKNOWN'])
  })
})

describe('on Flux', () => {
  const { created, removed } = lives('flux')
  it('the entry that leads to the directory stays until the marker is all there is', () => {
    const entries = (made: Planned) => made.stands.filter(({ path }) => path.includes('/flux/'))
    expect(entries(created)).toHaveLength(2)
    expect(entries(removed)).toEqual(entries(created))
    expect(changes(removed).some((change) => change.includes('/flux/'))).toBe(false)
  })
})

describe('a quota that was lowered', () => {
  it('does not keep anybody from deleting', () => {
    const { standing, open } = lives('argocd')
    const quota = { vms: 0, cores: 0, memoryMiB: 0, diskGiB: 0 }
    const lowered = (snapshot: Snapshot) => ({ ...snapshot, tenant: { ...snapshot.tenant, quota } })
    for (const snapshot of [standing, open])
      expect(rulesOf(planned(DELETE, lowered(snapshot)).plan.findings)).not.toContain('QUOTA')
  })
})

describe('an update that drops machines', () => {
  const created = planned(CHAIN_REQUEST, chainSnapshot())
  const standing = applied(chainSnapshot(), created)
  const size = { value: 8, unit: 'GiB' }
  const group = (role: string, count: number) => ({
    role,
    count,
    cores: 4,
    memory: size,
    disk: size,
  })
  const shrink = (sentries: number) => {
    const groups = [group('validator', 4), group('sentry', sentries)]
    const parameters = { ...CHAIN_REQUEST.parameters, groups }
    const identities = standing.identities.filter(
      ({ node }) =>
        /validator|sentry/.test(node) &&
        Number(node.slice(-2)) <= (node.startsWith('sentry') ? sentries : 4),
    )
    return planned({ ...CHAIN_REQUEST, action: 'update', parameters }, { ...standing, identities })
  }

  it('names exactly the objects that go; another set has another digest', () => {
    const three = shrink(3)
    const names = three.plan.destroys?.objects
      .filter(({ kind }) => kind === 'EnvironmentVM')
      .map(({ name }) => name)
    expect(names).toEqual([
      'chain-archive-01',
      'chain-bootnode-01',
      'chain-bootnode-02',
      'chain-cloudflare-tunnel-01',
      'chain-monitoring-01',
      'chain-nginx-proxy-01',
      'chain-oracle-01',
      'chain-rpc-01',
      'chain-rpc-02',
      'chain-rpc-03',
      'chain-sentry-04',
    ])
    expect(shrink(2).plan.destroys?.digest).not.toBe(three.plan.destroys?.digest)
    expect(shrink(3).plan.destroys?.digest).toBe(three.plan.destroys?.digest)
  })

  it('removes their files and keeps those of the others', () => {
    const three = shrink(3)
    const removed = three.plan.files
      .filter(({ action }) => action === 'remove')
      .map(({ path }) => path)
    expect(removed.some((path) => path.includes('sentry-04'))).toBe(true)
    expect(removed.some((path) => path.includes('validator'))).toBe(false)
  })
})

describe('a deletion that names a newer version', () => {
  it('is of what stands: its objects are listed and its directories are kept', () => {
    const base = { template: 'tenant-base', name: 'base', parameters: {} }
    const empty = snapshotOf({ basesOn: [] })
    const old = applied(empty, planned({ ...base, action: 'create', version: '1.0.0' }, empty))
    const plain = planned({ ...base, action: 'delete' }, old)
    const named = planned({ ...base, action: 'delete', version: '1.1.0' }, old)
    expect(named.plan.template.version).toBe('1.0.0')
    expect(named).toEqual(plain)
  })
})
