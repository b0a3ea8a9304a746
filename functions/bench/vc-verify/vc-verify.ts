// vc-verify: verified presentations, against the signature checks that are in them. What is measured is CPU time of a process, all
// threads of it: of workerd, where the product verifies, and for information of Node, whose WebCrypto works on other threads.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildWorker } from '../../cli/build.ts'
import { startWorkerd } from '../../local/workerd.ts'
import { writeWorkerdConfig } from '../../local/workerd-config.ts'
import { cpuTimeOf } from '../edge-request/cpu-time.ts'
import { type Contender, interleave, machine, type Report, spreadOf } from '../measure.ts'
import { checkAll, makePresentations, verifyAll } from './presentations.ts'

/** Of one turn. */
const PRESENTATIONS = 200
const ROUNDS = 25
const OURS = 'verified presentation'
const RAW = '  raw: its two signatures'
const RAW_WITH_KEY = '  raw: the same, and the holder’s key imported'
const LIBRARY = '  jose: its two signatures, key imported'
const ON_NODE = 'on Node: verified presentation'
const RAW_ON_NODE = '  on Node: its two signatures, key imported'
const LEAST = 0.8

const WORKER_TOML = `
name = "verifier"
main = "worker.js"
compatibility_date = "2026-10-20"
`

const startVerifier = async (home: string) => {
  const { path } = await buildWorker({
    entry: 'functions/bench/vc-verify/verifier.fixture.ts',
    outfile: join(home, 'bundle.js'),
  })
  const configPath = await writeWorkerdConfig({
    ...{ home, bundlePath: path, wranglerToml: WORKER_TOML, address: '127.0.0.1:0', text: {} },
  })
  const workerd = await startWorkerd({ configPath })
  const turn = (name: string) => async (): Promise<number> => {
    const url = `http://127.0.0.1:${workerd.port}/${name}?of=${PRESENTATIONS}`
    const used = await cpuTimeOf(workerd.pid, async () => {
      const { status } = await fetch(url)
      if (status !== 204) throw new Error(`${name} was not done: ${status}`)
    })
    return used / PRESENTATIONS
  }
  return { turn, stop: () => workerd.stop() }
}

/** CPU microseconds of one, in this process. */
const here = (work: () => Promise<void>) => async (): Promise<number> => {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / PRESENTATIONS
}

const contendersOf = async (turn: (name: string) => () => Promise<number>) => {
  const all = await makePresentations(PRESENTATIONS)
  const contenders: Contender[] = [
    { name: OURS, run: turn('ours') },
    { name: RAW, against: OURS, run: turn('raw') },
    { name: RAW_WITH_KEY, against: OURS, run: turn('raw-with-key') },
    { name: LIBRARY, against: OURS, run: turn('library') },
    { name: ON_NODE, run: here(() => verifyAll(all)) },
    { name: RAW_ON_NODE, against: ON_NODE, run: here(await checkAll(all, { imports: true })) },
  ]
  return contenders
}

const reportOf = ({ rows, rounds }: Awaited<ReturnType<typeof interleave>>): Report => {
  const rowOf = (name: string) => rows.find((row) => row.name === name)
  const perSecond = (name: string): string => {
    const { median } = rowOf(name)?.value ?? spreadOf([])
    return Math.round(1e6 / median).toLocaleString('en-US')
  }
  const share = (name: string): number => rowOf(name)?.ratio?.median ?? Number.NaN
  const aimOf = (name: string, over: string) => ({
    text: `rate over that of ${over}, at least ${LEAST}`,
    ...{ measured: share(name), met: share(name) >= LEAST },
  })
  return {
    benchmark: 'vc-verify',
    compares: [
      `${PRESENTATIONS} SD-JWT VCs of four claims, two disclosed, each of a holder of its own: issuer, trust, both signatures, audience, nonce, hash, times, DCQL, and the status in a list of 131,072 that is cached and unpacked`,
      'the issuer’s certificate chain was judged before, as it is after the first presentation of an hour; no HTTP, no decryption, no database',
      'in a Worker on workerd, where presentations are verified; against: WebCrypto’s ES256 alone over the same bytes there, two signatures for each presentation, keys imported beforehand; and with the holder’s key imported, which comes with each presentation and cannot be known before; and the same by jose 6, as information',
      'as information the same on Node, where each call of WebCrypto goes to another thread and back',
      `per CPU second: ${perSecond(OURS)} presentations; ${perSecond(RAW)} pairs of signatures, ${perSecond(RAW_WITH_KEY)} with the key imported`,
    ],
    unit: 'CPU µs each',
    ...{ rounds, rows },
    aims: [
      aimOf(RAW, 'the signatures alone'),
      aimOf(RAW_WITH_KEY, 'the signatures with the key imported'),
    ],
    versions: machine(),
  }
}

export const vcVerify = async (): Promise<Report> => {
  const home = await mkdtemp(join(tmpdir(), 'phoenix-bench-'))
  const verifier = await startVerifier(home)
  try {
    return reportOf(await interleave(await contendersOf(verifier.turn), ROUNDS))
  } finally {
    await verifier.stop()
    await rm(home, { recursive: true, force: true })
  }
}
