// One world for schedules: the product's own actors, each instance in a process of its own, with the kernel between them.
// While the kernel is not active, everything goes straight through: that is how a world is brought to where schedules begin.
import type { Directory } from '../../../edge-workers/actors/directory.ts'
import type { Repository } from '../../../edge-workers/actors/repository.ts'
import type { Tenant } from '../../../edge-workers/actors/tenant.ts'
import type { Env } from '../../../edge-workers/env.ts'
import { LOG_BRANCH } from '../../../gitops/log/branch.ts'
import type { Forge } from '../../../schemas/ports.ts'
import { type Principal, type Role, scopesOf } from '../../../schemas/principal.ts'
import { crossing } from '../actor-state.ts'
import { createMemoryForge, type MemoryForge } from '../memory-forge.ts'
import { createTenantWorld, REPOSITORY, type TenantWorld } from '../tenant-world.ts'
import { reachFunctions } from './functions-column.ts'
import { createKernel, type Kernel, type Kind, type Process } from './kernel.ts'
import type { Surroundings } from './random.ts'
import { createVaultOffice, type VaultOffice } from './vault-column.ts'

export type { Directory, Repository, Tenant }
export const INVENTORY = 'inventory-eu'
export const DIRECTORY = 'directory'
/** Another tenant, of whom there are only his calls (strangers.ts). */
export const STRANGER = 'ten_eu_ssssssssssssssss'
/** Of a host of the lab. */
export const HOST_MIB = 128_000
export const PEOPLE = ['rita', 'anton', 'olga'] as const
export type Person = (typeof PEOPLE)[number]
/** Rita may approve too, but never what she asked for. */
const ROLES: Record<Person, Role[]> = {
  ...{ rita: ['requester', 'approver'], anton: ['approver'], olga: ['owner'] },
}

/** Whoever may die. */
export type Mortal = Kind | 'functions'

export interface SimulatedWorld {
  world: TenantWorld
  kernel: Kernel
  /** The Functions' verbs of secrets, and the vault behind them. */
  office: VaultOffice
  surroundings: Surroundings
  people: Record<Person, Principal>
  /** Instances that run now, besides the one that new calls get: a second process over the same storage. */
  twins: Tenant[]
  /** Of the instance that new calls get; undefined where none runs. */
  processOf: (kind: Mortal) => Process | undefined
  processOfTwin: (twin: Tenant) => Process | undefined
  wake: (kind: 'tenant') => Tenant
  evict: (kind: Mortal) => void
  /** Of this schedule: heads of the tenant's log that the platform was told, and where its own branch has been. */
  published: { heads: number; tips: string[] }
  /** The forge of the platform's repository. */
  platform: MemoryForge
  /** Where Phoenix has been about to move `live` in this schedule. */
  promoting: Set<unknown>
  /** Moves of `live` by a process that was not told right before that nothing is frozen. */
  unasked: { moves: number }
  /** A call of an actor, by whoever. */
  call: (from: Process, kind: Kind, method: string, input: unknown[]) => Promise<unknown>
  /** Hears of every call that reached the forge. */
  watchForge: (
    watch: ((verb: keyof Forge, input: unknown[], answer: unknown) => void) | null,
  ) => void
  /** A second process over the tenant's storage. */
  addTwin: () => Tenant
}

type Method = (...input: unknown[]) => Promise<unknown>
const methodOf = (actor: object, name: string): Method => {
  const found = (actor as Record<string, Method>)[name]
  if (typeof found !== 'function') throw new TypeError('no such method on this object')
  return found.bind(actor)
}

const NAME_OF = {
  tenant: 'tenants',
  inventory: 'inventory',
  repository: 'repository',
  platform: 'repository',
  log: 'log',
  directory: 'directory',
} as const satisfies Record<Kind, string>

