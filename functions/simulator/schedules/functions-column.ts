// The column of the Functions: what the edge sends to them stops in the kernel as calls between actors do, and they answer in
// the ways in which an HTTP service is away. Whoever asked hears of each as of an outage and asks again.
import type { Env } from '../../../edge-workers/env.ts'
import { ANCHOR_LATEST_PATH, ANCHOR_PATH, COSIGN_PATH } from '../../../schemas/wire.ts'
import type { Fault } from './faults.ts'
import type { Kernel, Process } from './kernel.ts'
import type { Random } from './random.ts'
import type { VaultOffice } from './vault-column.ts'

type Fetch = typeof fetch
/** They have neither a second party nor an anchor: the branch in the platform's repository is the only witness. */
const ABSENT = new Set<string>([COSIGN_PATH, ANCHOR_PATH, ANCHOR_LATEST_PATH])
const absent = async (): Promise<Response> => new Response(null, { status: 404 })

/** Takes the place of `env.LOCAL` of an actor in this process. */
export const reachFunctions = (
  kernel: Kernel,
  from: Process,
  local: Env['LOCAL'],
  office: VaultOffice,
): { LOCAL: NonNullable<Env['LOCAL']> } | object => {
  if (!local) return {}
  const reach = (...asked: Parameters<Fetch>) => {
    const path = new URL(String(asked[0])).pathname
    return kernel.cross(from, 'functions', path, (into) => {
      if (office.knows(path)) return office.answer(into, ...asked)
      return ABSENT.has(path) ? absent() : local.fetch(...asked)
    })
  }
  return { LOCAL: { fetch: reach as Fetch } }
}

/** It begins well and ends in the middle. */
const brokenOff = (): object => ({
  ...{ ok: true, status: 200 },
  text: () => Promise.reject(new TypeError('terminated')),
})

const ANSWERS: [Fault, () => unknown][] = [
  ['5xx', () => new Response(null, { status: 503 })],
  ['HTML for an answer', () => new Response('<h1>Bad Gateway</h1>', { status: 502 })],
  [
    '429 with Retry-After',
    () => new Response(null, { status: 429, headers: { 'retry-after': '30' } }),
  ],
  ['truncated answer', brokenOff],
]

/** What they say instead of an answer. */
export const failureOfFunctions = (random: Random): [Fault, unknown] => {
  const [kind, answer] = random.pick(ANSWERS)
  return [kind, answer()]
}
