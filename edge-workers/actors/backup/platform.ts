// Exports and restores of the platform's own actors: Directory, Log, Inventories. The Directory's alarm drives them all, after
// the sweep, so that no other alarm is needed.
import { exportName, type RestoreReport } from '../../../schemas/backup.ts'
import type { BackupStore } from '../../../schemas/ports.ts'
import { ok, type Refused, type Result, refuse } from '../../../schemas/result.ts'
import { createBackOffice } from '../../back-office.ts'
import type { Env } from '../../env.ts'
import { outgoing } from '../../outgoing.ts'
import { refuseOutage } from '../outage.ts'
import { beginExport, type Exporting, goOnWithExport, noLog } from './export.ts'
import { type Found, fetchPieces, findExport, putInPlace, type Restoring } from './restore.ts'
import { backupKeys } from './seal.ts'
import { readState, readUnanswered, type Unanswered } from './stage.ts'

const PIECES_AT_ONCE = 64

/** What an actor of the platform offers for it; `owner` as BackupOwner has it. Both may be repeated. */
export interface BackedUp {
  /** Exports what has changed; false: the store did not answer, and the next time will; or this one is lost. */
  backUp(owner: string): Promise<boolean>
  /** Replaces everything by what the backup has. Only operators come to it. */
  restoreBackup(owner: string, asked: RestoreAsked): Promise<Result<Replaced>>
}

export interface RestoreAsked {
  /** Id of an export, or `newest`. */
  backup: string
  /** Also where it is not lost, and where its rows are in place already. */
  replace: boolean
}

export interface Replaced extends Pick<RestoreReport, 'backup'> {
  /** What it knew that the backup does not, in words; of one that was lost nobody can tell. */
  forgotten?: string[]
  /** The rows are in place, and somebody has not said again what he had told. */
  untold?: Refused
}

export const storeOf = (env: Env, owner: string): BackupStore =>
  createBackOffice({
    baseUrl: env.BACK_OFFICE_URL,
    signingKeyJwk: env.EDGE_SIGNING_KEY,
    fetch: outgoing(env),
    now: () => new Date(),
  }).backups(owner)

/** Ids of the exports that the store has, newest first. Rejects with Outage. */
export const exportsOf = async (env: Env, owner: string): Promise<string[]> => {
  const prefix = exportName(owner, '')
  return (await storeOf(env, owner).list(prefix)).map((name) => name.slice(prefix.length)).reverse()
}

/** It never made an export, and the store has some: one of it would be the newest, and has nothing. It waits to be restored. */
const isLost = async ({ storage, owner, store }: Exporting): Promise<boolean> =>
  readState(storage.sql).sequence === 0 && (await store.list(exportName(owner, ''))).length > 0

export const backUpActor = async (
  storage: DurableObjectStorage,
  env: Env,
  owner: string,
): Promise<boolean> => {
  if (!env.BACKUPS) return true
  const exporting: Exporting = {
    ...{ storage, owner, store: storeOf(env, owner), keys: backupKeys(env) },
    ...{ now: () => new Date(), log: noLog, mark: () => 0 },
  }
  try {
    if (await isLost(exporting)) {
      console.error(JSON.stringify({ level: 'error', event: 'backup-of-a-lost-actor', owner }))
      return false
    }
    if (beginExport(exporting) === null) return true
    // Another run may have finished it, or a restore have taken its place: then nothing is left to wait for.
    while (readState(storage.sql).under !== null)
      await goOnWithExport(exporting, { pieces: PIECES_AT_ONCE })
    return true
  } catch (error) {
    const name = error instanceof Error ? error.name : 'unknown'
    console.log(JSON.stringify({ level: 'warn', event: 'backup-failed', owner, error: name }))
    return false
  }
}

const NOT_LOST =
  'It is not lost. Whatever it has heard since that backup, and nobody tells it again, is forgotten: send it with replace true where you want that.'

/** An actor that was lost has made no export since. */
export const requireLost = (
  { sql }: DurableObjectStorage,
  { replace }: RestoreAsked,
): Result<null> =>
  replace || readState(sql).sequence === 0 ? ok(null) : refuse('conflict', { detail: NOT_LOST })

/** The backup whose rows are in place, where not everybody has said again what he had told: then he is asked, and nothing replaced. */
export const placedBefore = (
  { sql }: DurableObjectStorage,
  { backup, replace }: RestoreAsked,
): Unanswered | null => {
  const unanswered = readUnanswered(sql)
  const isSame = unanswered !== null && ['newest', unanswered.backup].includes(backup)
  return isSame && !replace ? unanswered : null
}

export const restoreActor = async (
  storage: DurableObjectStorage,
  env: Env,
  {
    owner,
    backup,
    migrations,
    judge = () => ok(null),
    also = () => undefined,
  }: Pick<Restoring, 'owner' | 'migrations'> & {
    backup: string
    /** Of how many rows each table of the backup has, at first and again when all files are here; what it refuses changes nothing. */
    judge?: (rows: Found['rows']) => Result<null>
    /** In the transaction that replaces everything, at its end. */
    also?: (backup: string) => void
  },
): Promise<Result<Pick<RestoreReport, 'backup'>>> => {
  if (!env.BACKUPS) return refuse('not-supported')
  const store = storeOf(env, owner)
  const restoring = { storage, owner, store, keys: backupKeys(env), migrations }
  try {
    const found = await findExport(restoring, backup)
    if (!found.ok) return found
    const judged = judge(found.value.rows)
    if (!judged.ok) return judged
    const fetched = await fetchPieces(restoring, found.value)
    if (!fetched.ok) return fetched
    // Time has passed.
    const still = judge(found.value.rows)
    if (!still.ok) return still
    putInPlace(restoring, found.value, also)
    return ok({ backup: found.value.head.id })
  } catch (error) {
    const later = refuseOutage(error)
    if (later) return later
    throw error
  }
}
