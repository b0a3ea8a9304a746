// vc-verify: verified presentations, against the signature checks that are in them. What is measured is CPU time of a process, all
// threads of it: of workerd, where the product verifies, and for information of Node, whose WebCrypto works on other threads.
// Each contender has a workerd of its own, which compiled all that is hot before: what one leaves to collect or to compile is
// not counted as another's.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildWorker } from '../../cli/build.ts'
import { startWorkerd } from '../../local/workerd.ts'
import { writeWorkerdConfig } from '../../local/workerd-config.ts'
import { cpuTimeOf } from '../edge-request/cpu-time.ts'
import { type Contender, interleave, machine, type Report, spreadOf } from '../measure.ts'
import { checkAll, makePresentations, verifyAll } from './presentations.ts'

/** Of one turn on workerd: all of them, several times. */
const PRESENTATIONS = 200
const TIMES = 5
/** Turns. Beyond some 20,000 presentations V8 compiles nothing of it any more (`--trace-opt`). */
const WARM_UP = 25
const ROUNDS = 25
const OURS = 'verified presentation'
const RAW = '  raw: its two signatures, the holder’s key imported'
const RAW_WITHOUT_KEY = '  raw: the same without that import, as information'
const LIBRARY = '  jose: its two signatures, the holder’s key imported'
const ON_NODE = 'on Node: verified presentation'
const RAW_ON_NODE = '  on Node: its two signatures, key imported'
const LEAST = 0.8

const WORKER_TOML = `
name = "verifier"
main = "worker.js"
compatibility_date = "2026-10-20"
`

const writeVerifier = async (home: string): Promise<string> => {
  const { path } = await buildWorker({
    entry: 'functions/bench/vc-verify/verifier.fixture.ts',
    outfile: join(home, 'bundle.js'),
  })
  return writeWorkerdConfig({
    ...{ home, bundlePath: path, wranglerToml: WORKER_TOML, address: '127.0.0.1:0', text: {} },
  })
}

const startVerifier = async (configPath: string, name: string) => {
  const workerd = await startWorkerd({ configPath })
  const url = `http://127.0.0.1:${workerd.port}/${name}?of=${PRESENTATIONS}&times=${TIMES}`
  const turn = async (): Promise<number> => {
    const used = await cpuTimeOf(workerd.pid, async () => {
      const { status } = await fetch(url)
      if (status !== 204) throw new Error(`${name} was not done: ${status}`)
    })
    return used / PRESENTATIONS / TIMES
  }
  for (let done = 0; done < WARM_UP; done += 1) await turn()
  return { turn, stop: () => workerd.stop() }
}

type Verifier = Awaited<ReturnType<typeof startVerifier>>
type Turn = 'ours' | 'raw' | 'rawWithoutKey' | 'library'

/** CPU microseconds of one, in this process. */
const here = (work: () => Promise<void>) => async (): Promise<number> => {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / PRESENTATIONS
}

const contendersOf = async ({ ours, raw, rawWithoutKey, library }: Record<Turn, Verifier>) => {
  const all = await makePresentations(PRESENTATIONS)
  const contenders: Contender[] = [
    { name: OURS, run: ours.turn },
    { name: RAW, against: OURS, run: raw.turn },
    { name: RAW_WITHOUT_KEY, against: OURS, run: rawWithoutKey.turn },
    { name: LIBRARY, against: OURS, run: library.turn },
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
  const share = rowOf(RAW)?.ratio?.median ?? Number.NaN
  return {
    benchmark: 'vc-verify',
    compares: [
      `${PRESENTATIONS} SD-JWT VCs of four claims, two disclosed, each of a holder of its own: issuer, trust, both signatures, audience, nonce, hash, times, DCQL, and the status in a list of 131,072 that is cached and unpacked`,
      'the issuer’s certificate chain was judged before, as it is after the first presentation of an hour; no HTTP, no decryption, no database',
      'in Workers on workerd, where presentations are verified; against: WebCrypto’s ES256 alone over the same bytes there, two signatures for each presentation, the issuer’s key imported beforehand and the holder’s each time, for it comes with the presentation; as information the same with the holders’ keys imported beforehand, too, and by jose 6',
      'as information the same on Node, where each call of WebCrypto goes to another thread and back',
      `per CPU second: ${perSecond(OURS)} presentations; ${perSecond(RAW)} pairs of signatures`,
    ],
    unit: 'CPU µs each',
    ...{ rounds, rows },
    aims: [
      {
        text: `rate over that of the signatures alone, at least ${LEAST}`,
        ...{ measured: share, met: share >= LEAST },
      },
    ],
    versions: machine(),
  }
}

export const vcVerify = async (): Promise<Report> => {
  const home = await mkdtemp(join(tmpdir(), 'phoenix-bench-'))
  const started: Verifier[] = []
  try {
    const configPath = await writeVerifier(home)
    const start = async (name: string): Promise<Verifier> => {
      const verifier = await startVerifier(configPath, name)
      started.push(verifier)
      return verifier
    }
    const verifiers = {
      ...{ ours: await start('ours'), raw: await start('raw') },
      ...{ rawWithoutKey: await start('raw-without-key'), library: await start('library') },
    }
    return reportOf(await interleave(await contendersOf(verifiers), ROUNDS))
  } finally {
    for (const { stop } of started) await stop()
    await rm(home, { recursive: true, force: true })
  }
}
