// What a change costs the forge: at most 4 writes until its pull request is open and 12 calls over its whole life, the same
// for one file and for 3,250. Counted on the wire, through the real actors, against a real forge.
// Where the forge's webhooks arrive that holds however long it waits; where none ever does, it is looked at now and then
// (tenant/watch-times.ts), and what that costs is counted here as well.
// Where main is ahead of `live` when a change is proposed, one comparison comes on top (propose.ts, nothingUnseen). So it does for a
// revert; that of an update reads another, and each file that it takes back (undo.ts). The look at the repository every six hours
// (tenant/drift/forge.ts) costs two calls for a tenant, whatever the number of changes.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type ForgeHandle, startForge } from '../functions/local/forge/forge.ts'
import { ACCOUNTS, receiveHooks } from '../functions/local/forge/testing.ts'
import { passTime } from '../functions/simulator/pass-time.fixture.ts'
import { createTenantWorld, REPOSITORY } from '../functions/simulator/tenant-world.ts'
import type { Result } from '../schemas/result.ts'
import { planBody } from './plan-body/body.ts'
import { CHAIN_REQUEST, chainSnapshot, planned } from './world.fixture.ts'

const WRITES_UNTIL_OPEN = 4
const CALLS_OF_A_LIFE = 12
const MANY = 3_250
const APP = ACCOUNTS.find(({ kind }) => kind === 'app')

let home: string
let forge: ForgeHandle
let asked: string[] = []

/** `POST /git/trees`: the verb of a call, without what is the change's own. */
const verbOf = (url: string, method: string): string => {
  const path = new URL(url).pathname
    .replaceAll('%2F', '/')
    .replace(/^\/api\/v3\/repos\/[^/]+\/[^/]+/, '')
  return `${method} ${path
    .replace(/\/branches\/.*/, '/branches/…')
    .replace(/\/compare\/.*/, '/compare/…')
    .replace(/\/refs\/heads\/live$/, '/refs/live')
    .replace(/\/refs\/heads\/.*/, '/refs/…')
    .replace(/\/pulls\/\d+/, '/pulls/…')}`
}
const counting: typeof fetch = (input, init) => {
  asked.push(verbOf(String(input), init?.method ?? 'GET'))
  return fetch(input, init)
}
const writesOf = (calls: string[]): string[] => calls.filter((call) => !call.startsWith('GET '))
const tally = (calls: string[]): Record<string, number> =>
  Object.fromEntries(
    [...Map.groupBy(calls, (call) => call)].map(([call, all]) => [call, all.length]).sort(),
  )
const unwrap = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(`${result.refusal.problem}: ${result.refusal.detail}`)
  return result.value
}

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'phoenix-calls-'))
  forge = await startForge({ home, accounts: ACCOUNTS })
  for (const fullName of [REPOSITORY, 'acme/one', 'acme/many']) {
    await forge.createRepository({
      ...{ fullName, files: [{ path: 'README.md', content: '# Start\n' }], message: 'Start\n' },
      ...{ author: { name: 'P', email: 'p@example.org' }, date: '2026-01-01T00:00:00Z' },
    })
  }
})
afterAll(async () => {
  await forge.close()
  await rm(home, { recursive: true, force: true })
})

const openWorld = () =>
  createTenantWorld({
    forge: { apiUrl: `${forge.url}/api/v3`, token: APP?.token ?? '', fetch: counting },
  })

