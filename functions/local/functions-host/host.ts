// A Functions host for the laptop: the same bundle that Azure runs, behind HTTP on the loopback address.
// Leaves out function keys, queues, streaming, functionTimeout and scaling; what it lacks it refuses aloud.
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { HttpHandler } from '@azure/functions'
import * as z from 'zod'
import { type Core, createCore, type LogCategory, type LogLevel } from './core.ts'
import { createListener, endpointsOf } from './http.ts'
import { loadBundle } from './load-bundle.ts'
import { startTimers } from './timers.ts'

const HostJson = z.looseObject({
  version: z.literal('2.0'),
  extensions: z
    .looseObject({ http: z.looseObject({ routePrefix: z.string().default('api') }).optional() })
    .optional(),
})

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
  standIns = [],
  write = () => {},
}: HostOptions): Promise<{ port: number; close(): Promise<void> }> => {
  const hostJson = HostJson.parse(JSON.parse(await readFile(hostJsonPath, 'utf8')))
  const core = createCore({ write })
  await loadBundle(bundlePath, core)
  for (const standIn of standIns) registerStandIn(core, standIn)
  const { HttpUri: streams } = await core.model().getCapabilities({})
  if (streams) throw new Error('not supported by the local host yet: enableHttpStream')
  core.seal()

  const endpoints = endpointsOf(core, hostJson.extensions?.http?.routePrefix ?? 'api')
  const hookData = {}
  await core.runHooks('appStart', { hookData })
  const server = createServer(createListener(core, endpoints))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const stopTimers = startTimers(core)
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      stopTimers()
      await new Promise((resolve) => server.close(resolve))
      await core.runHooks('appTerminate', { hookData })
    },
  }
}
