// Runs plain workerd from its npm package. Started from Node, it gets Node's raised limit of open files
// (each awake object holds three). Does not write its configuration: see workerd-config.ts.
import { createRequire } from 'node:module'
import { type Child, startChild } from './child.ts'

/** Path of the binary for this platform, as the package itself resolves it. */
const workerdPath = (): string => {
  const { default: path } = createRequire(import.meta.url)('workerd') as { default: string }
  return path
}

/** Starts workerd; `port` of the answer is where its only socket listens. Rejects with its last words if it ends at once. */
export const startWorkerd = ({
  configPath,
  log,
}: {
  configPath: string
  log?: (line: string) => void
}): Promise<Child> =>
  startChild({
    name: 'workerd',
    command: workerdPath(),
    args: ['serve', '--control-fd=3', configPath, 'config'],
    listenFd: 3,
    ...(log && { log }),
  })
