// edge-auth: CPU time of workerd for reading one's tenant with each kind of credential, against the least that any Worker pays
// to answer the same bytes from an object. Same binary, same run, taking turns.
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildWorker } from '../../cli/build.ts'
import type { Child } from '../../local/child.ts'
import { startWorkerd } from '../../local/workerd.ts'
import { writeWorkerdConfig } from '../../local/workerd-config.ts'
import { canReadCpuTime, cpuTimeOf } from '../edge-request/cpu-time.ts'
import { drive, get, hangUp, type Target } from '../edge-request/drive.ts'
import { startBare } from '../edge-request/edge-request.ts'
import { type Aim, type Contender, interleave, machine, type Report } from '../measure.ts'
import { openProvider, prepareInstallation } from './installation.ts'

const root = join(import.meta.dirname, '../../..')
/** Short turns, many of them: a neighbour's load then falls on few, and the median leaves those out. */
const REQUESTS = 300
const ROUNDS = 75
const AIM = 0.8
const BARE = 'bare object read, same bytes'

const startOurs = async (home: string, settings: Record<string, string>): Promise<Child> => {
  const { path } = await buildWorker({
    entry: 'functions/bench/edge-auth/with-cookie.fixture.ts',
    outfile: join(home, 'bundle.js'),
  })
  const configPath = await writeWorkerdConfig({
    home,
    bundlePath: path,
    wranglerToml: await readFile(join(root, 'wrangler.toml'), 'utf8'),
    address: '127.0.0.1:0',
    text: {
      DEPLOYMENT: 'laptop',
      // The limiter counts as always; it only never refuses.
      RATE_LIMIT: '1000000000',
      OPERATOR_TOKEN_DIGEST: '00'.repeat(32),
      ...settings,
    },
  })
  return startWorkerd({ configPath })
}

/** Insists that the credential opens the tenant, that it is what opens it, and that a wrong one does not. */
const check = async (name: string, target: Target, tenant: string): Promise<string> => {
  const { status, body } = await get(target)
  if (status !== 200 || (JSON.parse(body) as { slug?: string }).slug !== tenant)
    throw new Error(`${name} does not open its tenant (status ${status})`)
  const spoilt = Object.fromEntries(
    Object.entries(target.headers).map(([header, value]) => [
      header,
      `${value.slice(0, -8)}AAAAAAAA`,
    ]),
  )
  for (const headers of [{}, spoilt]) {
    const refused = await get({ ...target, headers })
    if (refused.status !== 401) throw new Error(`${name} is not needed (status ${refused.status})`)
  }
  return body
}

const measure = async (
  targets: Record<string, Target>,
  body: string,
  ours: Child,
  bare: Child,
): Promise<{ rows: Report['rows']; rounds: number }> => {
  const turn = (pid: number, target: Target) => async () =>
    (await cpuTimeOf(pid, () => drive(target, REQUESTS, body))) / REQUESTS
  const url = `http://127.0.0.1:${bare.port}/tenant`
  const put = await fetch(url, { method: 'PUT', body })
  if (put.status !== 204) throw new Error('the bare Worker does not take the bytes')
  const contenders = Object.entries(targets).flatMap(([name, target]): Contender[] => [
    { name, run: turn(ours.pid, target) },
    { name: `${BARE} as by ${name}`, against: name, run: turn(bare.pid, { url, headers: {} }) },
  ])
  return interleave(contenders, ROUNDS)
}

const run = async (folder: string): Promise<Report> => {
  const home = join(folder, 'ours')
  await mkdir(home)
  const installation = await prepareInstallation(home)
  const { tenant, apiToken, cookie } = installation
  const { provider, accessToken, settings } = await openProvider(home, installation)
  const stops: (() => Promise<unknown>)[] = [() => provider.close()]
  try {
    const ours = await startOurs(home, settings)
    stops.push(() => ours.stop())
    const bare = await startBare(folder)
    stops.push(() => bare.stop())
    const at = (path: string, headers: Record<string, string>): Target => ({
      url: `http://127.0.0.1:${ours.port}${path}/${tenant}`,
      headers,
    })
    const targets = {
      'API token': at('/v1/tenants', { authorization: `Bearer ${apiToken}` }),
      'session cookie': at('/by-cookie', { cookie }),
      'OIDC access token': at('/v1/tenants', { authorization: `Bearer ${accessToken}` }),
    }
    const bodies: string[] = []
    for (const [name, target] of Object.entries(targets))
      bodies.push(await check(name, target, tenant))
    const [body = ''] = bodies
    if (bodies.some((other) => other !== body)) throw new Error('the same read has two answers')
    const { rows, rounds } = await measure(targets, body, ours, bare)
    const { version } = createRequire(import.meta.url)('workerd/package.json') as {
      version: string
    }
    return {
      benchmark: 'edge-auth',
      compares: [
        'reading one’s tenant with each kind of credential: proof, limits, router, actor, ETag, headers; what is cached is cryptography',
        'the API takes no cookies, so the session is measured at an address of the benchmark’s own that answers the same',
        `against a Worker that answers the same ${body.length} bytes from one SELECT in an object`,
        `CPU time of each workerd process, ${REQUESTS} requests a turn; every body is compared`,
      ],
      unit: 'CPU us / request',
      rounds,
      rows,
      aims: Object.keys(targets).map((name): Aim => {
        const row = rows.find((one) => one.name === `${BARE} as by ${name}`)
        const measured = row?.ratio?.median ?? Number.NaN
        return { text: `${name}: bare / ours at least ${AIM}`, measured, met: measured >= AIM }
      }),
      versions: { workerd: version, ...machine() },
    }
  } finally {
    hangUp()
    for (const stop of stops.reverse()) await stop()
  }
}

export const edgeAuth = async (): Promise<Report> => {
  if (!canReadCpuTime()) throw new Error('edge-auth reads CPU times from /proc: it needs Linux')
  const folder = await mkdtemp(join(tmpdir(), 'phoenix-bench-'))
  try {
    return await run(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
