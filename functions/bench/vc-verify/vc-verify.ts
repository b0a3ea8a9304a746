// vc-verify: verified presentations, against the signature checks that are in them. What is measured is CPU time of the process,
// all threads of it: WebCrypto works on others than ours.
import { type Contender, interleave, machine, type Report, spreadOf } from '../measure.ts'
import {
  checkAll,
  checkAllByLibrary,
  makePresentations,
  type Presentation,
  verifyAll,
} from './presentations.ts'

/** Of one turn. */
const PRESENTATIONS = 200
const ROUNDS = 9
const OURS = 'verified presentation'
const RAW = '  raw: its two signatures'
const RAW_WITH_KEY = '  raw: the same, and the holder’s key imported'
const LIBRARY = '  jose: its two signatures, key imported'
const LEAST = 0.8

/** CPU microseconds of one. */
const cpuOf = async (all: readonly Presentation[], work: () => Promise<void>): Promise<number> => {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / all.length
}

export const vcVerify = async (): Promise<Report> => {
  const all = await makePresentations(PRESENTATIONS)
  const raw = await checkAll(all, { imports: false })
  const library = await checkAllByLibrary(all)
  const rawWithKey = await checkAll(all, { imports: true })
  const contenders: Contender[] = [
    { name: OURS, run: () => cpuOf(all, () => verifyAll(all)) },
    { name: RAW, against: OURS, run: () => cpuOf(all, raw) },
    { name: RAW_WITH_KEY, against: OURS, run: () => cpuOf(all, rawWithKey) },
    { name: LIBRARY, against: OURS, run: () => cpuOf(all, library) },
  ]
  const { rows, rounds } = await interleave(contenders, ROUNDS)
  const rowOf = (name: string) => rows.find((row) => row.name === name)
  const perSecond = (name: string): string => {
    const { median } = rowOf(name)?.value ?? spreadOf([])
    return Math.round(1e6 / median).toLocaleString('en-US')
  }
  const share = (name: string): number => rowOf(name)?.ratio?.median ?? Number.NaN
  return {
    benchmark: 'vc-verify',
    compares: [
      `${PRESENTATIONS} SD-JWT VCs of four claims, two disclosed, each of a holder of its own: issuer, trust, both signatures, audience, nonce, hash, times, DCQL, and the status in a list of 131,072 that is cached and unpacked`,
      'the issuer’s certificate chain was judged before, as it is after the first presentation of an hour; no HTTP, no decryption, no database',
      'against: WebCrypto’s ES256 alone over the same bytes, two signatures for each presentation, keys imported beforehand; and with the holder’s key imported, which comes with each presentation and cannot be known before; and the same by jose 6, as information',
      `per CPU second: ${perSecond(OURS)} presentations; ${perSecond(RAW)} pairs of signatures, ${perSecond(RAW_WITH_KEY)} with the key imported`,
    ],
    unit: 'CPU µs each',
    rounds,
    rows,
    aims: [
      {
        text: `rate over that of the signatures alone, at least ${LEAST}`,
        ...{ measured: share(RAW), met: share(RAW) >= LEAST },
      },
      {
        text: `rate over that of the signatures with the key imported, at least ${LEAST}`,
        ...{ measured: share(RAW_WITH_KEY), met: share(RAW_WITH_KEY) >= LEAST },
      },
    ],
    versions: machine(),
  }
}
