// Flux's events: who may send one, and what it says in our words.
import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { translateFlux, verifyFlux } from './flux.ts'

const SHA = 'c'.repeat(40)

const event = (changes: object = {}) => ({
  involvedObject: {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    name: '60-smom-dbis-138',
    namespace: 'dbis',
    uid: '7d0cdc51-ddcf-4743-b223-83ca5c699632',
  },
  severity: 'info',
  timestamp: '2026-08-01T10:00:00Z',
  message: 'Reconciliation finished in 1s, next run in 10m0s',
  reason: 'ReconciliationSucceeded',
  metadata: { revision: `live@sha1:${SHA}`, repository: 'dbis/infrastructure', cluster: 'edge-2' },
  reportingController: 'kustomize-controller',
  ...changes,
})
const about = (name: string, namespace: string) => ({
  involvedObject: { ...event().involvedObject, name, namespace },
})
const said = (changes?: object) => {
  const result = translateFlux('edge-2', event(changes))
  return result.ok ? result.value : result.refusal.problem
}

describe('the signature', () => {
  const raw = new TextEncoder().encode(JSON.stringify(event()))
  const good = `sha256=${createHmac('sha256', 's3cret').update(raw).digest('hex')}`
  const verify = (value: string | undefined, bytes = raw, secret = 's3cret') =>
    verifyFlux(secret, new Headers(value === undefined ? {} : { 'X-Signature': value }), bytes)

  it('over the exact bytes is taken', async () => expect(await verify(good)).toBe(true))
  it.each([
    ['one other digit', good.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'))],
    ['cut short', good.slice(0, -2)],
    ['another algorithm', good.replace('sha256', 'sha512')],
    ['no algorithm', good.slice(7)],
    ['nothing', undefined],
    ['empty', ''],
  ])('%s is refused', async (_, value) => expect(await verify(value)).toBe(false))
  it('over another body is refused', async () => {
    expect(await verify(good, new TextEncoder().encode(`${JSON.stringify(event())} `))).toBe(false)
  })
  it('with another secret is refused, and an empty secret matches nothing', async () => {
    expect(await verify(good, raw, 'other')).toBe(false)
    const empty = createHmac('sha256', '').update(raw).digest('hex')
    expect(await verify(`sha256=${empty}`, raw, '')).toBe(false)
  })
})

describe('the state', () => {
  it.each([
    ['ReconciliationSucceeded', 'info', 'healthy'],
    ['Progressing', 'info', 'progressing'],
    ['DependencyNotReady', 'info', 'progressing'],
    ['HealthCheckCanceled', 'info', 'progressing'],
    ['HealthCheckFailed', 'error', 'degraded'],
    ['PruneFailed', 'error', 'degraded'],
    ['BuildFailed', 'error', 'failed'],
    ['ReconciliationFailed', 'error', 'failed'],
    ['ArtifactFailed', 'error', 'failed'],
    ['SomethingNew', 'error', 'failed'],
    ['SomethingNew', 'info', 'progressing'],
    ['constructor', 'info', 'progressing'],
    ['ReconciliationSucceeded', 'error', 'failed'],
  ])('%s (%s) is %s', (reason, severity, state) => {
    expect(said({ reason, severity })).toMatchObject({
      cluster: 'edge-2',
      repository: 'dbis/infrastructure',
      component: '60-smom-dbis-138',
      revision: SHA,
      state,
      simulated: false,
    })
  })
  it('a health check that passed is healthy', () => {
    expect(said({ reason: 'Progressing', message: 'Health check passed in 2s' })).toMatchObject({
      state: 'healthy',
    })
  })
})

describe('what it is about', () => {
  it.each([
    ['60-smom-dbis-138', 'dbis', '60-smom-dbis-138'],
    ['tenant-dbis', 'phoenix-gitops', '10-tenant'],
    ['phoenix-platform', 'phoenix-gitops', '00-platform'],
  ])('%s in %s', (name, namespace, component) =>
    expect(said(about(name, namespace))).toMatchObject({ component }),
  )
  it('metadata keys may still carry their group', () => {
    const metadata = {
      'kustomize.toolkit.fluxcd.io/revision': `live/${SHA}`,
      'event.toolkit.fluxcd.io/repository': 'https://forge.example/dbis/infrastructure.git',
    }
    expect(said({ metadata })).toMatchObject({ repository: 'dbis/infrastructure', revision: SHA })
  })
  it.each([
    ['the entry of all components', about('tenant', 'dbis')],
    ['a source', { involvedObject: { ...event().involvedObject, kind: 'GitRepository' } }],
    ['another API group', { involvedObject: { ...event().involvedObject, apiVersion: 'v1' } }],
    ['a trace', { severity: 'trace' }],
    ['no commit', { metadata: { repository: 'dbis/infrastructure' } }],
  ])('%s is taken and says nothing', (_, changes) => expect(said(changes)).toBeNull())
})

describe('text', () => {
  it('of the engine is not carried over', () => {
    const message = 'Secret/dbis/x dry-run failed: password: hunter2'
    expect(
      JSON.stringify(said({ message, reason: 'ReconciliationFailed', severity: 'error' })),
    ).not.toContain('hunter2')
  })
  it('of a stand-in is, marked', () => {
    expect(said({ message: 'simulated: applied', simulated: true })).toMatchObject({
      simulated: true,
      message: 'simulated: applied',
    })
  })
})

describe('refusals', () => {
  it.each([
    ['null', null],
    ['an array', [event()]],
    ['an empty object', {}],
    ['an unknown severity', event({ severity: 'loud' })],
    ['metadata of another type', event({ metadata: { revision: 7 } })],
    ['a __proto__ key', JSON.parse('{"__proto__": {"reason": "x"}}')],
    ['another cluster', event({ metadata: { ...event().metadata, cluster: 'edge-1' } })],
    ['no repository', event({ metadata: { revision: SHA } })],
  ])('%s', (_, sent) => {
    expect(translateFlux('edge-2', sent)).toMatchObject({
      ok: false,
      refusal: { problem: 'malformed-request' },
    })
  })
})
