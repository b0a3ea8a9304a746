// One recovery drill: a tenant works under load while its exports are taken, its database is destroyed at a random moment, the
// newest export is restored, Git and the log are reconciled, every acknowledged request is repeated under its key, and what is
// there then is compared with what was acknowledged. The actors, the protocol and the formats are the product's own; the forge
// and the store are whatever the caller brings, and time is moved by hand.

import type { RestoreReport } from '../../schemas/backup.ts'
import type { ChangeView } from '../../schemas/change.ts'
import type { BackupStore } from '../../schemas/ports.ts'
import { backupOffice } from '../simulator/backup-store.ts'
import type { TenantWorld } from '../simulator/tenant-world.ts'

export interface DrillOptions {
  seed: number
  /** Requests and decisions until the loss. */
  steps: number
  world: TenantWorld
  store: BackupStore
  /** Moves the clock by so many milliseconds. */
  pass: (milliseconds: number) => void
  /** What else goes wrong at the moment of the loss. */
  atLoss?: () => void
  /** Every pull request of a branch. */
  pullsOf: (branch: string) => Promise<{ state: string; merged: boolean }[]>
}

export interface DrillResult {
  seed: number
  acknowledged: number
  /** In the export, found in Git, and back by repeating the request. */
  exported: number
  inGit: number
  byKey: number
  lost: number
  /** Changes with more than one pull request that is open or merged. */
  doubled: number
  /** Resources that stood before and do not now, and open changes that did not end afterwards. */
  missing: number
  stuck: number
  leavesLost: number
  /** Of work, by the clock on the wall. */
  restoreSeconds: number
  /** What answers asked to be waited for meanwhile, by `Retry-After`: simulated seconds. */
  waitedSeconds: number
  /** What was done in this time is in no export: simulated seconds. */
  rpoSeconds: number
}

/** Mulberry32: the same seed, the same drill. */
export const randomOf = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export interface Acknowledged {
  id: string
  key: string
  body: object
}
type Known = ChangeView & { id: string }

export const STANDING = new Set(['promoted', 'applying', 'applied'])
export const ENDED = new Set(['applied', 'failed', 'rejected', 'closed', 'expired', 'superseded'])

export const runDrill = async (options: DrillOptions): Promise<DrillResult> => {
  const { seed, steps, world, store, pass } = options
  const random = randomOf(seed)
  const pick = <T>(all: readonly T[]): T | undefined => all[Math.floor(random() * all.length)]
  const beyond = world.env.LOCAL?.fetch ?? fetch
  world.env.LOCAL = { fetch: backupOffice(store, beyond) }
  world.env.BACKUPS = 'functions'
  await world.tenant.wake()
  await world.settle()

  const acknowledged: Acknowledged[] = []
  for (let step = 0; step < steps; step += 1) {
    await act(world, acknowledged, random, pick)
    pass(Math.floor(random() * 60_000))
    // Some alarms ring before the next request, and some do not.
    for (let rings = Math.floor(random() * 3); rings > 0; rings -= 1) await world.ring()
  }
  const before = await readAll(world, acknowledged)
  const leaves = await leavesOf(world)
  const lostAt = Date.now()

  world.tenants.lose(world.tenantId)
  options.atLoss?.()
  const begun = performance.now()
  let waitedSeconds = 0
  const report = await restore(world, (milliseconds) => {
    waitedSeconds += milliseconds / 1_000
    pass(milliseconds)
  })
  const restoreSeconds = (performance.now() - begun) / 1000
  const found = await readAll(world, acknowledged)
  await repeat(world, acknowledged)
  await world.settle()
  const after = await readAll(world, acknowledged)
  await landAll(world, acknowledged, pass)

  const ended = await readAll(world, acknowledged)
  const standing = await resourcesOf(world)
  const missing = [...before.values()].filter(
    ({ state, name }) => STANDING.has(state) && !standing.has(name),
  )
  const stuck = [...ended.values()].filter(({ state }) => !ENDED.has(state) && !STANDING.has(state))
  return {
    ...{ seed, acknowledged: acknowledged.length },
    ...{ exported: report.changes, inGit: report.recovered, byKey: after.size - found.size },
    lost: acknowledged.length - after.size,
    doubled: await countDoubled(options, acknowledged),
    ...{ missing: missing.length, stuck: stuck.length },
    leavesLost: Math.max(0, leaves - report.logSize),
    ...{ restoreSeconds, waitedSeconds, rpoSeconds: (lostAt - timeOf(report.backup)) / 1000 },
  }
}

