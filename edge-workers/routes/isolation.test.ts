// Nobody sees anybody else, generated from the OpenAPI document: every route, every parameter in its path, and in that place
// what is another tenant's, what was and is gone, and what never was. All three are answered alike: status, body and headers.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  type ApiDocument,
  type DocumentedOperation,
  readDocument,
} from '../../functions/simulator/api-fuzz/document.ts'
import { createTenantWorld, type TenantWorld } from '../../functions/simulator/tenant-world.ts'
import { arbitraryFromSchema } from '../../functions/verify/templates/arbitrary-from-schema.ts'

const OWN = 'acme'
const OTHER = 'bravo'
const PASSING_HEADERS = new Set(['date', 'x-request-id', 'traceparent'])

let world: TenantWorld
let document: ApiDocument
let others: { id: string; tokens: Record<string, string>; known: Map<string, Set<string>> }
const figures = { routes: 0, places: 0, probes: 0, different: 0 }

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  world = await createTenantWorld()
  document = await readDocument({ send: world.http })
  const { id } = await world.createTenant(OTHER, { basesOn: ['lab'] })
  const tokenOf = async (role: 'owner' | 'requester') =>
    (await world.createToken(OTHER, role)).token
  const tokens = { owner: await tokenOf('owner'), requester: await tokenOf('requester') }
  others = { id, tokens, known: new Map() }
  await fillOther()
  await harvest()
})

afterAll(() => {
  vi.useRealTimers()
  console.log(JSON.stringify(figures))
})

const inOther = (path: string) => `/v1/tenants/${OTHER}${path}`
let keys = 0
const post = async (path: string, body: object, token = others.tokens.owner) => {
  keys += 1
  const sent = { token: token ?? '', key: `other-${keys}`, body }
  return (await (await world.http('POST', inOther(path), sent)).json()) as { id?: string }
}

/** One of everything that a tenant can have, and some of it gone again. */
const fillOther = async () => {
  const vm = (name: string) => world.vmRequest(name)
  const { requester } = others.tokens
  const open = await post('/changes', vm('theirs'), requester)
  const gone = await post('/changes', vm('theirs-gone'), requester)
  await world.tenants.alarm(others.id)
  await post(`/changes/${gone.id}/cancel`, {}, requester)
  expect(open.id).toMatch(/^chg_/)
  const token = await post('/tokens', { name: 'gone' })
  await world.http('DELETE', inOther(`/tokens/${token.id}`), {
    ...{ token: others.tokens.owner ?? '', headers: { 'if-match': '*' } },
  })
  await post('/rollouts', { system: 'loc_az_hci' }, requester)
  await post('/service-accounts', { handle: 'robot', roles: ['requester'] })
  await post('/invitations', { roles: ['auditor'] })
  await post('/webhooks', { url: 'https://hooks.example.com/phoenix' })
  await post('/workloads', {
    ...{ name: 'ci', serviceAccount: 'robot', issuer: 'https://issuer.example.com' },
    claims: { sub: 'repo:bravo/app:ref:refs/heads/main' },
  })
}

/** Ids and names that the other tenant's own lists show, by the address of the list. */
const harvest = async () => {
  for (const { method, path, pathParameters } of document.operations) {
    if (method !== 'GET' || pathParameters.join() !== 'tenant') continue
    const address = path.replace('{tenant}', OTHER)
    const answer = await world.http('GET', address, { token: others.tokens.owner ?? '' })
    if (answer.status !== 200 || !answer.headers.get('content-type')?.includes('json')) continue
    const { items } = (await answer.json()) as { items?: Record<string, unknown>[] }
    const names = (items ?? []).flatMap((item) =>
      [item.id, item.name].filter((value) => typeof value === 'string'),
    )
    others.known.set(path, new Set(names as string[]))
  }
}

