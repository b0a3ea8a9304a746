// The Functions host as a process of its own, so that it can be killed alone:
//   node main.ts --bundle dist/functions/index.cjs --host-json host.json --port 8789 [--state file] [--exit-with-stdin]
// FUNCTIONS_HOST_KEYS: JSON of keys.ts; without it what asks for a key is closed, and so is /admin.
// Prints {"event":"listen","port":N} on standard output once it answers; everything else goes to standard error.
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { nodeIdentitiesStandIn } from '../node-identities.ts'
import { rerouted } from '../reroute.ts'
import { startHost } from './host.ts'

const { values } = parseArgs({
  options: {
    bundle: { type: 'string' },
    'host-json': { type: 'string' },
    port: { type: 'string', default: '0' },
    state: { type: 'string' },
    'exit-with-stdin': { type: 'boolean', default: false },
  },
})
const { bundle, 'host-json': hostJson } = values
if (bundle === undefined || hostJson === undefined) {
  console.error('main.ts needs --bundle and --host-json')
  process.exit(2)
}

const { FUNCTIONS_HOST_KEYS = '{}' } = process.env
// The host's own: no function has business with it.
delete process.env.FUNCTIONS_HOST_KEYS
// Before the bundle is loaded: whatever it calls in Azure goes to stand-ins of this machine.
globalThis.fetch = rerouted(globalThis.fetch, process.env.LOCAL_REROUTES)
const QUIET = new Set(['trace', 'debug'])
const host = await startHost({
  bundlePath: resolve(bundle),
  hostJsonPath: resolve(hostJson),
  port: Number(values.port),
  ...(values.state !== undefined && { statePath: resolve(values.state) }),
  keys: JSON.parse(FUNCTIONS_HOST_KEYS),
  standIns: [nodeIdentitiesStandIn],
  write: (level, category, message) => {
    if (!QUIET.has(level)) console.error(`${level} (${category}): ${message}`)
  },
})

/** A request that hangs must not keep a host alive that nobody holds any more. */
const END_WITHIN_MS = 1500
let ending = false
const end = async (): Promise<void> => {
  if (ending) return
  ending = true
  setTimeout(() => process.exit(1), END_WITHIN_MS).unref()
  await host.close()
  process.exit(0)
}
process.on('SIGTERM', end)
process.on('SIGINT', end)
// The launcher holds our standard input open; when it dies, even by SIGKILL, we must not outlive it.
if (values['exit-with-stdin']) process.stdin.on('close', end).resume()

console.log(JSON.stringify({ event: 'listen', port: host.port }))
