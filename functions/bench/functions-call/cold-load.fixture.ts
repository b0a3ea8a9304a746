// Loads the bundle named on the command line once, as the host does, in a process that has loaded nothing else of it, then the SDKs
// beside it, as the first request that needs Azure does, and prints the milliseconds of the processor and of the clock: of the bundle,
// and of both.
import { createRequire } from 'node:module'
import { createCore } from '../../local/functions-host/core.ts'
import { loadBundle } from '../../local/functions-host/load-bundle.ts'

const [, , path = ''] = process.argv
const core = createCore({ write: () => {} })
const [start, used] = [performance.now(), process.cpuUsage()]
await loadBundle(path, core)
const since = () => {
  const { user, system } = process.cpuUsage(used)
  return { cpu: (user + system) / 1000, clock: performance.now() - start }
}
const bundle = since()
if (core.functions.size === 0) throw new Error('nothing was registered')
const { SecretClient } = createRequire(path)('./azure-sdk.cjs') as { SecretClient?: unknown }
const both = since()
if (SecretClient === undefined) throw new Error('the SDKs were not loaded')
console.log(JSON.stringify({ bundle, both }))
process.exit(0)
