// A Functions host for the laptop: the same bundle that Azure runs, behind HTTP on the loopback address.
// Leaves out scaling and every extension but timers and queues; what it lacks it refuses aloud.
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { HttpHandler } from '@azure/functions'
import { type Core, createCore, type LogCategory, type LogLevel } from './core.ts'
import { HostJson } from './host-json.ts'
import { createListener, endpointsOf } from './http.ts'
import { HostKeys } from './keys.ts'
import { loadBundle } from './load-bundle.ts'
import { startQueues } from './queues.ts'
import { openStore } from './store.ts'
import { capabilitiesOnLoopback } from './streaming.ts'
import { startTimers } from './timers.ts'

/** A function that exists on the laptop only, registered beside the bundle and behind the same hooks. */
export interface StandIn {
  name: string
  method: string
  /** Below the route prefix. */
  route: string
  handler: HttpHandler
}

export interface HostOptions {
  /** Absolute path of the CommonJS bundle. */
  bundlePath: string
  /** Absolute path of host.json. */
  hostJsonPath: string
  /** 0 takes any free port. */
  port: number
  /** File of the queues and the timers' times; absent: they are forgotten with the process. */
  statePath?: string
  /** Absent: what asks for a key is closed, and so is /admin. */
  keys?: unknown
  standIns?: StandIn[]
  write?: (level: LogLevel, category: LogCategory, message: string) => void
}

const registerStandIn = (core: Core, { name, method, route, handler }: StandIn): void => {
  const trigger = { type: 'httpTrigger', direction: 'in' as const, methods: [method], route }
  core.api.registerFunction(
    { name, bindings: { httpTrigger: trigger, $return: { type: 'http', direction: 'out' } } },
    handler,
  )
}

/** Loads the bundle, runs its appStart hooks, listens. Rejects when the bundle asks for what this host cannot do. */
export const startHost = async ({
  bundlePath,
  hostJsonPath,
  port,
  statePath = ':memory:',
  keys = {},
  standIns = [],
  write = () => {},
}: HostOptions): Promise<{ port: number; close(): Promise<void> }> => {
  const settings = HostJson.parse(JSON.parse(await readFile(hostJsonPath, 'utf8')))
  const core = createCore({ write })
  const bundle = await loadBundle(bundlePath, core)
  for (const standIn of standIns) registerStandIn(core, standIn)
  const capabilities = await capabilitiesOnLoopback(() => core.model().getCapabilities({}))
  core.seal()
  for (const [name, sha256] of Object.entries(bundle))
    core.log('information', 'system', `${name} sha256 ${sha256}`)

  const endpoints = endpointsOf(core, settings.extensions.http.routePrefix)
  const host = { core, settings, store: openStore(statePath) }
  const hookData = {}
  await core.runHooks('appStart', { hookData })
  const face = {
    ...{ host, endpoints, keys: HostKeys.parse(keys) },
    streamsTo: capabilities.HttpUri ? new URL(capabilities.HttpUri) : null,
    status: { bundle },
  }
  const server = createServer(createListener(face))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const stopTimers = startTimers(host)
  const stopQueues = startQueues(host)
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      stopTimers()
      const closed = new Promise((resolve) => server.close(resolve))
      await stopQueues()
      await closed
      await core.runHooks('appTerminate', { hookData })
      host.store.close()
    },
  }
}
