// The store of backups behind the signed wire. Whoever the token names reaches his own files and no others, and may add to them
// and read them: nothing is changed here, and what goes, goes by retention. Sees ciphertext only; keys stay at the edge.
import { homedir } from 'node:os'
import { isAbsolute } from 'node:path'
import type {
  HttpHandler,
  HttpRequest,
  HttpResponseInit,
  InvocationContext,
} from '@azure/functions'
import type * as z from 'zod'
import { RETENTION_DAYS } from '../../schemas/backup.ts'
import { GetBackup, ListBackups, PutBackup } from '../../schemas/wire.ts'
import { containerAddress } from '../azure/blobs.ts'
import { azureTokens } from '../azure/credential.ts'
import { verifiedClaims } from '../verify-request.ts'
import { createBlobStore } from './blobs.ts'
import { createFolderStore } from './folder.ts'
import type { ThinnedStore } from './store.ts'

/** Thinning reads the head of every export that stays: once in so many milliseconds and process for each owner. */
const THIN_EVERY_MILLISECONDS = 3_600_000

export interface BackupSettings {
  store: ThinnedStore
  retentionDays: number
}

/** Null: there is none. */
const storeOf = ({ BACKUP_CONTAINER, BACKUP_FOLDER }: NodeJS.ProcessEnv): ThinnedStore | null => {
  const now = () => new Date()
  if (BACKUP_CONTAINER) {
    if (BACKUP_FOLDER) throw new Error('BACKUP_CONTAINER and BACKUP_FOLDER: only one can be')
    const container = containerAddress('BACKUP_CONTAINER', BACKUP_CONTAINER)
    return createBlobStore({
      ...{ container, tokens: azureTokens(), now },
      fetch: (url, init) => fetch(url, init),
    })
  }
  if (!BACKUP_FOLDER) return null
  if (!isAbsolute(BACKUP_FOLDER) || BACKUP_FOLDER === homedir())
    throw new Error('BACKUP_FOLDER is not a folder of its own')
  return createFolderStore({ home: BACKUP_FOLDER, now })
}

/**
 * BACKUP_FOLDER: an absolute path; or BACKUP_CONTAINER: the address of a container of Azure blobs. Without either there is no
 * store. BACKUP_RETENTION_DAYS: default seven years.
 */
export const backupSettings = (env: NodeJS.ProcessEnv): BackupSettings | null => {
  const store = storeOf(env)
  if (store === null) return null
  const days = Number(env.BACKUP_RETENTION_DAYS || RETENTION_DAYS)
  if (!Number.isInteger(days) || days < 1)
    throw new Error('BACKUP_RETENTION_DAYS is not a number of days')
  return { store, retentionDays: days }
}

const refused = (status: number): HttpResponseInit => ({ status })

const handler =
  <Body>(
    settings: BackupSettings | null,
    schema: z.ZodType<Body>,
    nameOf: (body: Body) => string,
    answer: (settings: BackupSettings, owner: string, body: Body) => Promise<object>,
  ): HttpHandler =>
  async (request: HttpRequest, context: InvocationContext) => {
    const owner = verifiedClaims(context).sub
    if (!settings) return refused(404)
    const body = schema.safeParse(await request.json().catch(() => null))
    if (!body.success || !nameOf(body.data).startsWith(`${owner}/`)) return refused(400)
    return { jsonBody: await answer(settings, owner, body.data) }
  }

export const backupFunctions = (
  settings: BackupSettings | null,
): Record<'put' | 'get' | 'list', HttpHandler> => {
  const thinned = new Map<string, number>()
  const thin = async ({ store, retentionDays }: BackupSettings, owner: string): Promise<void> => {
    if (Date.now() - (thinned.get(owner) ?? 0) < THIN_EVERY_MILLISECONDS) return
    thinned.set(owner, Date.now())
    await store.thin(owner, retentionDays)
  }
  return {
    put: handler(
      settings,
      PutBackup,
      ({ name }) => name,
      async (set, owner, { name, bytes }) => {
        const kept = await set.store.put(name, new Uint8Array(Buffer.from(bytes, 'base64url')))
        if (kept !== 'kept') return kept
        // What could not be thinned now is thinned later; the file is kept.
        if (name.startsWith(`${owner}/exports/`)) await thin(set, owner).catch(() => undefined)
        return { kept: true }
      },
    ),
    get: handler(
      settings,
      GetBackup,
      ({ name }) => name,
      async ({ store }, _, { name }) => {
        const bytes = await store.get(name)
        return { bytes: bytes && Buffer.from(bytes).toString('base64url') }
      },
    ),
    list: handler(
      settings,
      ListBackups,
      ({ prefix }) => prefix,
      async ({ store }, _, { prefix }) => ({
        names: await store.list(prefix),
      }),
    ),
  }
}
