// Argo CD's reports: who may send one, and what it says in our words.
import { describe, expect, it } from 'vitest'
import { translateArgocd, verifyArgocd } from './argocd.ts'

const SHA = 'a'.repeat(40)
const OLDER = 'b'.repeat(40)
const raw = new TextEncoder().encode('{}')

interface Changes {
  path?: string
  repoURL?: string
  sync?: unknown
  health?: unknown
  operationState?: unknown
}
const body = (changes: Changes = {}, more: object = {}) => ({
  app: {
    metadata: { name: 'dbis-60-smom-dbis-138' },
    spec: {
      source: {
        repoURL: changes.repoURL ?? 'https://forge.example/dbis/infrastructure.git',
        path: changes.path ?? 'rendered/edge-1/60-smom-dbis-138',
      },
    },
    status: {
      reconciledAt: '2026-08-01T10:00:00Z',
      sync: changes.sync ?? { status: 'Synced', revision: SHA },
      health: changes.health ?? { status: 'Healthy' },
      operationState: changes.operationState ?? {
        phase: 'Succeeded',
        syncResult: { revision: OLDER },
        awaitsConfirmation: false,
      },
    },
  },
  ...more,
})
const said = (changes?: Changes, more?: object) => {
  const result = translateArgocd('edge-1', body(changes, more))
  return result.ok ? result.value : result.refusal.problem
}

describe('the bearer secret', () => {
  const headers = (value?: string) =>
    new Headers(value === undefined ? {} : { authorization: value })
  it.each([
    ['the secret itself', 'Bearer s3cret', true],
    ['the scheme in lower case', 'bearer s3cret', true],
    ['another secret', 'Bearer s3creT', false],
    ['a prefix of it', 'Bearer s3cre', false],
    ['more than it', 'Bearer s3cret1', false],
    ['another scheme', 'Basic s3cret', false],
    ['nothing', undefined, false],
    ['an empty bearer', 'Bearer ', false],
  ])('%s', async (_, value, expected) => {
    expect(await verifyArgocd('s3cret', headers(value), raw)).toBe(expected)
  })
  it('an empty secret matches nothing', async () => {
    expect(await verifyArgocd('', headers('Bearer '), raw)).toBe(false)
    expect(await verifyArgocd('', headers(), raw)).toBe(false)
  })
})

describe('the state', () => {
  it.each([
    ['synced and healthy', {}, 'healthy', SHA],
    [
      'an operation under way',
      { operationState: { phase: 'Running', operation: { sync: { revision: OLDER } } } },
      'progressing',
      OLDER,
    ],
    [
      'a failed operation',
      { operationState: { phase: 'Failed', syncResult: { revision: OLDER } } },
      'failed',
      OLDER,
    ],
    ['an operation in error', { operationState: { phase: 'Error' } }, 'failed', SHA],
    [
      'a prune that waits',
      { operationState: { phase: 'Running', awaitsConfirmation: true } },
      'degraded',
      SHA,
    ],
    ['degraded health', { health: { status: 'Degraded' } }, 'degraded', SHA],
    ['out of sync', { sync: { status: 'OutOfSync', revision: SHA } }, 'progressing', SHA],
    ['progressing health', { health: { status: 'Progressing' } }, 'progressing', SHA],
    ['an unknown comparison', { sync: { status: 'Unknown', revision: SHA } }, 'failed', SHA],
    ['a word nobody knows', { health: { status: 'Sparkling' } }, 'progressing', SHA],
  ])('%s', (_, changes, state, revision) => {
    expect(said(changes)).toMatchObject({
      cluster: 'edge-1',
      repository: 'dbis/infrastructure',
      component: '60-smom-dbis-138',
      state,
      revision,
      simulated: false,
    })
  })
})

