// Loads the bundle named on the command line once, as the host does, in a process that has loaded nothing else of it, and prints
// the milliseconds of the processor and of the clock.
import { createCore } from '../../local/functions-host/core.ts'
import { loadBundle } from '../../local/functions-host/load-bundle.ts'

const [, , path = ''] = process.argv
const core = createCore({ write: () => {} })
const [start, used] = [performance.now(), process.cpuUsage()]
await loadBundle(path, core)
const clock = performance.now() - start
const { user, system } = process.cpuUsage(used)
if (core.functions.size === 0) throw new Error('nothing was registered')
console.log(JSON.stringify({ cpu: (user + system) / 1000, clock }))
process.exit(0)
