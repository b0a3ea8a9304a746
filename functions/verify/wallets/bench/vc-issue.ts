// vc-issue: CPU time of a server for one whole issuance (offer made, fetched, metadata read, code redeemed, nonce, credential), with
// one and the same wallet for both: oid4vc-ts in this process, whose own time is not counted.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { cpuTimeOf } from '../../../bench/edge-request/cpu-time.ts'
import { interleave, machine, type Report } from '../../../bench/measure.ts'
import { startFloor } from '../../../bench/vc-issue/floor.ts'
import { caller, startTestLaptop } from '../../../local/story-client.ts'
import { readOffer, redeemOffer } from '../oid4vc-ts/wallet.ts'

const TURN = 20
const WARM_UP = 60
const AT_ONCE = 4
const CLAIMS = { given_name: 'Ada', family_name: 'Lovelace', level: 3, city: 'London' }

interface Made {
  uri: string
  txCode: string
}
type Offer = () => Promise<Made>

const issue = async (offer: Offer): Promise<void> => {
  const { uri, txCode } = await offer()
  const { held } = await redeemOffer(await readOffer(uri), { txCode })
  if (held.length !== 1) throw new Error('no credential has come')
}

/** Several at once. */
const repeat = async (work: () => Promise<void>, times: number): Promise<void> => {
  let left = times
  const one = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      await work()
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, one))
}

interface Server {
  pid: number
  run: () => Promise<void>
  stop: () => Promise<unknown> | unknown
}
/** Milliseconds for each. */
const costOf = async ({ pid, run }: Server): Promise<number> =>
  (await cpuTimeOf(pid, () => repeat(run, TURN))) / 1000 / TURN

/** Every workerd that this process has started. */
const workerds = (): number[] =>
  readdirSync('/proc')
    .filter((pid) => {
      if (!/^\d+$/.test(pid)) return false
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
        const [, name, parent] = /^\d+ \((.*)\) \S (\d+)/.exec(stat) ?? []
        return name === 'workerd' && Number(parent) === process.pid
      } catch {
        return false
      }
    })
    .map(Number)

const startCredo = async (): Promise<Server> => {
  const main = join(import.meta.dirname, 'credo-issuer.ts')
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })
  const [base] = (await once(lines, 'line', { signal: AbortSignal.timeout(60_000) })) as [string]
  const offer: Offer = async () => {
    const answer = await fetch(`${base}/offers`, { method: 'POST' })
    if (!answer.ok) throw new Error(`Credo made no offer: ${await answer.text()}`)
    return (await answer.json()) as Made
  }
  return { pid: child.pid ?? 0, run: () => issue(offer), stop: () => child.kill() }
}

/** A laptop under `folder`; its own where nothing is said. */
const startLaptop = async (folder?: string) => {
  const { TMPDIR } = process.env
  if (folder !== undefined) process.env.TMPDIR = folder
  try {
    return await startTestLaptop()
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = TMPDIR
  }
}

const startOurs = async (folder?: string): Promise<Server> => {
  const before = workerds()
  const laptop = await startLaptop(folder)
  const { url, tokens, tenant } = laptop.local
  const send = caller(`${url}/v1/tenants/${tenant}`, tokens.owner)
  let keys = 0
  const post = async (path: string, body: object) => {
    keys += 1
    const answer = await send('POST', path, { key: `vc-issue-${keys}`, body })
    if (answer.status !== 201) throw new Error(`${path} answered ${answer.status}`)
    return answer.body
  }
  // The laptop's demo tenant has a subscriber that is told of every step; the peer tells nobody.
  const hooks = (await send('GET', '/webhooks')).body as { items: { id: string }[] }
  for (const { id } of hooks.items)
    await send('DELETE', `/webhooks/${id}`, { headers: { 'if-match': '*' } })
  const claims = Object.keys(CLAIMS).map((name) => ({ path: [name] }))
  await post('/credential-configurations', { name: 'badge', display: [{ name: 'Badge' }], claims })
  const offer: Offer = async () =>
    (await post('/credential-offers', { configurations: ['badge'], claims: CLAIMS })) as Made
  const pid = workerds().find((one) => !before.includes(one))
  if (pid === undefined) throw new Error('there is no workerd here')
  return { pid, run: () => issue(offer), stop: laptop.stop }
}

/** Each call as if of an address of its own: ours limits calls by address and minute. The header goes to both alike. */
const fromEverywhere = (): (() => void) => {
  const plain = globalThis.fetch
  let calls = 0
  globalThis.fetch = (input, init) => {
    calls += 1
    const headers = new Headers(init?.headers as HeadersInit)
    headers.set('cf-connecting-ip', `2001:db8::${(calls % 65_536).toString(16)}`)
    return plain(input, { ...init, headers })
  }
  return () => {
    globalThis.fetch = plain
  }
}

const AIM = 5
const OURS = 'phoenix on workerd'
const IN_MEMORY = '  the same, its files in memory, as information'
const FLOOR = '  a bare Worker that keeps the steps, as information'
const CREDO = 'Credo 0.6.3 issuer on Node'
/** A file system of Linux that is in memory. */
const MEMORY = '/dev/shm'

export const vcIssue = async (): Promise<Report> => {
  const servers: Server[] = []
  const started = async <One extends Server>(starting: Promise<One>): Promise<One> => {
    const server = await starting
    servers.push(server)
    return server
  }
  const goBack = fromEverywhere()
  try {
    const ours = await started(startOurs())
    const inMemory = await started(startOurs(MEMORY))
    const floor = await started(startFloor())
    const credo = await started(startCredo())
    for (const { run } of servers) await repeat(run, WARM_UP)
    const contenders = [
      { name: OURS, run: () => costOf(ours) },
      { name: IN_MEMORY, against: OURS, run: () => costOf(inMemory) },
      { name: FLOOR, against: OURS, run: () => costOf(floor) },
      { name: CREDO, against: OURS, run: () => costOf(credo) },
    ]
    const { rounds, rows } = await interleave(contenders)
    const rowOf = (name: string) => rows.find((row) => row.name === name)
    const ratio = rowOf(CREDO)?.ratio?.median ?? Number.NaN
    const least = (rowOf(CREDO)?.value.median ?? Number.NaN) / (rowOf(FLOOR)?.value.median ?? 1)
    return {
      benchmark: 'vc-issue',
      compares: [
        'CPU time of the server for one whole issuance of four claims with a transaction code: offer made and fetched, two metadata documents, token, nonce, credential; one wallet for all',
        'Ours alone: four steps are on disk before they are answered, each with a leaf in a Merkle log whose heads are signed and told on; claims are sealed, codes and tokens kept as keyed digests; the offer comes from a caller with a token and a role, once per key; limits by caller; a place in a status list; expiry.',
        'Credo keeps its records in memory, in a storage class and a key store of ours: no disk, no log, no status list, nothing sealed, offers for whoever asks.',
        `The bare Worker answers the same seven calls and writes one row for each of the four steps, and nothing else: on this runtime nothing that keeps them costs less. Credo over it: ${least.toFixed(1)}.`,
        'No webhooks are subscribed: the peer sends none.',
      ],
      unit: 'ms CPU per issuance',
      ...{ rounds, rows },
      aims: [{ text: `${AIM} times less than Credo`, measured: ratio, met: ratio >= AIM }],
      versions: { '@credo-ts/openid4vc': '0.6.3', '@openid4vc/openid4vci': '0.4.6', ...machine() },
    }
  } finally {
    goBack()
    for (const { stop } of servers.reverse()) await stop()
  }
}
