// The column of the vault: the Functions' own verbs of secrets in a process of their own, which may die, and between them and the
// vault the kernel. What the vault says instead of an answer is what its SDK throws for it.
import type { HttpHandler } from '@azure/functions'
import { secretVerbs, vaultVerbs } from '../../../schemas/vault.ts'
import { memoryState } from '../../azure/state.ts'
import { verbHandlers } from '../../azure/verbs.ts'
import type { VaultClients } from '../../vault/clients.ts'
import { purgedNames } from '../../vault/order.ts'
import { secretWork } from '../../vault/secrets.ts'
import { type Vaults, vaultOfOwner } from '../../vault/settings.ts'
import { createFunctionsOffice } from '../functions-office.ts'
import type { Fault } from './faults.ts'
import type { Kernel, Process } from './kernel.ts'
import type { Random } from './random.ts'
import { createVault, refusedBy, VAULT_URL } from './vault.ts'

const VAULTS: Vaults = { default: VAULT_URL, tenants: {} }
const VERBS = { place: vaultVerbs.place, ...secretVerbs }
const PATHS = new Set<string>(Object.values(VERBS).map(({ path }) => path))

export interface VaultOffice {
  vault: ReturnType<typeof createVault>
  /** Whether this path is one of its verbs. */
  knows: (path: string) => boolean
  answer: (
    into: (process: Process) => void,
    ...asked: Parameters<typeof fetch>
  ) => Promise<Response>
  process: () => Process
  /** Another process takes over. */
  evict: () => void
  /** What was said to the edge, and into the Functions' log; null: nobody listens. */
  listen: (lines: string[] | null) => void
  keep: () => () => void
}

export const createVaultOffice = (kernel: Kernel, now: () => number): VaultOffice => {
  const vault = createVault(now)
  let purged = purgedNames(memoryState())
  let lines: string[] | null = null
  const start = () => {
    const process: Process = { kind: 'functions', alive: true }
    const secrets = vault.clientOver((verb, input, run) =>
      kernel.cross(process, 'vault', `${verb} ${input[0]}`, async () => run(), { verb, input }),
    )
    const work = {
      place: async (_: object, { owner }: { owner: string }) => vaultOfOwner(VAULTS, owner),
      ...secretWork({
        vaults: VAULTS,
        clientsOf: async () => ({ secrets }) as VaultClients,
        purged,
      }),
    }
    const handlers: Record<string, HttpHandler> = verbHandlers(VERBS, () => work)
    const fetch = createFunctionsOffice([[VERBS, handlers]], (line) => void lines?.push(line))
    return { process, fetch }
  }
  let running = start()
  const evict = (): void => {
    running = start()
  }
  return {
    ...{ vault, evict },
    knows: (path) => PATHS.has(path),
    answer: (into, ...asked) => {
      into(running.process)
      return running.fetch(...asked)
    },
    process: () => running.process,
    listen: (into) => {
      lines = into
    },
    keep: () => {
      const putBack = vault.keep()
      return () => {
        putBack()
        purged = purgedNames(memoryState())
        evict()
      }
    },
  }
}

/** Without a status: the SDK's client never had an answer, or none that could be read. */
const FAILURES: [Fault, () => unknown][] = [
  ['5xx', () => refusedBy(500, { code: 'InternalServerError' })],
  ['429 with Retry-After', () => refusedBy(429, { headers: { 'retry-after': '10' } })],
  ['HTML for an answer', () => refusedBy(502)],
  ['truncated answer', () => new SyntaxError('Unexpected end of JSON input')],
  ['unreachable', () => new Error('connect ECONNREFUSED')],
]
/** What the vault, or whatever is before it, says instead of an answer. */
export const failureOfVault = (random: Random): [Fault, unknown] => {
  const [kind, error] = random.pick(FAILURES)
  return [kind, error()]
}
/** To whoever writes to what the vault has not yet finished to delete. */
export const beingDeleted = (): object => refusedBy(409, { code: 'ObjectIsBeingDeleted' })
/** Whoever asked has waited as long as a verb may. */
export const timedOut = (): Error => new DOMException('The operation timed out.', 'TimeoutError')
