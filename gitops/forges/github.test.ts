// The GitHub adapter sits the examination over the local forge, and meets what can go wrong on the wire: every verb gives the
// same answer to the same failure, and no half answer ever becomes a result.
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  ACCOUNTS,
  AT,
  commitOver,
  openForge,
  type TestForge,
} from '../../functions/local/forge/testing.ts'
import { commitId } from '../../functions/simulator/git-ids.ts'
import type { Forge } from '../../schemas/ports.ts'
import { Denied, Outage } from '../../schemas/result.ts'
import { type Candidate, everyVerb, examineForge } from './examination.ts'
import { createGitHubForge } from './github.ts'

const REPOSITORY = 'dbis/gitops'
const forgeAt = (baseUrl: string, token = 'app-token', more: object = {}): Forge =>
  createGitHubForge({ baseUrl, token, repository: REPOSITORY, fetch, ...more })

const EVENTS = {
  approved: 'APPROVE',
  changes_requested: 'REQUEST_CHANGES',
  commented: 'COMMENT',
} as const

const personAt = (local: TestForge): Candidate['person'] => ({
  push: async (branch, path, content) => {
    const { sha } = await commitOver(local, { base: branch, files: { [path]: content } })
    await local.as('ada').git.updateRef({ ...AT, ref: `heads/${branch}`, sha })
    return sha
  },
  review: async (number, state) => {
    if (state === 'dismissed') throw new Error('nobody dismisses here')
    const event = EVENTS[state]
    const { data } = await local
      .as('ada')
      .pulls.createReview({ ...AT, pull_number: number, event, body: 'Read' })
    return { login: 'ada', account: data.user?.id ?? 0 }
  },
})

/** A port that nobody listens on. */
const closedPort = async (): Promise<number> => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

examineForge(
  'GitHub',
  async () => {
    const local = await openForge()
    const baseUrl = `${local.url}/api/v3`
    return {
      forge: forgeAt(baseUrl),
      denied: forgeAt(baseUrl, 'nobody-knows-this'),
      unreachable: forgeAt(`http://127.0.0.1:${await closedPort()}/api/v3`),
      person: personAt(local),
      accounts: {
        ...{ holder: 'ada', keyless: 'eve' },
        keys: ACCOUNTS.find(({ login }) => login === 'ada')?.keys ?? [],
      },
    }
  },
  commitId,
)

describe('an account that may only read', () => {
  it('reads, and is denied every write', async () => {
    const local = await openForge()
    const token = ACCOUNTS.find(({ kind }) => kind === 'read')?.token ?? ''
    const forge = forgeAt(`${local.url}/api/v3`, token)
    expect(await forge.readBranch('main')).not.toBeNull()
    expect(await forge.findPulls('new')).toEqual([])
    const writes = ['writeCommit', 'createBranch', 'moveBranch', 'openPull', 'postGate'] as const
    for (const verb of writes) await expect(everyVerb[verb](forge), verb).rejects.toThrow(Denied)
  })
})

describe('the check', () => {
  const sha = 'a'.repeat(40)
  const posted = async (text?: string): Promise<object> => {
    let body: unknown
    const forge = forgeAt('https://forge.invalid', 'app-token', {
      fetch: async (_: string, init: RequestInit) => {
        body = JSON.parse(String(init.body))
        return Response.json({ head_sha: sha }, { status: 201 })
      },
    })
    await forge.postGate({
      ...{ headSha: sha, green: true, title: 'approved', summary: 'Short.' },
      ...{ detailsUrl: 'https://phoenix.example/changes/chg_1', externalId: 'chg_1' },
      ...(text === undefined ? {} : { text }),
    })
    return (body as { output: object }).output
  }

  it('has its text below its summary, and none where there is none', async () => {
    const output = { title: 'approved', summary: 'Short.' }
    expect(await posted('```text\nnote\n```\n')).toEqual({
      ...output,
      text: '```text\nnote\n```\n',
    })
    expect(await posted()).toEqual(output)
  })

  it('leaves out whole what is longer than GitHub takes: half of it would prove nothing', async () => {
    expect(await posted('x'.repeat(65_535))).toHaveProperty('text')
    expect(await posted('x'.repeat(65_536))).not.toHaveProperty('text')
  })
})

type Answer = (response: ServerResponse) => void
const HTML = '<!doctype html><title>Unicorn!</title><h1>We are having a bad day</h1>'
const json =
  (status: number, body: string, headers: Record<string, string> = {}): Answer =>
  (response) =>
    void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)
