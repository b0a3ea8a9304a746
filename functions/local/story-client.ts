// What the tests that drive the whole laptop share: a laptop in a folder of its own, typed calls to the API and to the
// forge, the git client, event streams, and waiting for a condition with a bound. Tests only; it decides nothing.
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import * as z from 'zod'
import { Problem } from '../../edge-workers/http/problem.ts'
import { ChangeView } from '../../schemas/change.ts'
import { gitEnvironment } from './forge/git/run.ts'
import { type LocalFile, startLaptop } from './laptop.ts'
import { choosePorts } from './ports.ts'
import { openStateFolder } from './state-folder.ts'

export interface Answer {
  status: number
  headers: Headers
  /** Parsed where the answer is JSON, else the text. */
  body: unknown
}

export interface Sent {
  /** Sent as JSON. */
  body?: unknown
  /** Sent as it is, instead of `body`. */
  raw?: BodyInit
  /** Idempotency-Key. */
  key?: string
  headers?: Record<string, string>
}

export type Send = (method: string, path: string, sent?: Sent) => Promise<Answer>

/** Calls below `base` with one credential, or with none. */
export const caller =
  (base: string, token: string | null): Send =>
  async (method, path, { body, raw, key, headers = {} } = {}) => {
    const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body))
    const response = await fetch(`${base}${path}`, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
        ...headers,
      },
      ...(payload === undefined ? {} : { body: payload, duplex: 'half' as const }),
    })
    const text = await response.text()
    const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '')
    return {
      status: response.status,
      headers: response.headers,
      body: isJson ? JSON.parse(text) : text,
    }
  }

/** The problem document of a refusal, by its short name. Throws when the answer is anything else, or a 5xx. */
export const problemOf = ({ status, headers, body }: Answer) => {
  if (status < 400 || status >= 500 || headers.get('content-type') !== 'application/problem+json')
    throw new Error(`no refusal but ${status}: ${JSON.stringify(body).slice(0, 500)}`)
  const problem = Problem.parse(body)
  if (problem.status !== status) throw new Error('the document names another status')
  return { ...problem, name: problem.type.split('/').at(-1) ?? '' }
}

/** The body of an answer that must have this status. */
export const expectStatus = <T>(answer: Answer, status: number, schema: z.ZodType<T>): T => {
  if (answer.status !== status)
    throw new Error(`not ${status} but ${answer.status}: ${JSON.stringify(answer.body)}`)
  return schema.parse(answer.body)
}

const ASK_AGAIN_MILLISECONDS = 30

/** Asks until the answer is not null. Rejects with what was waited for, and what was seen last, after `within` milliseconds. */
export const until = async <T>(
  what: string,
  ask: () => Promise<T | null>,
  { within = 120_000, seen = () => '' }: { within?: number; seen?: () => string } = {},
): Promise<T> => {
  const end = performance.now() + within
  for (;;) {
    const answer = await ask()
    if (answer !== null) return answer
    if (performance.now() > end)
      throw new Error(`still not so after ${within} ms: ${what} ${seen()}`)
    await delay(ASK_AGAIN_MILLISECONDS)
  }
}

/** One tenant's changes, read with one token. */
export const changesOf = (send: Send, tenant: string) => {
  const root = `/v1/tenants/${tenant}/changes`
  const read = async (id: string): Promise<ChangeView> =>
    expectStatus(await send('GET', `${root}/${id}`), 200, ChangeView)
  return {
    root,
    read,
    /** The change as soon as it fits. */
    when: (
      id: string,
      what: string,
      fits: (change: ChangeView) => boolean,
    ): Promise<ChangeView> => {
      let last: ChangeView | undefined
      const seen = () => `(${last?.state}, ${last?.reason}, gate ${last?.gate.state})`
      return until(
        what,
        async () => {
          last = await read(id)
          return fits(last) ? last : null
        },
        { seen },
      )
    },
    list: async (query = ''): Promise<ChangeView[]> => {
      const Page = z.object({ items: z.array(ChangeView) })
      return expectStatus(await send('GET', `${root}?limit=200${query}`), 200, Page).items
    },
  }
}

export interface StreamEvent {
  id: number | null
  event: string
  data: { from?: string; to?: string; reason?: string | null; actor?: string }
}

const parseFrame = (frame: string): StreamEvent | null => {
  const field = (name: string) =>
    frame
      .split('\n')
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2)
  const [event, id, data] = [field('event'), field('id'), field('data')]
  if (event === undefined || data === undefined) return null
  return { id: id === undefined ? null : Number(id), event, data: JSON.parse(data) }
}

