// vc-issue: CPU time of a server for one whole issuance (offer made, fetched, metadata read, code redeemed, nonce, credential), with
// one and the same wallet for both: oid4vc-ts in this process, whose own time is not counted.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { cpuTimeOf } from '../../../bench/edge-request/cpu-time.ts'
import { interleave, type Report } from '../../../bench/measure.ts'
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
const issueMany = async (offer: Offer, times: number): Promise<void> => {
  let left = times
  const one = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      await issue(offer)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, one))
}
/** Milliseconds for each. */
const costOf = async (pid: number, offer: Offer): Promise<number> =>
  (await cpuTimeOf(pid, () => issueMany(offer, TURN))) / 1000 / TURN

/** The workerd that this process has started. */
const workerdPid = (): number => {
  const found = readdirSync('/proc').find((pid) => {
    if (!/^\d+$/.test(pid)) return false
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      const [, name, parent] = /^\d+ \((.*)\) \S (\d+)/.exec(stat) ?? []
      return name === 'workerd' && Number(parent) === process.pid
    } catch {
      return false
    }
  })
  if (!found) throw new Error('there is no workerd here')
  return Number(found)
}

const startCredo = async () => {
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
  return { pid: child.pid ?? 0, offer, stop: () => child.kill() }
}

const startOurs = async () => {
  const laptop = await startTestLaptop()
  const { url, tokens, tenant } = laptop.local
  const send = caller(`${url}/v1/tenants/${tenant}`, tokens.owner)
  let keys = 0
  const post = async (path: string, body: object) => {
    keys += 1
    const answer = await send('POST', path, { key: `vc-issue-${keys}`, body })
    if (answer.status !== 201) throw new Error(`${path} answered ${answer.status}`)
    return answer.body
  }
  const claims = Object.keys(CLAIMS).map((name) => ({ path: [name] }))
  await post('/credential-configurations', { name: 'badge', display: [{ name: 'Badge' }], claims })
  const offer: Offer = async () =>
    (await post('/credential-offers', { configurations: ['badge'], claims: CLAIMS })) as Made
  return { pid: workerdPid(), offer, stop: laptop.stop }
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
const CREDO = 'Credo 0.6.3 issuer on Node'

export const vcIssue = async (): Promise<Report> => {
  const credo = await startCredo()
  const ours = await startOurs()
  const goBack = fromEverywhere()
  try {
    for (const { offer } of [ours, credo]) await issueMany(offer, WARM_UP)
    const contenders = [
      { name: OURS, run: () => costOf(ours.pid, ours.offer) },
      { name: CREDO, against: OURS, run: () => costOf(credo.pid, credo.offer) },
    ]
    const { rounds, rows } = await interleave(contenders)
    const ratio = rows.find(({ name }) => name === CREDO)?.ratio?.median ?? Number.NaN
    return {
      benchmark: 'vc-issue',
      compares: [
        'CPU time of the server for one whole issuance of four claims with a transaction code, the offer made in it too.',
        'Ours keeps every step on disk, logs it and gives a place in a status list; Credo keeps its records in memory, in a storage class and a key store of ours, and has no status list.',
      ],
      unit: 'ms CPU per issuance',
      ...{ rounds, rows },
      aims: [{ text: `${AIM} times less than Credo`, measured: ratio, met: ratio >= AIM }],
      versions: { '@credo-ts/openid4vc': '0.6.3', '@openid4vc/openid4vci': '0.4.6' },
    }
  } finally {
    goBack()
    credo.stop()
    await ours.stop()
  }
}
