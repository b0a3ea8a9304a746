// functions-call: CPU time on both sides of one call from the edge (workerd) to the Functions (the bundle in the local host) and
// back, signed and verified, against the same question to a function that asks for nothing. Same binaries, same run, taking turns.
// And how long the bundle takes to load in a process of its own.
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { buildFunctions, buildWorker } from '../../cli/build.ts'
import type { Child } from '../../local/child.ts'
import { startFunctionsHost } from '../../local/functions-host.ts'
import { loadSecrets, publicJwks } from '../../local/secrets.ts'
import { startWorkerd } from '../../local/workerd.ts'
import { writeWorkerdConfig } from '../../local/workerd-config.ts'
import { canReadCpuTime, cpuTimeOf } from '../edge-request/cpu-time.ts'
import { drive, get, hangUp } from '../edge-request/drive.ts'
import {
  type Contender,
  interleave,
  machine,
  type Report,
  type Spread,
  spreadOf,
} from '../measure.ts'

const REQUESTS = 300
const ROUNDS = 40
const COLD_LOADS = 15
const COLD_AT_MOST_MS = 100
const EDGE_TOML = `
name = "edge"
main = "worker.js"
compatibility_date = "2026-10-20"
`

interface Used {
  cpu: number
  clock: number
}
/** `both`: with azure-sdk.cjs, which whoever speaks to Azure loads once, when it is first needed. */
type Load = Record<'bundle' | 'both', Used>

const coldLoads = async (bundlePath: string): Promise<Load[]> => {
  const fixture = join(import.meta.dirname, 'cold-load.fixture.ts')
  const flags = ['--disable-warning=ExperimentalWarning']
  const loads: Load[] = []
  for (let load = 0; load < COLD_LOADS; load += 1) {
    const { stdout } = await promisify(execFile)(process.execPath, [...flags, fixture, bundlePath])
    loads.push(JSON.parse(stdout) as Load)
  }
  return loads
}

/** Both Functions hosts and the edge before them; `stops` gets how each is ended. */
const startAll = async (folder: string, stops: (() => Promise<void>)[]) => {
  const secrets = await loadSecrets(folder)
  const entry = 'functions/bench/functions-call/bare-app.fixture.ts'
  const [ours, bare, worker] = await Promise.all([
    buildFunctions({ outfile: join(folder, 'ours/index.cjs') }),
    buildFunctions({ entry, outfile: join(folder, 'bare/index.cjs') }),
    buildWorker({
      entry: 'functions/bench/functions-call/edge.fixture.ts',
      outfile: join(folder, 'edge.js'),
    }),
  ])
  const host = async (bundlePath: string): Promise<Child> => {
    const child = await startFunctionsHost({
      ...{ bundlePath, port: 0, edgePublicJwks: publicJwks(secrets) },
    })
    stops.push(() => child.stop())
    return child
  }
  const signed = await host(ours.path)
  const open = await host(bare.path)
  const home = join(folder, 'edge')
  await mkdir(home)
  const configPath = await writeWorkerdConfig({
    ...{ home, bundlePath: worker.path, wranglerToml: EDGE_TOML, address: '127.0.0.1:0' },
    text: {
      BACK_OFFICE_URL: `http://127.0.0.1:${signed.port}`,
      BARE_URL: `http://127.0.0.1:${open.port}/api/ping`,
      EDGE_SIGNING_KEY: JSON.stringify(secrets.edgeSigningKey),
    },
  })
  const edge = await startWorkerd({ configPath })
  stops.push(() => edge.stop())
  return { edge, signed, open, bundlePath: ours.path }
}

const SIGNED = 'edge, signing'
const VERIFIED = 'Function, verifying'

const measure = async ({ edge, signed, open }: { edge: Child; signed: Child; open: Child }) => {
  const at = (path: string) => ({ url: `http://127.0.0.1:${edge.port}${path}`, headers: {} })
  const { status, body } = await get(at('/signed'))
  if (status !== 200 || (await get(at('/bare'))).body !== body)
    throw new Error(`the two functions do not answer the same (status ${status})`)
  const refused = await fetch(`http://127.0.0.1:${signed.port}/api/ping`, { method: 'POST' })
  if (refused.status !== 401) throw new Error('the signature is not needed')
  const turn = (pid: number, path: string) => async () =>
    (await cpuTimeOf(pid, () => drive(at(path), REQUESTS, body))) / REQUESTS
  const contenders: Contender[] = [
    { name: SIGNED, run: turn(edge.pid, '/signed') },
    { name: 'edge, bare', against: SIGNED, run: turn(edge.pid, '/bare') },
    { name: VERIFIED, run: turn(signed.pid, '/signed') },
    { name: 'Function, bare', against: VERIFIED, run: turn(open.pid, '/bare') },
  ]
  return interleave(contenders, ROUNDS)
}

const run = async (folder: string): Promise<Report> => {
  const stops: (() => Promise<void>)[] = []
  try {
    const all = await startAll(folder, stops)
    const { rows, rounds } = await measure(all)
    const loads = await coldLoads(all.bundlePath)
    const spread = (what: keyof Load, of: keyof Used) =>
      spreadOf(loads.map((load) => load[what][of]))
    const said = ({ median, min, max }: Spread) =>
      `${median.toFixed(0)} ms (${min.toFixed(0)} - ${max.toFixed(0)})`
    const [cpu, clock] = [spread('bundle', 'cpu'), spread('bundle', 'clock')]
    const [cpuOfBoth, clockOfBoth] = [spread('both', 'cpu'), spread('both', 'clock')]
    const { version } = createRequire(import.meta.url)('workerd/package.json') as {
      version: string
    }
    return {
      benchmark: 'functions-call',
      compares: [
        'one call from the edge to a Function and back: token signed, sent, verified with its body, remembered against replay',
        'against the same call to a function without a hook, which answers the same',
        `CPU time of each process, ${REQUESTS} calls a turn; every answer is compared; the host is the laptop’s, simulated`,
        `CPU to load the bundle: ${said(cpu)}; and then azure-sdk.cjs, which waits for the first request that needs it: ${said(cpuOfBoth)} for both; medians of ${COLD_LOADS} processes`,
        `by the clock, whatever else the machine does: ${said(clock)}, and ${said(clockOfBoth)} for both`,
      ],
      unit: 'CPU us / call',
      ...{ rounds, rows },
      aims: [
        {
          text: `cold load of the bundle, in ms of CPU, at most ${COLD_AT_MOST_MS}`,
          measured: cpu.median,
          met: cpu.median <= COLD_AT_MOST_MS,
        },
      ],
      versions: { workerd: version, ...machine() },
    }
  } finally {
    hangUp()
    for (const stop of stops.reverse()) await stop()
  }
}

export const functionsCall = async (): Promise<Report> => {
  if (!canReadCpuTime())
    throw new Error('functions-call reads CPU times from /proc: it needs Linux')
  const folder = await mkdtemp(join(tmpdir(), 'phoenix-bench-'))
  try {
    return await run(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
