// What every step of the Log actor gets: its database, the world outside, and what the log knows of its own standing.
import type { Refused } from '../../../schemas/result.ts'
import type * as tables from '../../../schemas/tables/log.ts'
import type { BackOffice } from '../../back-office.ts'
import type { Env } from '../../env.ts'
import { isolateCounters, type LogAlarm } from '../../http/counters.ts'
import type { Database, Transaction } from '../database.ts'
import type { RepositoryApi } from '../repository-contracts.ts'

export type Db = Database<typeof tables>
export type Tx = Transaction<typeof tables>

export interface LogContext {
  db: Db
  env: Env
  now: () => Date
  repository: () => RepositoryApi
  backOffice: () => BackOffice
  standing: Standing
}

/** Of this instance: not kept, because a database that was put back must not vouch for itself. */
export interface Standing {
  /** Git's id of the checkpoint that was published when the two were compared; null: not since this instance woke. */
  compared: { blob: string | null } | null
  /** The anchor and the second party have answered since, and said nothing else. */
  witnessed: boolean
  /** The forge did not answer, and no witness says otherwise than this log. */
  vouched: boolean
  /** It is older than what was published of it, or another log: nothing is done until somebody has looked. */
  halted: Refused | null
}

export interface Pace {
  /** Heads are appended together at multiples of this. */
  batchMilliseconds: number
  /** No two commits of checkpoints closer than this. */
  publishMilliseconds: number
  anchorMilliseconds: number
}

const millisecondsOf = (text: string | undefined, otherwise: number): number => {
  const seconds = Number(text ?? otherwise)
  return (Number.isFinite(seconds) && seconds > 0 ? seconds : otherwise) * 1000
}

/** One commit each 15 minutes is less than 1 % of what a forge takes in an hour (500 requests that create content). */
export const paceOf = (
  env: Pick<Env, 'LOG_BATCH_SECONDS' | 'LOG_PUBLISH_SECONDS' | 'LOG_ANCHOR_SECONDS'>,
): Pace => ({
  batchMilliseconds: millisecondsOf(env.LOG_BATCH_SECONDS, 60),
  publishMilliseconds: millisecondsOf(env.LOG_PUBLISH_SECONDS, 900),
  anchorMilliseconds: millisecondsOf(env.LOG_ANCHOR_SECONDS, 3_600),
})

/** For whoever watches: one line, without anything of a tenant but keyed digests. */
export const alarmLine = (event: LogAlarm, more: Record<string, string | number>): void => {
  isolateCounters.add('phoenix_alarms_total', { event })
  console.error(JSON.stringify({ level: 'error', event, actor: 'log', ...more }))
}
