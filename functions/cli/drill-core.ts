// A recovery drill of the platform's own actors: Directory, Inventory and Log are exported after each sweep; one of them is
// destroyed in the middle of a tenant's work, its newest export is put back over the API, and the tenant goes on. What it was told
// after that export it has to learn again from those who told it.
import { backupOffice } from '../simulator/backup-store.ts'
import {
  type Acknowledged,
  act,
  countDoubled,
  type DrillOptions,
  ENDED,
  landAll,
  RPO_SECONDS,
  RTO_SECONDS,
  randomOf,
  readAll,
  repeat,
  resourcesOf,
  STANDING,
} from './drill-run.ts'

export const CORE = ['directory', 'inventory-eu', 'log'] as const
export type CoreActor = (typeof CORE)[number]

export interface CoreResult {
  actor: CoreActor
  seed: number
  acknowledged: number
  lost: number
  doubled: number
  missing: number
  stuck: number
  /** Machines of the tenant that the Inventory had before, and has not afterwards; 0 for the others. */
  roomLost: number
  restoreSeconds: number
  waitedSeconds: number
  /** What it was told since the last sweep, which exports what has changed, is in no export: simulated seconds. */
  rpoSeconds: number
}

const TRIES = 20
const NAMES = { directory: 'directory', log: 'log', 'inventory-eu': 'inventory' } as const

type World = DrillOptions['world']

/** As an operator does it. Returns what he was told to wait meanwhile, in seconds. */
const restoreActor = async (
  world: World,
  actor: CoreActor,
  pass: DrillOptions['pass'],
): Promise<number> => {
  let waitedSeconds = 0
  for (let tries = 1; ; tries += 1) {
    const response = await world.http('POST', '/v1/platform/restore-backup', {
      ...{ token: world.operator, body: { actor, backup: 'newest' } },
    })
    const text = await response.text()
    if (response.status === 200) return waitedSeconds
    if (response.status !== 503 || tries === TRIES)
      throw new Error(`the restore of ${actor} was refused: ${text}`)
    const seconds = Number(response.headers.get('retry-after') ?? 1)
    waitedSeconds += seconds
    pass(seconds * 1_000)
  }
}

/** Firm or held, of this tenant: `name site host`. */
const machinesOf = (world: World): Set<string> => {
  const rows = world.inventory
    .storageOf('inventory-eu')
    ?.sql.exec('SELECT name, site, host FROM machines WHERE tenant_id = ?', world.tenantId)
    .toArray()
  return new Set((rows ?? []).map(({ name, site, host }) => `${name} ${site} ${host}`))
}

/** Whatever alarm of the platform is due rings: sweeps, exports, the steps of the log. True where a sweep has exported. */
const ringPlatform = async (world: World): Promise<boolean> => {
  let swept = false
  for (const [namespace, name] of [
    [world.directory, 'directory'],
    [world.inventory, 'inventory-eu'],
    [world.log, 'log'],
  ] as const) {
    const due = namespace.alarmOf(name)
    if (due === null || due > Date.now()) continue
    await namespace.alarm(name)
    swept ||= name === 'directory'
  }
  return swept
}

export const drillCore = async (actor: CoreActor, options: DrillOptions): Promise<CoreResult> => {
  const { seed, steps, world, store, pass } = options
  const random = randomOf(seed)
  const pick = <T>(all: readonly T[]): T | undefined => all[Math.floor(random() * all.length)]
  const beyond = world.env.LOCAL?.fetch ?? fetch
  world.env.LOCAL = { fetch: backupOffice(store, beyond) }
  world.env.BACKUPS = 'functions'
  // The first sweep exports what was there before anybody asked for anything.
  await world.directory.alarm('directory')
  let sweptAt = Date.now()
  const acknowledged: Acknowledged[] = []
  for (let step = 0; step < steps; step += 1) {
    await act(world, acknowledged, random, pick)
    pass(Math.floor(random() * 60_000))
    for (let rings = Math.floor(random() * 3); rings > 0; rings -= 1) await world.ring()
    if (await ringPlatform(world)) sweptAt = Date.now()
  }
  const before = await readAll(world, acknowledged)
  const rooms = machinesOf(world)
  const lostAt = Date.now()

  world[NAMES[actor]].lose(actor)
  options.atLoss?.()
  const begun = performance.now()
  const waitedSeconds = await restoreActor(world, actor, pass)
  const restoreSeconds = (performance.now() - begun) / 1_000
  const held = machinesOf(world)

  await repeat(world, acknowledged)
  await world.settle()
  await landAll(world, acknowledged, pass)
  await ringPlatform(world)
  const ended = await readAll(world, acknowledged)
  const standing = await resourcesOf(world)
  const stays = ({ state, name }: { state: string; name: string }) =>
    !STANDING.has(state) || standing.has(name)
  return {
    ...{ actor, seed, acknowledged: acknowledged.length },
    lost: acknowledged.length - ended.size,
    doubled: await countDoubled(options, acknowledged),
    missing: [...before.values()].filter((change) => !stays(change)).length,
    stuck: [...ended.values()].filter(({ state }) => !ENDED.has(state) && !STANDING.has(state))
      .length,
    roomLost: [...rooms].filter((room) => !held.has(room)).length,
    ...{ restoreSeconds, waitedSeconds, rpoSeconds: (lostAt - sweptAt) / 1_000 },
  }
}

export const faultsOfCore = (result: CoreResult): string[] => [
  ...(['lost', 'doubled', 'missing', 'stuck', 'roomLost'] as const)
    .filter((name) => result[name] > 0)
    .map((name) => `${result[name]} ${name}`),
  ...(result.rpoSeconds > RPO_SECONDS ? ['the newest export was older than 15 minutes'] : []),
  ...(result.restoreSeconds + result.waitedSeconds > RTO_SECONDS.core
    ? ['the restore took over four hours']
    : []),
]

export const lineOfCore = (result: CoreResult): string => {
  const { actor, seed, acknowledged, lost, doubled, roomLost, restoreSeconds, waitedSeconds } =
    result
  const faults = faultsOfCore(result)
  return [
    `${actor} destroyed, seed ${seed}: acknowledged ${acknowledged}, lost ${lost}, doubled ${doubled}, rooms lost ${roomLost};`,
    `RPO ${result.rpoSeconds.toFixed(0)} s of ${RPO_SECONDS} (simulated time), RTO ${(restoreSeconds + waitedSeconds).toFixed(2)} s of ${RTO_SECONDS.core} core: ${restoreSeconds.toFixed(2)} s of work and ${waitedSeconds.toFixed(0)} s waited (simulated time)`,
    ...(faults.length > 0 ? [`FAILED: ${faults.join(', ')}`] : []),
  ].join(' ')
}