/** One request or decision of somebody; what is refused is refused. */
export const act = async (
  world: TenantWorld,
  acknowledged: Acknowledged[],
  random: () => number,
  pick: <T>(all: readonly T[]) => T | undefined,
): Promise<void> => {
  const dice = random()
  if (dice < 0.5 || acknowledged.length === 0) {
    const key = `drill-${acknowledged.length}-${Math.floor(random() * 1e9)}`
    const body = world.vmRequest(`vm-${acknowledged.length}`)
    const answered = await world.request(body, { key })
    if (answered.status === 202 && answered.body.id !== null)
      acknowledged.push({ id: answered.body.id, key, body })
    return
  }
  const id = pick(acknowledged)?.id ?? ''
  if (dice < 0.6) await world.settle()
  else if (dice < 0.75) await world.decide('approvals', id)
  else if (dice < 0.9) await world.decide('merge', id)
  else if (dice < 0.95) await world.decide('reject', id)
  else {
    const { body } = await world.send('GET', `/changes/${id}`)
    if (body.liveSha) await world.report(body, 'healthy')
  }
}

/** Those that are there, by id. */
export const readAll = async (
  world: TenantWorld,
  acknowledged: readonly Acknowledged[],
): Promise<Map<string, Known>> => {
  const all = new Map<string, Known>()
  for (const { id } of acknowledged) {
    const { status, body } = await world.send('GET', `/changes/${id}`)
    if (status === 200) all.set(id, { ...body, id })
  }
  return all
}

const TRIES = 20

/** As an operator does: what broke off is repeated when its answer says so, and then the tenant's people are let in again. */
const restore = async (
  world: TenantWorld,
  pass: (milliseconds: number) => void,
): Promise<RestoreReport> => {
  for (let tries = 1; ; tries += 1) {
    const response = await world.http('POST', '/v1/tenants/acme/restore-backup', {
      ...{ token: world.operator, body: { backup: 'newest', adopt: true } },
    })
    const text = await response.text()
    if (response.status === 200) {
      await confirmTokens(world)
      return JSON.parse(text) as RestoreReport
    }
    if (response.status !== 503 || tries === TRIES)
      throw new Error(`the restore was refused: ${text}`)
    pass(Number(response.headers.get('retry-after') ?? 1) * 1_000)
  }
}

const confirmTokens = async (world: TenantWorld): Promise<void> => {
  for (const token of Object.values(world.tokens)) {
    const id = /tok[a-z2-7]{16}/.exec(token)?.[0]
    const path = `/v1/tenants/acme/tokens/${id}/confirm`
    const { status } = await world.http('POST', path, { token: world.operator })
    if (status !== 200) throw new Error(`a token was not confirmed: ${status}`)
  }
}

/** As every client does that had no answer, or wants to be sure. */
export const repeat = async (
  world: TenantWorld,
  acknowledged: readonly Acknowledged[],
): Promise<void> => {
  for (const { id, key, body } of acknowledged) {
    const answered = await world.request(body, { key })
    if (answered.status >= 300) throw new Error(`${id} repeated: ${JSON.stringify(answered.body)}`)
    if (answered.body.id !== id) throw new Error(`a repeated key made another change than ${id}`)
  }
}

const ROUNDS = 10