describe('what differs', () => {
  const applied = { phase: 'Succeeded', syncResult: { revision: SHA }, awaitsConfirmation: false }
  const web = { kind: 'Deployment', namespace: 'dbis', name: 'web', sync: 'OutOfSync', health: '' }
  const saying = (changes: Changes, resources: object[]) => {
    const sent = body(changes)
    const result = translateArgocd('edge-1', {
      app: { ...sent.app, status: { ...sent.app.status, resources } },
    })
    return result.ok ? result.value?.differs : result.refusal.problem
  }
  const out = { sync: { status: 'OutOfSync', revision: SHA }, operationState: applied }

  it('is named where the cluster left a commit that was applied whole', () => {
    expect(saying(out, [web])).toEqual([{ what: 'Deployment dbis/web', how: 'out-of-sync' }])
    expect(saying(out, [])).toEqual([{ what: 'the component', how: 'out-of-sync' }])
  })
  it('is nothing while a commit is on its way', () => {
    const older = { ...applied, syncResult: { revision: OLDER } }
    expect(saying({ ...out, operationState: older }, [web])).toBeUndefined()
    expect(saying({ ...out, operationState: { phase: 'Running' } }, [web])).toBeUndefined()
  })
  it('is what is degraded, where the component is', () => {
    const pod = { ...web, sync: 'Synced', health: 'Degraded' }
    expect(saying({ health: { status: 'Degraded' } }, [pod])).toEqual([
      { what: 'Deployment dbis/web', how: 'degraded' },
    ])
    expect(saying({}, [pod])).toBeUndefined()
  })
  it('carries names of Kubernetes only', () => {
    const hostile = [
      { ...web, kind: '<b>x</b>' },
      { ...web, name: 'a b\nc' },
      { ...web, namespace: '../x' },
    ]
    expect(saying(out, [...hostile, web])).toEqual([
      { what: 'Deployment dbis/web', how: 'out-of-sync' },
    ])
    expect(saying(out, Array(60).fill(web))).toHaveLength(50)
    expect(saying(out, Array(5_001).fill(web))).toBe('malformed-request')
  })
})

describe('what it is about', () => {
  it.each([
    ['the tenant base', 'rendered/edge-1/10-tenant', '10-tenant'],
    ['an entry point', 'clusters/edge-1/argocd/tenant-dbis', 'tenant-dbis'],
  ])('%s', (_, path, component) => expect(said({ path })).toMatchObject({ component }))
  it.each([
    ['https://forge.example/dbis/infrastructure'],
    ['ssh://git@forge.example:22/dbis/infrastructure.git'],
    ['git@forge.example:dbis/infrastructure.git'],
    ['http://127.0.0.1:8788/dbis/infrastructure.git/'],
  ])('the repository in %s', (repoURL) =>
    expect(said({ repoURL })).toMatchObject({ repository: 'dbis/infrastructure' }),
  )
  it.each([['live@sha1:'], ['live/'], ['refs/heads/live/'], ['']])(
    'the commit after %j',
    (prefix) =>
      expect(said({ sync: { status: 'Synced', revision: `${prefix}${SHA}` } })).toMatchObject({
        revision: SHA,
      }),
  )
  it.each([
    ['an application of somebody else', { path: 'guestbook' }],
    ['a deeper path', { path: 'rendered/edge-1/60-x/deeper' }],
    ['no commit', { sync: { status: 'Synced', revision: '' } }],
    ['a tag', { sync: { status: 'Synced', revision: 'v1.0.0' } }],
  ])('%s is taken and says nothing', (_, changes) => expect(said(changes)).toBeNull())
})

describe('text', () => {
  it('of the engine is not carried over', () => {
    expect(JSON.stringify(said({}, { message: 'password=hunter2' }))).not.toContain('hunter2')
  })
  it('of a stand-in is, on one line, marked', () => {
    expect(said({}, { simulated: true, message: 'simulated: a\nb\u0000c' })).toMatchObject({
      simulated: true,
      message: 'simulated: a b c',
    })
  })
})

describe('refusals', () => {
  it.each([
    ['null', null],
    ['a string', 'x'],
    ['an array', []],
    ['an empty object', {}],
    ['a __proto__ key', JSON.parse('{"__proto__": {"app": 1}}')],
    ['a number for a path', { ...body(), app: { ...body().app, spec: { source: { path: 7 } } } }],
    ['another cluster', body({ path: 'rendered/edge-2/60-x' })],
    ['no repository', body({ repoURL: 'https://forge.example' })],
    ['a repository that climbs', body({ repoURL: 'https://forge.example/../..' })],
  ])('%s', (_, sent) => {
    expect(translateArgocd('edge-1', sent)).toMatchObject({
      ok: false,
      refusal: { problem: 'malformed-request' },
    })
  })
})