/** Reads a stream of Server-Sent Events up to and with the event that `isLast` names, then hangs up. */
export const readEvents = async (
  url: string,
  token: string,
  { after, isLast }: { after?: number; isLast: (event: StreamEvent) => boolean },
): Promise<StreamEvent[]> => {
  const response = await fetch(url, {
    headers: {
      authorization: `Bearer ${token}`,
      accept: 'text/event-stream',
      ...(after === undefined ? {} : { 'last-event-id': String(after) }),
    },
    signal: AbortSignal.timeout(20_000),
  })
  if (response.status !== 200 || !response.body) throw new Error(`no stream: ${response.status}`)
  const events: StreamEvent[] = []
  let text = ''
  for await (const part of response.body.pipeThrough(new TextDecoderStream())) {
    text += part
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const event = parseFrame(text.slice(0, end))
      text = text.slice(end + 2)
      if (event) events.push(event)
      if (event && isLast(event)) return events
    }
  }
  throw new Error('the stream ended before the event that was waited for')
}

/** Runs the git client, without any configuration of this machine. Rejects with what it said when it fails. */
export const runGit = (folder: string, ...args: string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const env = {
      ...gitEnvironment(),
      GIT_AUTHOR_NAME: 'Somebody',
      GIT_AUTHOR_EMAIL: 'somebody@example.org',
      GIT_COMMITTER_NAME: 'Somebody',
      GIT_COMMITTER_EMAIL: 'somebody@example.org',
    }
    const child = spawn('git', args, { cwd: folder, env })
    let out = ''
    let said = ''
    child.stdout.on('data', (chunk) => {
      out += chunk
    })
    child.stderr.on('data', (chunk) => {
      said += chunk
    })
    child.on('error', reject)
    child.on('close', (code) =>
      code === 0 ? resolve(out.trim()) : reject(new Error(`git ${args[0]}: ${said}`)),
    )
  })

const Ref = z.object({ object: z.object({ sha: z.string() }) })
const Checks = z.object({
  check_runs: z.array(
    z.object({ name: z.string(), conclusion: z.string().nullable(), head_sha: z.string() }),
  ),
})
const Pull = z.object({
  number: z.int(),
  state: z.string(),
  merged_at: z.string().nullable(),
  body: z.string(),
  html_url: z.string(),
  head: z.object({ sha: z.string(), ref: z.string() }),
})
const Refs = z.array(z.object({ ref: z.string(), object: z.object({ sha: z.string() }) }))

/** The tenant's repository on the forge, through its REST API, as one account sees it. */
export const forgeOf = ({ forgeUrl, repository }: LocalFile, token: string) => {
  const send = caller(`${forgeUrl}/api/v3/repos/${repository}`, token)
  return {
    send,
    /** The commit of a branch; null when there is none. */
    tip: async (branch: string): Promise<string | null> => {
      const answer = await send('GET', `/git/ref/heads/${branch}`)
      return answer.status === 404 ? null : expectStatus(answer, 200, Ref).object.sha
    },
    refs: async (): Promise<string[]> =>
      expectStatus(await send('GET', '/git/matching-refs/heads/'), 200, Refs).map(
        ({ ref, object }) => `${ref} ${object.sha}`,
      ),
    /** Conclusion of the required check on a commit; `absent` when nobody posted one. */
    gate: async (sha: string): Promise<string> => {
      const { check_runs } = expectStatus(
        await send('GET', `/commits/${sha}/check-runs`),
        200,
        Checks,
      )
      const found = check_runs.find(
        ({ name, head_sha }) => name === 'phoenix/gate' && head_sha === sha,
      )
      return found?.conclusion ?? 'absent'
    },
    pulls: async () =>
      expectStatus(await send('GET', '/pulls?state=all&per_page=100'), 200, z.array(Pull)),
    pull: async (number: number) => expectStatus(await send('GET', `/pulls/${number}`), 200, Pull),
    merge: (number: number, sha?: string) =>
      send('PUT', `/pulls/${number}/merge`, { body: sha === undefined ? {} : { sha } }),
    approve: (number: number) =>
      send('POST', `/pulls/${number}/reviews`, { body: { event: 'APPROVE' } }),
  }
}

export interface RunningLaptop {
  local: LocalFile
  /** PHOENIX_HOME. */
  home: string
  /** Empty, and gone with the laptop. */
  folder: string
  stop: () => Promise<void>
}

/** Starts the whole laptop in this process, on free ports, in a folder that goes with it. `log` gets what its parts say. `traces`: settings. */
export const startTestLaptop = async (
  log: (line: string) => void = () => {},
  traces: Record<string, string> = {},
): Promise<RunningLaptop> => {
  const folder = await mkdtemp(join(tmpdir(), 'phoenix-story-'))
  const state = await openStateFolder(join(folder, 'home'))
  const crashes: string[] = []
  const laptop = await startLaptop({
    folder: state,
    ports: await choosePorts('0'),
    ...{ log, traces },
    onCrash: (what) => crashes.push(what),
  })
  return {
    local: laptop.local,
    home: state.path,
    folder,
    stop: async () => {
      await laptop.stop()
      state.close()
      await rm(folder, { recursive: true, force: true })
      if (crashes.length > 0) throw new Error(`ended unasked: ${crashes.join(', ')}`)
    },
  }
}