const html =
  (status: number): Answer =>
  (response) =>
    void response.writeHead(status, { 'content-type': 'text/html' }).end(HTML)

/** Answers every request the same way. */
let answer: Answer = json(500, '{}')
const server = createServer((request, response) => {
  request.resume()
  answer(response)
})
let wire: Forge
/** Gives up after 100 ms, for answers that never end; a busy machine must not make an outage of the others. */
let impatient: Forge
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  wire = forgeAt(`http://127.0.0.1:${port}`)
  impatient = forgeAt(`http://127.0.0.1:${port}`, 'app-token', { timeoutMilliseconds: 100 })
})
afterAll(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const ENDLESS: [string, Answer][] = [
  ['no answer in time', () => {}],
  [
    'a body that never ends',
    (response) =>
      void response.writeHead(200, { 'content-type': 'application/json' }).write('{"sha":'),
  ],
]

const OUTAGES: [string, Answer, number?][] = [
  ['a connection that is cut', (response) => response.destroy()],
  [
    'half a body',
    (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' })
      response.write('{"number": 1', () => response.destroy())
    },
  ],
  ['truncated JSON', json(200, '{"sha": "0123')],
  ['truncated JSON after a creation', json(201, '{"sha": "0123')],
  ['an empty body', json(200, '')],
  ['JSON of another kind', json(200, '{}')],
  ['a bare null', json(200, 'null')],
  [
    'an id that is none',
    json(200, '{"sha":"../../x","object":{"sha":"x"},"head_sha":"x","commit":{"sha":"x"}}'),
  ],
  ['a page that says 200', html(200)],
  ['a page that says 502', html(502)],
  ['500', json(500, '{}')],
  ['503 with a time', json(503, '{}', { 'retry-after': '17' }), 17],
  ['429 with a time', json(429, '{}', { 'retry-after': '31' }), 31],
  ['429 without', json(429, '{}'), 60],
  ['a secondary limit', json(403, '{}', { 'retry-after': '12' }), 12],
  ['a redirect', json(301, '{}', { location: 'https://forge.invalid/elsewhere' }), 60],
  ['a redirect that keeps the method', json(307, '{}', { location: '/elsewhere' }), 60],
  ['not modified', json(304, '')],
  [
    'a secondary limit that gives no time',
    json(403, '{"message":"You have exceeded a secondary rate limit. Please wait."}'),
    60,
  ],
  ['a spent limit', json(403, '{}', { 'x-ratelimit-remaining': '0' }), 60],
]

describe('on the wire', () => {
  it.each(ENDLESS)('%s is an outage from every verb', async (_, how) => {
    answer = how
    const runs = Object.entries(everyVerb).map(([verb, run]) =>
      expect(run(impatient), verb).rejects.toBeInstanceOf(Outage),
    )
    await Promise.all(runs)
  })

  it.each(OUTAGES)('%s is an outage from every verb', async (_, how, seconds) => {
    answer = how
    const runs = Object.entries(everyVerb).map(async ([verb, run]) => {
      const error = await run(wire).catch((thrown: unknown) => thrown)
      expect(error, verb).toBeInstanceOf(Outage)
      if (seconds !== undefined) expect(error, verb).toMatchObject({ retryAfterSeconds: seconds })
    })
    await Promise.all(runs)
  })

  it('a spent limit that says when it starts again is waited for', async () => {
    const inTwoMinutes = String(Math.floor(Date.now() / 1000) + 120)
    answer = json(403, '{}', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': inTwoMinutes })
    const error = await wire.readBranch('main').catch((thrown: unknown) => thrown)
    const seconds = error instanceof Outage ? error.retryAfterSeconds : 0
    expect(seconds).toBeGreaterThan(60)
    expect(seconds).toBeLessThanOrEqual(120)
  })

  it.each([401, 403, 451])('%i is denied from every verb', async (status) => {
    answer = json(status, '{"message":"no"}')
    for (const [verb, run] of Object.entries(everyVerb))
      await expect(run(wire), verb).rejects.toBeInstanceOf(Denied)
  })

  it('404 is absent where something is read, and never an outage', async () => {
    answer = json(404, '{"message":"Not Found"}')
    expect(await wire.readBranch('main')).toBeNull()
    expect(await wire.readPull(1)).toBeNull()
    expect(await wire.compare('live', 'main')).toBeNull()
    expect(await wire.deleteBranch('b')).toBe('absent')
    for (const verb of ['writeCommit', 'findPulls', 'updatePull', 'postGate'] as const) {
      const error = await everyVerb[verb](wire).catch((thrown: unknown) => thrown)
      expect(error, verb).toBeInstanceOf(Error)
      expect(error, verb).not.toBeInstanceOf(Outage)
    }
  })

  it('an error never carries what the forge said or what we sent', async () => {
    answer = json(418, '{"message":"s3cret app-token"}')
    const error = await wire.readBranch('s3cret').catch((thrown: unknown) => thrown)
    expect(String(error)).toBe('Error: forge: unexpected answer 418')
  })
})

describe('a list longer than a page', () => {
  const shaAt = (number: number) => number.toString(16).padStart(40, '0')
  /** Answers `count` items in pages, and remembers which were asked for. */
  const paged = (count: number, body: (numbers: number[]) => unknown) => {
    const pages: number[] = []
    const fake: typeof fetch = async (input) => {
      const query = new URL(String(input)).searchParams
      const [page, size] = [Number(query.get('page')), Number(query.get('per_page'))]
      pages.push(page)
      const all = Array.from({ length: count }, (_, index) => index)
      return Response.json(body(all.slice((page - 1) * size, page * size)))
    }
    return { pages, forge: forgeAt('http://forge.invalid', 'app-token', { fetch: fake }) }
  }
  const commits = (numbers: number[]) => ({
    base_commit: { sha: shaAt(0xbace), parents: [] },
    commits: numbers.map((number) => ({
      sha: shaAt(number),
      parents: [],
      commit: { message: '' },
    })),
  })

  it.each([
    [0, [1]],
    [99, [1]],
    [100, [1, 2]],
    [250, [1, 2, 3, 1]],
  ])('of %i commits is read whole, with as few calls as it takes: %j', async (count, expected) => {
    const { pages, forge } = paged(count, commits)
    const compared = await forge.compare('live', 'main', { commits: true })
    expect(compared?.commits.map(({ sha }) => sha)).toEqual(
      Array.from({ length: count }, (_, index) => shaAt(index)),
    )
    expect(pages).toEqual(expected)
  })

  it('of commits that nobody asks for costs one call, however many there are', async () => {
    const { pages, forge } = paged(100_000, commits)
    expect(await forge.compare('live', 'main')).toMatchObject({ commits: [] })
    expect(pages).toEqual([1])
  })

  it('of commits shows the files of its last one, though the branch moved between two pages', async () => {
    const asked: string[] = []
    const fake: typeof fetch = async (input) => {
      const { pathname, searchParams } = new URL(String(input))
      const head = decodeURIComponent(pathname).split('...')[1] ?? ''
      asked.push(head)
      const page = Number(searchParams.get('page'))
      // Somebody pushes once the first page is read.
      const [count, blob] = asked.length === 1 ? [150, 1] : [151, 2]
      const all = Array.from({ length: count }, (_, index) => index)
      const size = Number(searchParams.get('per_page'))
      const files = [{ filename: 'a', status: 'modified', sha: shaAt(blob) }]
      return Response.json({
        ...commits(all.slice((page - 1) * size, page * size)),
        ...(page === 1 ? { files, status: 'ahead' } : {}),
      })
    }
    const forge = forgeAt('http://forge.invalid', 'app-token', { fetch: fake })
    const compared = await forge.compare('live', 'main', { commits: true })
    expect(compared?.commits.at(-1)?.sha).toBe(shaAt(150))
    expect(compared?.files).toEqual([{ path: 'a', blob: shaAt(2) }])
    expect(asked.at(-1)).toBe(shaAt(150))
  })

  it('of reviews shows the newest: the one that counts', async () => {
    const { forge } = paged(150, (numbers) =>
      numbers.map((number) => ({
        ...{ user: { login: `u${number}` }, commit_id: shaAt(number) },
        state: number === 149 ? 'CHANGES_REQUESTED' : 'APPROVED',
      })),
    )
    expect((await forge.listReviews(1)).at(-1)).toMatchObject({ state: 'changes_requested' })
  })

  it('without an end is an outage and not a part', async () => {
    const { pages, forge } = paged(100_000, commits)
    const whole = forge.compare('live', 'main', { commits: true })
    await expect(whole).rejects.toMatchObject({ port: 'forge', retryAfterSeconds: 600 })
    expect(pages).toHaveLength(100)
  })
})