/** Life goes on: what is open is approved, merged and reported on. */
export const landAll = async (
  world: TenantWorld,
  acknowledged: readonly Acknowledged[],
  pass: (milliseconds: number) => void,
): Promise<void> => {
  // The forge's limits let so many writes through in a minute: whoever comes too soon comes again.
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { id } of acknowledged) {
      const { body } = await world.send('GET', `/changes/${id}`)
      if (body.state === 'proposed') await world.decide('approvals', id)
      await world.settle()
      const approved = (await world.send('GET', `/changes/${id}`)).body
      if (approved.state === 'approved') await world.decide('merge', id)
      await world.settle()
      const merged = (await world.send('GET', `/changes/${id}`)).body
      if (merged.liveSha !== null && STANDING.has(String(merged.state)))
        await world.report(merged, 'healthy')
    }
    pass(360_000)
    await world.settle()
  }
}

export const resourcesOf = async (world: TenantWorld): Promise<Set<string>> => {
  const names = new Set<string>()
  let path: string | null = '/resources?limit=200'
  while (path !== null) {
    const answered: Awaited<ReturnType<TenantWorld['send']>> = await world.send('GET', path)
    for (const { name } of answered.body.items ?? []) names.add(name)
    path = answered.body.next?.replace('/v1/tenants/acme', '') ?? null
  }
  return names
}

const leavesOf = async (world: TenantWorld): Promise<number> => {
  const row = world.tenants
    .storageOf(world.tenantId)
    ?.sql.exec('SELECT count(*) AS leaves FROM log_leaves')
    .one()
  return Number(row?.leaves ?? 0)
}

export const countDoubled = async (
  { pullsOf }: DrillOptions,
  acknowledged: readonly Acknowledged[],
): Promise<number> => {
  let doubled = 0
  for (const { id } of acknowledged) {
    const pulls = await pullsOf(`phoenix/acme/${id}`)
    if (pulls.filter(({ state, merged }) => merged || state === 'open').length > 1) doubled += 1
  }
  return doubled
}

const timeOf = (backup: string): number =>
  Date.parse(
    backup.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z.*$/, '$1-$2-$3T$4:$5:$6.$7Z'),
  )

export const RPO_SECONDS = 15 * 60
/** The core: Directory, Log, Inventory (drill-core.ts). */
export const RTO_SECONDS = { regional: 3_600, core: 4 * 3_600 }

/** What a client would have waited. */
const recoverySecondsOf = ({ restoreSeconds, waitedSeconds }: DrillResult): number =>
  restoreSeconds + waitedSeconds

/** What went wrong; empty when nothing did. */
export const faultsOf = (result: DrillResult): string[] => [
  ...(['lost', 'doubled', 'missing', 'stuck'] as const)
    .filter((name) => result[name] > 0)
    .map((name) => `${result[name]} ${name}`),
  ...(result.rpoSeconds > RPO_SECONDS ? ['the newest export was older than 15 minutes'] : []),
  ...(recoverySecondsOf(result) > RTO_SECONDS.regional ? ['the restore took over an hour'] : []),
]

export const lineOf = (result: DrillResult): string => {
  const { seed, acknowledged, exported, inGit, byKey, lost, doubled, leavesLost } = result
  const faults = faultsOf(result)
  return [
    `seed ${seed}: acknowledged ${acknowledged}; recovered ${exported + inGit + byKey} (${exported} from the export, ${inGit} from Git, ${byKey} by repeating their keys); lost ${lost}, doubled ${doubled}; ${leavesLost} leaves lost and shown;`,
    `RPO ${result.rpoSeconds.toFixed(0)} s of ${RPO_SECONDS} (simulated time), RTO ${recoverySecondsOf(result).toFixed(2)} s of ${RTO_SECONDS.regional} regional: ${result.restoreSeconds.toFixed(2)} s of work and ${result.waitedSeconds.toFixed(0)} s waited (simulated time)`,
    ...(faults.length > 0 ? [`FAILED: ${faults.join(', ')}`] : []),
  ].join(' ')
}
