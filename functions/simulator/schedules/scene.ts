// What one schedule works with: the world at its stage, who has asked what and heard what, and what the forge would tell.

import type { TenantApi } from '../../../edge-workers/actors/contracts.ts'
import type { OperationName } from '../../../edge-workers/actors/operations-contracts.ts'
import type { ChangeState } from '../../../schemas/change.ts'
import { count, type Fault, type Tally, type Where } from './faults.ts'
import type { Process } from './kernel.ts'
import type { Random } from './random.ts'
import type { Person, SimulatedWorld } from './world.ts'

export type Hint = Parameters<TenantApi['forgeHint']>[0]

export type Asked =
  | { what: 'ask'; request: object }
  | { what: 'approve' | 'merge' | 'reject' | 'cancel' | 'revert'; id: string }
  | { what: 'revise'; id: string; parameters: Record<string, unknown> | null }
  | { what: 'secret'; operation: OperationName; input: Record<string, unknown> & { id: string } }

export interface Answer {
  ok: boolean
  /** Id of the change it is about. */
  id: string | null
  problem: string | null
  detail?: string | undefined
}

/** What somebody wants. It is sent again under its key until it is answered. */
export interface Command {
  key: string
  who: Person
  asked: Asked
  state: 'waiting' | 'sent' | 'answered'
  sent: number
  answer: Answer | null
  /** What a repetition of what had been acknowledged was refused for. */
  refusedAgain: string | null
}

export interface ChangeShown {
  id: string
  name: string
  state: ChangeState
  version: number
  revision: number
  idempotencyKey: string
  requester: string
  branch: string
  pullNumber: number | null
  commitSha: string | null
  headSha: string | null
  gate: 'absent' | 'red' | 'green'
  gateReason: string
  reason: string | null
  mergeSha: string | null
  liveSha: string | null
  undoneSha: string | null
  request: string
}

export interface Scene {
  sim: SimulatedWorld
  tally: Tally
  /** Of the present step. */
  random: Random
  client: Process
  runtime: Process
  commands: Command[]
  hints: Hint[]
  /** Hints that were taken: they may be told again. */
  told: Hint[]
  /** Nobody is ever told anything. */
  deaf: boolean
  /** People ask for chains too, whose plans the Functions are asked about. */
  chains: boolean
  /** The owner keeps secrets. */
  keeps: boolean
  /** Operations and names of which the vault may have got more requests than one waits for (secrets.ts). */
  repeated: Set<string>
  /** What was said in answers to the edge, to people, and in logs; null: nobody listens. */
  said: string[] | null
  /** The alarm of the platform's log is being handled, in this process. */
  ringingLog: Process | null
  /** The platform's log publishes: its alarm rings. */
  publishes: boolean
  /** At the end every poll is waited for. */
  polls: boolean
  /** The alarm is being handled, in this process. */
  ringing: Process | null
  /** Pull requests that were merged when the schedule began. */
  mergedAtFirst: number
  /** The furthest that the clock has ever been. */
  latest: number
  /** Grows with whatever changes on the forge. */
  forgeChanges: number
  /** Where Phoenix has put `live`, for engines that are behind, and for whoever puts it back. */
  lives: string[]
  /** Heard from the engines: a component, and the place in `lives` at which it was well. */
  healthy: { component: string; place: number }[]
  appliedAtFirst: string[]
  /** What may have ended a proposal besides Phoenix: people on the forge, and what the forge refused. */
  excuses: number
  restores: number
  /** Null: nobody reads it. */
  trace: string[] | null
  /** Found while it ran. */
  faults: string[]
}

export const fault = (scene: Scene, kind: Fault, where: Where): void =>
  count(scene.tally, kind, where)

/** Something that looks like a loss and is none; said why where it is found. */
export const excuse = ({ tally: { excused } }: Scene, why: string): void => {
  excused[why] = (excused[why] ?? 0) + 1
}

export const say = (scene: Scene, text: () => string): void => {
  if (scene.trace) scene.trace.push(text())
}

export const sqlOf = ({ sim: { world } }: Scene) => {
  const found = world.tenants.storageOf(world.tenantId)
  if (!found) throw new Error('the tenant has no storage')
  return found.sql
}

export const changesOf = (scene: Scene): ChangeShown[] =>
  sqlOf(scene)
    .exec('SELECT * FROM changes ORDER BY acceptedAt, id')
    .toArray() as unknown as ChangeShown[]

/** When the next alarm is due; null without one. */
export const alarmOf = ({ sim: { world } }: Scene): number | null =>
  world.tenants.alarmOf(world.tenantId)

let delivered = 0
export const digestNumber = (): string => {
  delivered += 1
  return `sha256:${delivered.toString(16).padStart(64, '0')}`
}
/** The same in every schedule. */
export const beginDigests = (): void => {
  delivered = 0x100_000
}