/** `surroundings` has been taken over already. */
export const createSimulatedWorld = async (
  surroundings: Surroundings,
  { tenant = {} }: { tenant?: object } = {},
): Promise<SimulatedWorld> => {
  const twins: Tenant[] = []
  const published = { heads: 0, tips: [] as string[] }
  const platform = createMemoryForge()
  /** Whose instance is being made. */
  let waking: Kind | null = null
  const promoting = new Set<unknown>()
  const unasked = { moves: 0 }
  /** What each process was told last: true, that nothing is frozen. */
  const free = new WeakMap<Process, boolean>()
  const kernel = createKernel(surroundings.now)
  const office = createVaultOffice(kernel, surroundings.now)
  const processes = new WeakMap<object, Process>()
  const byEnv = new WeakMap<Env, Process>()
  const latest: Partial<Record<Kind, Process>> = {}
  let onForge: Parameters<SimulatedWorld['watchForge']>[0] = null
  let world: TenantWorld

  const nameOf = (kind: Kind): string =>
    ({
      ...{ tenant: world.tenantId, inventory: INVENTORY, repository: REPOSITORY, log: 'log' },
      ...{ directory: DIRECTORY, platform: world.env.PLATFORM_REPOSITORY },
    })[kind]
  const wake = (kind: Kind): object => {
    const [twin] = twins
    if (kind === 'tenant' && twin && Math.random() < 0.3) return twin
    waking = kind
    const actor: object = world[NAME_OF[kind]].wake(nameOf(kind))
    waking = null
    const process = latest[kind]
    if (!processes.has(actor) && process) processes.set(actor, process)
    return actor
  }
  const call = (from: Process, kind: Kind, method: string, input: unknown[], to?: string) => {
    // Two instances may be there for a while; whose turn it is does not matter to a caller.
    const sent = input.map(crossing)
    if (method === 'promote') {
      promoting.add(input[1])
      if (!free.get(from)) unasked.moves += 1
    }
    const answer = kernel.cross(from, kind, method, async (into) => {
      if (to === STRANGER) return null
      if (method === 'noteHead') published.heads += 1
      const actor = wake(kind)
      const process = processes.get(actor)
      if (process) into(process)
      return crossing(await methodOf(actor, method)(...sent))
    })
    if (method !== 'frozen') return answer
    return answer.then(
      (frozen) => {
        free.set(from, frozen === null)
        return frozen
      },
      (error) => {
        free.set(from, false)
        throw error
      },
    )
  }
  /** What an instance gets for a namespace: its calls are known as its own. */
  const namespaceFor = <Api>(kind: Kind, from: Process, real: { getByName(name: string): Api }) => {
    const stubOf = (kind: Kind, name?: string) =>
      new Proxy(
        {},
        {
          get: (_, method) =>
            typeof method !== 'string' || method === 'then'
              ? undefined
              : (...input: unknown[]) => call(from, kind, method, input, name),
        },
      ) as Api
    const [stub, stranger, own] = [stubOf(kind), stubOf(kind, STRANGER), stubOf('platform')]
    const namespace = {
      idFromName: (name: string) => name,
      // While the world is made, whoever is asked for may be another than the one of the schedules.
      getByName: (name: string) => {
        if (name === STRANGER) return stranger
        if (world !== undefined && name === nameOf('platform')) return own
        return world !== undefined && name === nameOf(kind) ? stub : real.getByName(name)
      },
      jurisdiction: () => namespace,
    }
    return namespace
  }
  const around = (of: Kind, env: Env): Env => {
    const kind = waking ?? of
    const process: Process = { kind, alive: true }
    latest[kind] = process
    const own = {
      ...env,
      TENANT: namespaceFor('tenant', process, env.TENANT as never),
      INVENTORY: namespaceFor('inventory', process, env.INVENTORY as never),
      REPOSITORY: namespaceFor('repository', process, env.REPOSITORY as never),
      LOG: namespaceFor('log', process, env.LOG as never),
      DIRECTORY: namespaceFor('directory', process, env.DIRECTORY as never),
      ...reachFunctions(kernel, process, env.LOCAL, office),
    } as unknown as Env
    byEnv.set(own, process)
    return own
  }
  const reach = (env: Env, forge: Forge): Forge => {
    const from = byEnv.get(env)
    if (!from) return forge
    return new Proxy(forge, {
      get: (target, verb: keyof Forge) =>
        verb === 'abilities'
          ? target.abilities
          : (...input: unknown[]) =>
              kernel.cross(
                ...([from, 'forge', describe(verb, input)] as const),
                async () => {
                  const answer = await (target[verb] as Method)(...input)
                  if (from.kind !== 'platform') onForge?.(verb, input, answer)
                  else if (answer === 'moved' || answer === 'created')
                    published.tips.push(platform.branches.get(LOG_BRANCH) ?? '')
                  return answer
                },
                { verb, input },
              ),
    })
  }
  world = await createTenantWorld({
    around,
    reach,
    platform: platform.forge,
    tenant: { quota: { vms: 60, cores: 100, memoryMiB: 200_000, diskGiB: 10_000 }, ...tenant },
  })
  const given = await world.http('PATCH', `/v1/tenants/acme/members/${world.ids.rita}`, {
    ...{ token: world.operator, headers: { 'if-match': '*' }, body: { roles: ROLES.rita } },
  })
  if (given.status !== 200) throw new Error('Rita is no approver')
  const principalOf = (person: Person): Principal => ({
    ...{ tenantId: world.tenantId, credential: 'simulated', subject: world.ids[person] },
    ...{ person: true, roles: ROLES[person], scopes: scopesOf(...ROLES[person]), behind: [] },
  })
  return {
    ...{ world, kernel, office, platform, surroundings, twins, call, published },
    ...{ promoting, unasked },
    people: { rita: principalOf('rita'), anton: principalOf('anton'), olga: principalOf('olga') },
    processOf: (kind) => {
      if (kind === 'functions') return office.process()
      const running = world[NAME_OF[kind]].actors.get(nameOf(kind))?.actor
      const process = latest[kind]
      // Whoever was woken by its alarm is the latest of its kind.
      if (running && process && !processes.has(running)) processes.set(running, process)
      return running && processes.get(running)
    },
    processOfTwin: (twin) => processes.get(twin),
    wake: (kind) => wake(kind) as never,
    addTwin: () => {
      const twin = world.tenants.twin(world.tenantId)
      if (latest.tenant) processes.set(twin, latest.tenant)
      twins.push(twin)
      return twin
    },
    evict: (kind) =>
      kind === 'functions' ? office.evict() : world[NAME_OF[kind]].evict(nameOf(kind)),
    watchForge: (watch) => {
      onForge = watch
    },
  }
}

/** `moveBranch phoenix/acme/chg_…`: the verb, and what it is about where that is one word. */
const describe = (verb: string, input: unknown[]): string => {
  const [about] = input
  return typeof about === 'string' || typeof about === 'number' ? `${verb} ${about}` : verb
}
