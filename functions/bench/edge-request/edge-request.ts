// edge-request: CPU time of workerd for one authenticated read through the whole Worker, against the least that any Worker
// pays to answer the same bytes from an object. Same binary, same run, taking turns. Wall time is not measured: on a small
// machine the client would be measured along with it.
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildWorker } from '../../cli/build.ts'
import type { Child } from '../../local/child.ts'
import { startWorkerd } from '../../local/workerd.ts'
import { writeWorkerdConfig } from '../../local/workerd-config.ts'
import { type Aim, type Contender, interleave, machine, type Report } from '../measure.ts'
import { prepareAppliedChange } from './applied-change.ts'
import { canReadCpuTime, cpuTimeOf } from './cpu-time.ts'
import { drive, get, hangUp, type Target } from './drive.ts'

const root = join(import.meta.dirname, '../../..')
/** Short turns, many of them: a neighbour's load then falls on few, and the median leaves those out. */
const REQUESTS = 300
const ROUNDS = 75
const AIM = 0.8

const BARE_TOML = `
name = "bare"
main = "worker.js"
compatibility_date = "2026-10-20"
[[durable_objects.bindings]]
name = "BARE"
class_name = "Bare"
[[migrations]]
tag = "v1"
new_sqlite_classes = ["Bare"]
`

export const startBare = async (folder: string): Promise<Child> => {
  const home = join(folder, 'bare')
  await mkdir(home)
  const { path } = await buildWorker({
    entry: 'functions/bench/edge-request/bare.fixture.ts',
    outfile: join(home, 'bundle.js'),
  })
  const configPath = await writeWorkerdConfig({
    home,
    bundlePath: path,
    wranglerToml: BARE_TOML,
    address: '127.0.0.1:0',
    text: {},
  })
  return startWorkerd({ configPath })
}

/** Only what reads need; nothing is due in the installation, so nothing else runs in it. */
const startOurs = async (home: string): Promise<Child> => {
  const { path } = await buildWorker({ outfile: join(home, 'bundle.js') })
  const configPath = await writeWorkerdConfig({
    home,
    bundlePath: path,
    wranglerToml: await readFile(join(root, 'wrangler.toml'), 'utf8'),
    address: '127.0.0.1:0',
    text: {
      DEPLOYMENT: 'laptop',
      // The limiter counts as always; it only never refuses.
      RATE_LIMIT: '1000000000',
      PLATFORM_KEY: '00'.repeat(32),
      OPERATOR_TOKEN_DIGEST: '00'.repeat(32),
    },
  })
  return startWorkerd({ configPath })
}

interface Read {
  name: string
  ours: Target
  bare: Target
  body: string
}

/** The read as we answer it, and the same bytes put where the bare Worker finds them. Throws when either is not right. */
const prepareRead = async (
  name: string,
  ours: Target,
  bareUrl: string,
  isRight: (body: Record<string, unknown>) => boolean,
): Promise<Read> => {
  const { status, headers, body } = await get(ours)
  if (status !== 200 || !headers.etag || !isRight(JSON.parse(body)))
    throw new Error(`${name} is not answered as it should be (status ${status})`)
  const refused = await get({ ...ours, headers: {} })
  if (refused.status !== 401) throw new Error(`${name} is answered without a token`)
  const put = await fetch(bareUrl, { method: 'PUT', body })
  const bare = { url: bareUrl, headers: {} }
  if (put.status !== 204 || (await get(bare)).body !== body)
    throw new Error('the bare Worker does not answer the same bytes')
  return { name, ours, bare, body }
}

const bareName = (name: string): string => `bare object read, same bytes as ${name}`

const measure = async (
  reads: readonly Read[],
  ours: Child,
  bare: Child,
): Promise<{ rows: Report['rows']; rounds: number }> => {
  const turn = (pid: number, target: Target, body: string) => async () =>
    (await cpuTimeOf(pid, () => drive(target, REQUESTS, body))) / REQUESTS
  const contenders: Contender[] = reads.flatMap((read) => [
    { name: read.name, run: turn(ours.pid, read.ours, read.body) },
    {
      name: bareName(read.name),
      against: read.name,
      run: turn(bare.pid, read.bare, read.body),
    },
  ])
  return interleave(contenders, ROUNDS)
}

const versions = (): Record<string, string> => {
  const { version } = createRequire(import.meta.url)('workerd/package.json') as { version: string }
  return { workerd: version, ...machine() }
}

const run = async (folder: string): Promise<Report> => {
  const home = join(folder, 'ours')
  await mkdir(home)
  const { tenant, token, changeId } = await prepareAppliedChange(home)
  const ours = await startOurs(home)
  const bare = await startBare(folder).catch(async (error: unknown) => {
    await ours.stop()
    throw error
  })
  try {
    const target = (path: string): Target => ({
      url: `http://127.0.0.1:${ours.port}/v1/tenants/${tenant}${path}`,
      headers: { authorization: `Bearer ${token}` },
    })
    const bareUrl = `http://127.0.0.1:${bare.port}`
    const reads = [
      await prepareRead(
        'GET change',
        target(`/changes/${changeId}`),
        `${bareUrl}/change`,
        (body) => body.id === changeId && body.state === 'applied',
      ),
      await prepareRead(
        'GET tenant',
        target(''),
        `${bareUrl}/tenant`,
        (body) => body.slug === tenant,
      ),
    ]
    const { rows, rounds } = await measure(reads, ours, bare)
    return {
      benchmark: 'edge-request',
      compares: [
        'authenticated reads through the deployable Worker: token, limits, router, actor, view, ETag, headers',
        `against a Worker that answers the same bytes (${reads.map(({ body }) => body.length).join(' and ')}) from one SELECT in an object`,
        `CPU time of each workerd process, ${REQUESTS} requests a turn; every body is compared`,
      ],
      unit: 'CPU us / request',
      rounds,
      rows,
      aims: reads.map(({ name }): Aim => {
        const measured =
          rows.find((row) => row.name === bareName(name))?.ratio?.median ?? Number.NaN
        return { text: `${name}: bare / ours at least ${AIM}`, measured, met: measured >= AIM }
      }),
      versions: versions(),
    }
  } finally {
    hangUp()
    await Promise.all([ours.stop(), bare.stop()])
  }
}

export const edgeRequest = async (): Promise<Report> => {
  if (!canReadCpuTime()) throw new Error('edge-request reads CPU times from /proc: it needs Linux')
  const folder = await mkdtemp(join(tmpdir(), 'phoenix-bench-'))
  try {
    return await run(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
