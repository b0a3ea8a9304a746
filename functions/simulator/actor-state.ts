// An actor's surroundings in a plain process: its state, and a namespace that makes one instance per name.
// Calls between actors are real asynchronous calls with cloned arguments and results, but never fail on their own.
import { type FakeStorage, fakeStorage } from './actor-storage.ts'

export interface FakeActorState {
  /** What the class's constructor takes. */
  state: DurableObjectState
  storage: FakeStorage
  /** Resolves when everything given to waitUntil has ended. */
  settled: () => Promise<void>
}

export const fakeActorState = ({
  name = 'object',
  path,
}: {
  name?: string
  path?: string
} = {}): FakeActorState => {
  const storage = fakeStorage(path === undefined ? {} : { path })
  const waits = new Set<Promise<unknown>>()
  const state = {
    id: { name, toString: () => name, equals: (other: unknown) => String(other) === name },
    storage,
    waitUntil: (promise: Promise<unknown>) => {
      const wait = promise.catch(() => undefined).finally(() => waits.delete(wait))
      waits.add(wait)
    },
    blockConcurrencyWhile: <T>(work: () => Promise<T>) => work(),
  }
  return {
    state: state as unknown as DurableObjectState,
    storage,
    settled: async () => {
      while (waits.size > 0) await Promise.all(waits)
    },
  }
}

/** What RPC does to values: structured clone, but streams pass through. */
export const crossing = <T>(value: T): T => {
  if (value === undefined || value === null || typeof value !== 'object') return value
  if (value instanceof ReadableStream) return value
  if (Array.isArray(value)) return value.map(crossing) as T
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return structuredClone(value)
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (typeof inner === 'function') throw new TypeError('a function cannot cross RPC here')
      return [key, crossing(inner)]
    }),
  ) as T
}

/** By kind: where the migrations of its first object led to. */
const schemas = new Map<string, string>()

export type CallIntercept = (call: string, run: () => Promise<unknown>) => Promise<unknown>

export interface FakeNamespace<Api, Actor> {
  /** Put this into the environment. */
  namespace: {
    idFromName(name: string): string
    getByName(name: string): Api
    jurisdiction(name: string): FakeNamespace<Api, Actor>['namespace']
  }
  /** Instances by name, with their surroundings. */
  actors: Map<string, { actor: Actor; surroundings: FakeActorState }>
  /** Every call that crossed, as `name.method`, oldest first. */
  calls: string[]
  /** Stands around every call that crosses: may do it or not, throw before or after, or never end, as a crash does. */
  setIntercept: (intercept: CallIntercept | null) => void
  /** Forgets the instance but keeps its storage, as eviction or a crash does. */
  evict: (name: string) => void
  /** The object is gone with all that it stored: whoever comes next finds an empty one. */
  lose: (name: string) => void
  /** The instance itself, made if need be. */
  wake: (name: string) => Actor
  /** One more instance over the same storage, which nobody else gets to. */
  twin: (name: string) => Actor
  /** What the object has stored, whether an instance runs or not. */
  storageOf: (name: string) => FakeStorage | undefined
  /** Keeps what every object has stored; the function brings it back, with new instances, any number of times. */
  keep: () => () => void
  /** When the alarm is due, in milliseconds since the epoch; null when none is set. */
  alarmOf: (name: string) => number | null
  alarm: (name: string) => Promise<void>
}

/**
 * A namespace over one class. `jurisdictions: false` throws as plain workerd does;
 * `create` gets the state of each new object. With a `kind` the migrations run for the first object of it in the process only.
 */
export const fakeNamespace = <Api, Actor extends object>(
  create: (state: DurableObjectState, name: string) => Actor,
  { jurisdictions = true, kind }: { jurisdictions?: boolean; kind?: string } = {},
): FakeNamespace<Api, Actor> => {
  const actors = new Map<string, { actor: Actor; surroundings: FakeActorState }>()
  const states = new Map<string, FakeActorState>()
  const calls: string[] = []
  let intercept: CallIntercept = (_, run) => run()
  const wake = (name: string): Actor => {
    const known = actors.get(name)
    if (known) return known.actor
    const isNew = kind !== undefined && !states.has(name)
    const surroundings = states.get(name) ?? fakeActorState({ name })
    states.set(name, surroundings)
    const { control } = surroundings.storage
    const schema = isNew && schemas.get(kind)
    if (schema) control.begin(schema)
    const actor = create(surroundings.state, name)
    if (isNew && !schema) schemas.set(kind, control.schema())
    actors.set(name, { actor, surroundings })
    return actor
  }
  const stub = (name: string): Api =>
    new Proxy(
      {},
      {
        get: (_, method) => {
          if (typeof method !== 'string' || method === 'then') return undefined
          return async (...input: unknown[]) => {
            calls.push(`${name}.${method}`)
            return intercept(`${name}.${method}`, async () => {
              const actor = wake(name) as Record<string, (...args: unknown[]) => Promise<unknown>>
              const found = actor[method]
              if (typeof found !== 'function') throw new TypeError('no such method on this object')
              return crossing(await found.apply(actor, input.map(crossing)))
            })
          }
        },
      },
    ) as Api
  const namespace: FakeNamespace<Api, Actor>['namespace'] = {
    idFromName: (name) => name,
    getByName: stub,
    jurisdiction: () => {
      if (!jurisdictions) throw new Error('Jurisdiction restrictions are not implemented')
      return namespace
    },
  }
  return {
    namespace,
    actors,
    calls,
    setIntercept: (next) => {
      intercept = next ?? ((_, run) => run())
    },
    evict: (name) => void actors.delete(name),
    lose: (name) => {
      actors.delete(name)
      states.delete(name)
    },
    wake,
    twin: (name) => {
      const known = states.get(name)
      if (!known) throw new Error('nobody has come to this object yet')
      return create(known.state, name)
    },
    storageOf: (name) => states.get(name)?.storage,
    keep: () => {
      const kept = new Map(states)
      for (const { storage } of kept.values()) storage.control.keep()
      return () => {
        actors.clear()
        calls.length = 0
        for (const name of states.keys()) if (!kept.has(name)) states.delete(name)
        for (const { storage } of kept.values()) storage.control.rewind()
      }
    },
    alarmOf: (name) => states.get(name)?.storage.control.alarm() ?? null,
    alarm: async (name) => {
      const actor = wake(name) as { alarm?: () => Promise<void> }
      states.get(name)?.storage.control.takeAlarm()
      await actor.alarm?.()
    },
  }
}
