// A burst: several tenants ask for many changes at once, all of them through one credential at a forge that enforces its
// limits, until everything is promoted. Time is virtual: whoever calls this moves it.
import type { ChangeView } from '../../schemas/change.ts'
import { limitForge, type Wording } from './forge-limiter.ts'
import { memoryForgeOverHttp } from './memory-forge-http.ts'
import { createTenantWorld } from './tenant-world.ts'

/** Requests arrive up to the adapter's patience late. */
const LATE_AT_MOST = 9_000
const STEP_SECONDS = 5
const LONGEST_STEP_SECONDS = 120
const LOOKED_AT_EVERY_SECONDS = 30
const LONGEST_SECONDS = 12 * 3_600
const LATECOMER = 'latecomer'
const PROMOTED = new Set(['promoted', 'applying', 'applied'])
/** Takes no room, so that there may be as many as one likes. */
const record = (name: string) => ({
  ...{ action: 'create', template: 'failover-policy', name },
  parameters: { resource: 'web', to: ['lab-02'], reason: 'When the first room is down.' },
})

export interface BurstResult {
  changes: number
  /** Changes that were not promoted in the end, or whose file is not on `live`. */
  lost: number
  /** Changes with more than one pull request. */
  doubled: number
  breaches: string[]
  requests: number
  writes: number
  mostWritesAMinute: number
  seconds: number
  /** Strikes that refused at least one request. */
  struck: number
  /** Seconds until the pull request of the latecomer's first change was there; null: it never was, or there is none. */
  latecomer: number | null
}

export interface BurstOptions {
  tenants: number
  /** Of each tenant. */
  changes: number
  setTime: (milliseconds: number) => void
  random: () => number
  /** False: nobody keeps the limits, so that it shows that the forge does. */
  budget?: boolean
  /** Refusals of the forge's own, by the virtual second at which they begin. */
  strikes?: { after: number; seconds: number; wording: Wording }[]
  /** One more tenant, who asks for one change at this virtual second: everything ends with its pull request. */
  latecomerAfter?: number
}

export const burst = async (options: BurstOptions): Promise<BurstResult> => {
  const { setTime, random, budget = true } = options
  const strikes = [...(options.strikes ?? [])]
  const start = Date.now()
  const http = memoryForgeOverHttp()
  const limiter = limitForge(http.fetch, Date.now, () => Math.floor(random() * LATE_AT_MOST))
  const world = await createTenantWorld({
    forge: { apiUrl: http.apiUrl, token: 'app-token', fetch: limiter.fetch },
  })
  if (!budget) world.env.FORGE_LIMITS = '0'
  const { latecomerAfter = Number.POSITIVE_INFINITY } = options
  const slugs = Array.from({ length: options.tenants }, (_, index) => `burst-${index}`)
  if (options.latecomerAfter !== undefined) slugs.push(LATECOMER)
  const people = new Map<string, { id: string; requester: string; approver: string }>()
  for (const slug of slugs) {
    const { id } = await world.createTenant(slug, { basesOn: ['lab'] })
    const requester = (await world.createToken(slug, 'requester', { member: 'rita' })).token
    const approver = (await world.createToken(slug, 'approver', { member: 'anton' })).token
    people.set(slug, { id, requester, approver })
  }
  const ask = async (slug: string, index: number): Promise<{ slug: string; id: string }> => {
    const body = record(`record-${index}`)
    const key = `${slug}-${index}`
    const at = `/v1/tenants/${slug}/changes`
    const token = people.get(slug)?.requester ?? ''
    const answered = await world.http('POST', at, { token, key, body })
    if (answered.status !== 202) throw new Error(`${answered.status} ${await answered.text()}`)
    return { slug, id: ((await answered.json()) as { id: string }).id }
  }
  const asked: { slug: string; id: string }[] = []
  for (const slug of slugs.filter((one) => one !== LATECOMER))
    for (let index = 0; index < options.changes; index += 1) asked.push(await ask(slug, index))

  const as = (slug: string) => people.get(slug) ?? { id: '', requester: '', approver: '' }
  const read = async ({ slug, id }: { slug: string; id: string }): Promise<ChangeView> => {
    const token = as(slug).requester
    return (await world.http('GET', `/v1/tenants/${slug}/changes/${id}`, { token })).json() as never
  }
  const decide = (what: string, { slug, id }: { slug: string; id: string }) =>
    world.http('POST', `/v1/tenants/${slug}/changes/${id}/${what}`, {
      ...{ token: as(slug).approver, key: `${what}-${id}-${Date.now()}` },
    })
  /** Rings what is due. Answers with when the next one is. */
  const ringAll = async (): Promise<number> => {
    await Promise.all(
      slugs.map(async (slug) => {
        const { id } = as(slug)
        const due = world.tenants.alarmOf(id)
        if (due !== null && due <= Date.now()) await world.tenants.alarm(id)
      }),
    )
    const dues = slugs.map((slug) => world.tenants.alarmOf(as(slug).id) ?? Number.POSITIVE_INFINITY)
    return Math.min(...dues)
  }
  /** Seconds after which somebody who was refused comes again. */
  const again = async (answered: Promise<Response>): Promise<number> => {
    const { status, headers } = await answered
    return status < 300 ? 0 : Number(headers.get('retry-after') ?? STEP_SECONDS)
  }

  let open = asked.map((one) => ({ ...one, notBefore: 0 }))
  let seconds = 0
  let late: { slug: string; id: string } | null = null
  let latecomer: number | null = null
  while (open.length > 0 && seconds < LONGEST_SECONDS) {
    if (seconds >= latecomerAfter) {
      late ??= await ask(LATECOMER, 0)
      if ((await read(late)).pullRequest) {
        latecomer = seconds - latecomerAfter
        break
      }
    }
    for (const strike of [...strikes]) {
      if (strike.after > seconds) continue
      strikes.splice(strikes.indexOf(strike), 1)
      limiter.strike(strike.seconds * 1000, strike.wording)
    }
    const due = await ringAll()
    const still: typeof open = []
    let moved = false
    for (const one of open) {
      if (one.notBefore > seconds) {
        still.push(one)
        continue
      }
      const { state, gate } = await read(one)
      if (PROMOTED.has(state)) continue
      let wait = LOOKED_AT_EVERY_SECONDS
      if (state === 'proposed' && gate.state === 'red') wait = await again(decide('approvals', one))
      else if (state === 'approved') wait = await again(decide('merge', one))
      moved ||= wait === 0
      still.push({ ...one, notBefore: seconds + wait })
    }
    open = still
    const next = Math.min(due, start + Math.min(...open.map(({ notBefore }) => notBefore)) * 1000)
    const step = moved ? STEP_SECONDS : Math.ceil((next - Date.now()) / 1000)
    seconds += Math.min(Math.max(step, STEP_SECONDS), LONGEST_STEP_SECONDS)
    setTime(start + seconds * 1000)
  }

  let doubled = 0
  let lost = 0
  for (const { slug, id } of asked) {
    const forge = http.of(`${slug}/infrastructure`)
    const own = forge.pulls.filter(({ headBranch }) => headBranch.endsWith(id))
    if (own.length > 1) doubled += 1
    const landed = forge.filesOf('live').includes(`changes/${id}/change.json`)
    if (!landed || open.some((one) => one.id === id)) lost += 1
  }
  const { requests, writes, mostWritesAMinute } = limiter.counts
  const { breaches } = limiter
  const counted = { requests, writes, mostWritesAMinute, breaches }
  return {
    ...{ changes: asked.length, lost, doubled, ...counted, seconds },
    ...{ struck: limiter.struck(), latecomer },
  }
}