describe('a change of the tenant', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }))
  afterEach(() => vi.useRealTimers())

  it('opens its pull request with 4 writes and lives from request to applied on 12 calls', async () => {
    const world = await openWorld()
    asked = []
    const { id, pullRequest, gate } = await world.propose(world.vmRequest('web'))
    expect(pullRequest?.number).toBe(1)
    const opened = asked.indexOf('POST /pulls')
    expect(writesOf(asked.slice(0, opened + 1))).toHaveLength(WRITES_UNTIL_OPEN)
    expect(gate.state).toBe('red')
    const landed = await world.land(id)
    expect(landed.state).toBe('promoted')
    // What was put off for a while is work too.
    vi.setSystemTime(Date.now() + 600_000)
    await world.settle()
    await world.report(landed, 'progressing')
    await world.report(landed, 'healthy')
    await world.settle()
    expect((await world.read(id)).state).toBe('applied')
    console.log('one virtual machine, request to applied:', tally(asked))
    expect(asked).toHaveLength(CALLS_OF_A_LIFE)
  })

  it('costs no call more when the forge tells of everything it did', async () => {
    const world = await openWorld()
    const hooks = await receiveHooks()
    forge.setWebhook({ url: hooks.url, secret: world.env.FORGE_WEBHOOK_SECRET })
    const told = async (action: string) => {
      const { headers, body } = await hooks.next('pull_request', action)
      const names = ['x-hub-signature-256', 'x-github-event'] as const
      const sent = Object.fromEntries(names.map((name) => [name, String(headers[name])]))
      const answer = await world.http('POST', '/webhooks/github', { body, headers: sent })
      expect(answer.status).toBe(202)
      await world.settle()
    }
    asked = []
    const { id } = await world.propose(world.vmRequest('told'))
    await told('opened')
    await world.land(id)
    await told('closed')
    forge.setWebhook(null)
    vi.setSystemTime(Date.now() + 600_000)
    await world.settle()
    expect((await world.read(id)).state).toBe('promoted')
    expect(asked).toHaveLength(CALLS_OF_A_LIFE)
  })

  const HOUR = 3_600_000
  it.each([
    ['an hour', HOUR],
    ['a day', 24 * HOUR],
  ])(
    'that waits %s for its approval costs no call more where the forge tells of what happens',
    async (_, wait) => {
      const world = await openWorld()
      asked = []
      const { id } = await world.propose(world.vmRequest(`quiet-${wait / HOUR}`))
      await world.hint('opened', { senderIsApp: true })
      await passTime(world, wait)
      await world.land(id)
      await passTime(world, HOUR)
      expect((await world.read(id)).state).toBe('promoted')
      console.log(`waited ${wait / HOUR} h, with webhooks:`, asked.length)
      expect(asked).toHaveLength(CALLS_OF_A_LIFE)
    },
  )

  it.each([
    ['an hour', HOUR, 8],
    ['a day', 24 * HOUR, 24],
  ])(
    'that waits %s costs at most so many calls more where no webhook ever arrives',
    async (_, wait, atMost) => {
      const world = await openWorld()
      const more: number[] = []
      // Whatever the jitter says.
      for (const chance of [0, 1]) {
        vi.spyOn(Math, 'random').mockReturnValue(chance)
        asked = []
        const { id } = await world.propose(world.vmRequest(`deaf-${wait / HOUR}-${chance}`))
        await passTime(world, wait)
        await world.land(id)
        await passTime(world, HOUR)
        expect((await world.read(id)).state).toBe('promoted')
        more.push(asked.length - CALLS_OF_A_LIFE)
      }
      vi.restoreAllMocks()
      console.log(`waited ${wait / HOUR} h, without webhooks: calls more`, more)
      for (const calls of more) expect(calls).toBeLessThanOrEqual(atMost)
    },
  )

  it('asks the forge nothing for reading the change, its plan, files, diff and the resources', async () => {
    const world = await openWorld()
    const { id } = await world.propose(world.vmRequest('db'))
    asked = []
    for (const path of ['', '/plan', '/files', '/diff'])
      expect((await world.send('GET', `/changes/${id}${path}`)).status).toBe(200)
    expect((await world.send('GET', '/resources')).status).toBe(200)
    expect(asked).toEqual([])
  })
})

describe('the number of files', () => {
  /** Everything the Repository actor does in a change's life, in order. */
  const live = async (repository: string, count: number): Promise<string[]> => {
    const world = await openWorld()
    const actor = world.repository.namespace.getByName(repository)
    const { plan } = planned(CHAIN_REQUEST, chainSnapshot())
    const change = {
      ...{ id: `chg_${'a'.repeat(26)}`, revision: 1, fingerprint: 'f'.repeat(64) },
      ...{ requester: 'rita', acceptedAt: '2026-11-21T12:00:00.000Z' },
    }
    const files = Array.from({ length: count }, (_, index) => ({
      path: `rendered/lab/60-fleet-${index % 13}/configmap-region-${index}.yaml`,
      content: `apiVersion: "v1"\nkind: "ConfigMap"\nmetadata:\n  name: "region-${index}"\n`,
    }))
    const branch = `phoenix/acme/${change.id}`
    const job = { change, branch, plan, files, earlier: null }
    asked = []
    const { pull, commitSha } = unwrap(await actor.propose(repository, job))
    expect(writesOf(asked)).toHaveLength(WRITES_UNTIL_OPEN)
    const gate = { headSha: commitSha, title: 'x', summary: 'x', detailsUrl: world.env.PUBLIC_URL }
    for (const green of [false, true])
      unwrap(await actor.gate(repository, { ...gate, green, externalId: change.id }))
    const { mergeSha } = unwrap(
      await actor.merge(repository, {
        ...{ number: pull.number, expectedHead: commitSha, title: 'Take it', message: 'x' },
        expectedBody: planBody(plan, change, world.env.PUBLIC_URL),
      }),
    )
    const { line } = unwrap(await actor.pending(repository))
    expect(line.map(({ sha }) => sha)).toEqual([mergeSha])
    unwrap(await actor.promote(repository, mergeSha))
    unwrap(await actor.deleteBranch(repository, branch))
    return asked
  }

  it('changes no count: 1 and 3,250 cost the same calls in the same order', async () => {
    // The platform's log compares itself with the forge and its witnesses when it wakes: that is no change's.
    const own = (calls: string[]) =>
      calls.filter((call) => !/log(?:\/anchor|\/cosign|$)|branches\/log/.test(call))
    const one = own(await live('acme/one', 1))
    const many = own(await live('acme/many', MANY))
    console.log(`1 and ${MANY} files:`, tally(many))
    const plain = (calls: string[]) => calls.map((call) => call.replace(/acme\/\w+/, ''))
    expect(many.length).toBeLessThanOrEqual(CALLS_OF_A_LIFE)
    expect(plain(many)).toEqual(plain(one))
  })
})
