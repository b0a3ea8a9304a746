// Starts the Functions host (functions-host/main.ts) as a child process that ends when this process does.
import { join } from 'node:path'
import { type Child, startChild } from './child.ts'

const MAIN = join(import.meta.dirname, 'functions-host/main.ts')
const HOST_JSON = join(import.meta.dirname, '../../host.json')

/** `port` 0 takes any free port. `edgePublicJwks` is the JSON text of the keys that may sign requests. */
export const startFunctionsHost = ({
  bundlePath,
  port,
  edgePublicJwks,
  statePath,
  settings = {},
  log,
}: {
  bundlePath: string
  port: number
  edgePublicJwks: string
  /** File of the queues and the timers' times; absent: they are forgotten with the process. */
  statePath?: string
  /** Of the functions, as their platform would set them. */
  settings?: Record<string, string>
  log?: (line: string) => void
}): Promise<Child> =>
  startChild({
    name: 'The Functions host',
    command: process.execPath,
    args: [
      '--disable-warning=ExperimentalWarning',
      MAIN,
      `--bundle=${bundlePath}`,
      `--host-json=${HOST_JSON}`,
      `--port=${port}`,
      ...(statePath === undefined ? [] : [`--state=${statePath}`]),
      '--exit-with-stdin',
    ],
    env: { EDGE_PUBLIC_JWKS: edgePublicJwks, ...settings },
    listenFd: 1,
    holdStdin: true,
    ...(log && { log }),
  })