/** A name of the same form that nobody has: told apart from a real one by nothing but its not being there. */
const neverLike = (known: string): string =>
  /^[a-z]{3}_?[a-z2-7]{16,26}$/.test(known)
    ? known.replace(/[a-z2-7]{8}$/, known.endsWith('aaaaaaaa') ? 'bbbbbbbb' : 'aaaaaaaa')
    : `${known.slice(0, 20)}-never`

const bodyOf = ({ body }: DocumentedOperation): unknown =>
  body ? fc.sample(arbitraryFromSchema(body), { numRuns: 1, seed: 3 })[0] : undefined

const shown = async (operation: DocumentedOperation, address: string, token: string) => {
  figures.probes += 1
  const body = bodyOf(operation)
  const response = await world.http(operation.method, address, {
    ...{ token, key: 'the-same' },
    headers: { 'if-match': '*', 'x-request-id': 'twin-0001' },
    ...(body === undefined ? {} : { body }),
  })
  const stream = response.headers.get('content-type')?.startsWith('text/event-stream')
  if (stream) await response.body?.cancel()
  return {
    status: response.status,
    headers: [...response.headers].filter(([name]) => !PASSING_HEADERS.has(name)),
    text: stream ? '' : await response.text(),
  }
}

const at = (path: string, names: Record<string, string>): string =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) => names[name] ?? 'none')

describe('another tenant', () => {
  it('is one that never was, in the place of the tenant on every route and for every role', async () => {
    const operations = document.operations.filter(({ path }) => path.includes('{tenant}'))
    expect(operations.length).toBeGreaterThan(40)
    for (const operation of operations) {
      figures.routes += 1
      for (const token of Object.values(world.tokens)) {
        const probe = (tenant: string) => {
          const rest = {
            id: `chg_${'a'.repeat(26)}`,
            name: 'theirs',
            month: '2026-11',
            pack: 'gdpr',
          }
          return shown(operation, at(operation.path, { ...rest, tenant }), token)
        }
        const never = await probe('none')
        const label = `${operation.method} ${operation.path}`
        expect(never.status, label).toBe(404)
        for (const tenant of [OTHER, others.id, 'ten_eu_aaaaaaaaaaaaaaaa', 'platform']) {
          figures.places += 1
          expect(await probe(tenant), `${label} ${tenant}`).toEqual(never)
        }
      }
    }
  })
})

describe('another tenant’s things', () => {
  it('are things that never were, in every place of every route and for every role', async () => {
    const operations = document.operations.filter(({ path }) => /\{tenant\}.*\{/.test(path))
    expect(operations.length).toBeGreaterThan(20)
    let compared = 0
    for (const operation of operations) {
      for (const name of operation.pathParameters.filter((each) => each !== 'tenant')) {
        const list = operation.path.slice(0, operation.path.indexOf(`/{${name}}`))
        const theirs = [...(others.known.get(list) ?? [])]
        for (const token of Object.values(world.tokens)) {
          for (const foreign of theirs) {
            const probe = (value: string) =>
              shown(operation, at(operation.path, { tenant: OWN, [name]: value }), token)
            const answer = await probe(foreign)
            const label = `${operation.method} ${operation.path} ${name}=${foreign}`
            // Months, packs and the like are the same words for everybody.
            if (world.ids && /^20\d\d-/.test(foreign)) continue
            figures.places += 1
            compared += 1
            expect(answer.status, label).toBeGreaterThanOrEqual(400)
            const never = await probe(neverLike(foreign))
            const sameText = answer.text.replaceAll(foreign, '*')
            expect({ ...answer, text: sameText }, label).toEqual({
              ...never,
              text: never.text.replaceAll(neverLike(foreign), '*'),
            })
          }
        }
      }
    }
    // Changes, tokens, members, rollouts, invitations, webhooks, workloads.
    const lists = [...others.known].filter(([, names]) => names.size > 0).map(([path]) => path)
    expect(lists.length).toBeGreaterThanOrEqual(3)
    expect(compared).toBeGreaterThan(100)
  })
})
