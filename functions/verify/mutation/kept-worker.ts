// A pool for vitest whose thread outlives a run. Stryker runs vitest once for each mutant, and most of such a run was the
// loading of the Worker: here its modules are loaded once and only the mutant that is switched on is another. A mutant that
// shows while a module is loaded gets a thread of its own.
import { type PoolRunnerInitializer, ThreadsPoolWorker } from 'vitest/node'

/** So often a thread serves, and no longer: each run leaves a little behind in memory. */
const RUNS_PER_THREAD = 150
/** A run that took longer may have left something running: nobody comes after it. */
const SLOW_MILLISECONDS = 12_000

type PoolWorker = ReturnType<PoolRunnerInitializer['createPoolWorker']>
type Listener = Parameters<PoolWorker['on']>[1]
interface Thread {
  worker: ThreadsPoolWorker
  runs: number
}

let kept: Thread | null = null

const answered = (type: 'started' | 'stopped') => ({ __vitest_worker_response__: true, type })

export const keptWorker: PoolRunnerInitializer = {
  name: 'kept',
  createPoolWorker(options) {
    // What Stryker tells the tests of each run.
    const provided: Record<string, unknown> = { ...options.project.getProvidedContext() }
    const alone = provided.mode !== 'mutant' || provided.mutantActivation === 'static'
    const listeners: [string, Listener][] = []
    const tell = (message: unknown) => {
      setImmediate(() => {
        for (const [event, listener] of [...listeners]) if (event === 'message') listener(message)
      })
    }
    let thread: Thread | null = null
    let isNew = false
    let began = 0
    const own = (): Thread => {
      if (!thread) throw new Error('a thread that was not started')
      return thread
    }
    return {
      name: 'threads',
      async start() {
        thread = alone ? null : kept
        began = Date.now()
        if (thread) return
        isNew = true
        thread = { worker: new ThreadsPoolWorker(options), runs: 0 }
        await thread.worker.start()
        if (!alone) kept = thread
      },
      on(event, listener) {
        listeners.push([event, listener])
        own().worker.on(event, listener)
      },
      off(event, listener) {
        own().worker.off(event, listener)
        const at = listeners.findIndex((one) => one[0] === event && one[1] === listener)
        if (at >= 0) listeners.splice(at, 1)
      },
      send(message) {
        const type = 'type' in message ? message.type : undefined
        if (type === 'start' && !isNew) tell(answered('started'))
        else if (type === 'stop' && !alone) tell(answered('stopped'))
        // A thread reads the settings when it starts; which tests run is another with each run.
        else if (type === 'run' && 'context' in message) {
          const { serializedConfig: config } = options.project
          const context = Object.assign({}, message.context, { config })
          own().worker.send(Object.assign({}, message, { context }) as typeof message)
        } else own().worker.send(message)
      },
      async stop() {
        const mine = own()
        mine.runs += 1
        const isSpent = mine.runs >= RUNS_PER_THREAD || Date.now() - began > SLOW_MILLISECONDS
        for (const [event, listener] of listeners.splice(0)) mine.worker.off(event, listener)
        if (!alone && !isSpent) return
        if (kept === mine) kept = null
        await mine.worker.stop()
      },
      deserialize: (data) => data,
    }
  },
}
