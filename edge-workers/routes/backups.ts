// /v1/tenants/{tenant}/backups and /restore-backup: operators see which exports of a tenant's database there are, and put one in
// the place of a database that is lost or older. /v1/platform/restore-backup: the same for what the platform itself keeps.
import * as z from 'zod'
import { BackupView, ExportId, RestoreBackup, RestoreReport } from '../../schemas/backup.ts'
import { Jurisdiction } from '../../schemas/ids.ts'
import { mayDo, type Principal } from '../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../schemas/result.ts'
import { type BackedUp, exportsOf } from '../actors/backup/platform.ts'
import type { PageRequest } from '../actors/contracts.ts'
import { directoryStub, inventoryStub, logStub } from '../actors/stubs.ts'
import { type Entered, platformDoor, tenantDoor } from '../auth/door.ts'
import type { Env } from '../env.ts'
import { repositoryUrl } from '../forge-address.ts'
import { answer } from '../http/answer.ts'
import { readJson } from '../http/body.ts'
import type { App } from '../http/context.ts'
import { answerPage, readPage, readQuery } from '../http/page.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute, param } from '../http/route.ts'
import { answerList } from './collection.ts'

const TAG = 'Backups'
const LIST = '/v1/tenants/{tenant}/backups'

/** `inventory-<jurisdiction>`: the places and holds of one. */
const PlatformActor = z.enum([
  'directory',
  'log',
  ...Jurisdiction.options.map((one) => `inventory-${one}` as const),
])
const OfActor = z.strictObject({ actor: PlatformActor })
const PlatformBackup = z.strictObject({ id: z.string(), at: z.iso.datetime() })
const RestorePlatform = z.strictObject({
  actor: PlatformActor,
  backup: z.union([z.literal('newest'), ExportId]),
  /** A Directory or an Inventory that is not lost is replaced all the same, and so is one that has this backup's rows already. */
  replace: z.boolean().default(false),
})
const PlatformReport = z.strictObject({
  backup: z.string(),
  /**
   * Of an Inventory that was not lost: places that it knew, or knew otherwise, and that this backup does not have so. What operators
   * said of them by route they say again; what a record in Git says comes back with the next change of it.
   */
  forgotten: z.array(z.string()),
})

const ABOUT = `Every file of the backup is proved before anything is written: one that is missing, was touched, or is of another tenant is refused, and so is a backup that is older than the database here, or of a newer release. Then all rows are replaced in one transaction.

Where more leaves of the tenant’s log were published than the backup has, that is refused too, unless \`adopt\` is true. Then the log goes on as another one: its next leaf names the backup, its size and the size that was published, and the platform’s log has heads of both. What the lost leaves said is not made up. The log goes on as another one also where the database in place was not provably the same as the backup: one that was lost may have shown leaves that nobody else knows.

A database that is not an older state of the backup is left alone without \`adopt\`: nobody loses another log by a word that he forgot.

Where leaves may have been lost, nobody knows what was revoked, withdrawn or taken away after the backup. So every sign-in from before ends, approvals of what is open or was merged and not promoted are void, open invitations are closed, and tokens and workloads are set aside: each is refused until an owner or an operator confirms it (\`POST …/tokens/{id}/confirm\`, \`POST …/workloads/{id}/confirm\`) or makes another. The answer names members whom the Directory does not know in this tenant any more; roles that were changed nobody can tell.

A change’s record in Git counts where it has our seal, or where \`live\` has it; \`unproved\` names the others.

After it: erasures of people are applied again, changes that Git has and the backup has not are taken over (what is in \`live\` as promoted, open pull requests as proposed, with their approvals asked for again), reservations are made again, and every open change is looked at. A change that was acknowledged and is in neither comes back when its request is sent again with the same Idempotency-Key; what it had reserved is kept for some hours and then given back. What was merged and not promoted yet waits until it is approved again. Until all of this has ended, nobody but operators comes in and nothing goes out; repeating this request finishes what broke off, from where it was.`

/** Until the backup's takes its place. */
const NO_QUOTA = { vms: 0, cores: 0, memoryMiB: 0, diskGiB: 0 }

/** Of a tenant whose database is gone there is nothing that could check who comes: the Directory still knows it. */
const makeReachable = async (env: Env, { entry, simulated, tenant }: Entered): Promise<void> => {
  const { id, slug, jurisdiction, repository, createdAt } = entry
  await tenant.initialise({
    ...{ id, slug, name: slug, jurisdiction, repository, createdAt, basesOn: [] },
    quota: NO_QUOTA,
    ...{ jurisdictionSimulated: simulated, repositoryUrl: repositoryUrl(env, repository) },
    restoring: true,
  })
}

/** A machine’s token that was stolen brings back no older database, in which it was not revoked yet. */
const mayRestore = (who: Principal): boolean => mayDo(who, 'backups.write') && who.person

const actorOf = (env: Env, name: string): Result<{ stub: BackedUp }> => {
  if (name === 'directory') return { ok: true, value: { stub: directoryStub(env) } }
  if (name === 'log') return { ok: true, value: { stub: logStub(env) } }
  const jurisdiction = Jurisdiction.safeParse(name.slice('inventory-'.length))
  return jurisdiction.success ? inventoryStub(env, jurisdiction.data) : refuse('not-found')
}

/** An export's id begins with when it was, without what ISO 8601 may leave out. */
const timeOf = (id: string): string =>
  id.replace(/^(.{4})(..)(..)T(..)(..)(..)(...)Z.*$/, '$1-$2-$3T$4:$5:$6.$7Z')

const pageOfExports = (ids: string[], { limit, after }: PageRequest) => {
  const older = ids.filter((id) => after === null || id < after)
  const items = older.slice(0, limit).map((id) => ({ id, at: timeOf(id) }))
  return ok({ items, next: older.length > limit ? (items.at(-1)?.id ?? null) : null })
}

/** The platform’s own log shows it: whoever restores an older Directory brings back whom it had. */
const noteRestore = async (
  env: Env,
  { subject: actor }: Principal,
  about: { owner: string; backup: string },
): Promise<Result<null>> => {
  try {
    await logStub(env).noteEvent({ event: 'restored', actor, ...about })
    return { ok: true, value: null }
  } catch {
    return refuse('outage', {
      detail: 'It is restored, and the platform’s log has no leaf of it yet: send it again.',
      retryAfterSeconds: 2,
    })
  }
}

export const registerBackupRoutes = (app: App): void => {
  addRoute(
    app,
    {
      method: 'get',
      path: LIST,
      summary: 'List backups of a tenant',
      description:
        'Newest first; those that this database has made in about the last two days. The store keeps more.',
      tag: TAG,
      action: 'backups.read',
      answers: {
        200: { text: 'The backups.', schema: BackupView, name: 'Backup', list: true },
      },
    },
    answerList('backups.list'),
  )

  addRoute(
    app,
    {
      method: 'post',
      path: '/v1/tenants/{tenant}/restore-backup',
      summary: 'Restore a tenant from a backup',
      description: ABOUT,
      tag: TAG,
      action: 'backups.write',
      body: RestoreBackup,
      bodyName: 'RestoreBackup',
      answers: { 200: { text: 'What came back.', schema: RestoreReport, name: 'RestoreReport' } },
      problems: ['conflict', 'not-supported', 'outage'],
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const { tenant, caller } = door.value
      const body = await readJson(c, RestoreBackup)
      if (!body.ok) return answerRefusal(c, body.refusal)
      // Only operators come to a tenant as somebody who is proved already.
      if (caller.kind === 'principal' && mayRestore(caller.principal))
        await makeReachable(c.env, door.value)
      return answer(c, await tenant.call(caller, 'backups.restore', body.value))
    },
  )

  addRoute(
    app,
    {
      method: 'post',
      path: '/v1/tenants/{tenant}/abandon-restore',
      summary: 'Give up a restore that is under way',
      description:
        'Where what Git has cannot be read any more. The rows of the backup stay, the log says that it was given up, and the tenant’s people come in again. What Git has beyond them and was not taken over yet comes back when its request is sent again with the same Idempotency-Key.',
      tag: TAG,
      action: 'backups.write',
      answers: { 200: { text: 'What came back.', schema: RestoreReport, name: 'RestoreReport' } },
      problems: ['conflict', 'outage'],
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const { tenant, caller } = door.value
      return answer(c, await tenant.call(caller, 'backups.abandon', null))
    },
  )

  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/platform/backups',
      summary: 'List backups of the Directory, the platform’s log or an Inventory',
      description:
        'Newest first, as the store has them; of one whose database is gone as well. Taken at most five minutes after anything has changed, and kept for as long as the store is set to.',
      tag: TAG,
      action: 'backups.read',
      query: OfActor,
      answers: {
        200: { text: 'The backups.', schema: PlatformBackup, name: 'PlatformBackup', list: true },
      },
      problems: ['not-supported', 'outage'],
    },
    async (c) => {
      const who = await platformDoor(c, 'backups.read')
      if (!who.ok) return answerRefusal(c, who.refusal)
      const query = readQuery(c, OfActor)
      if (!query.ok) return answerRefusal(c, query.refusal)
      const { actor } = query.value
      const scope = { tenantId: who.value.subject, filter: { actor } }
      const page = readPage(c, scope)
      if (!page.ok) return answerRefusal(c, page.refusal)
      if (!c.env.BACKUPS) return answerRefusal(c, refuse('not-supported').refusal)
      return answerPage(c, pageOfExports(await exportsOf(c.env, actor), page.value), scope)
    },
  )

  addRoute(
    app,
    {
      method: 'post',
      path: '/v1/platform/restore-backup',
      summary: 'Restore the Directory, the platform’s log or an Inventory',
      description:
        'All rows are replaced by those of the backup, in one transaction, after every file of it was proved. Tenants then say again what they had told the Directory or the Inventory, and 503 says how many have not: send it again, which asks them and replaces nothing. What is not lost is replaced only where `replace` is true. After a restore of the Directory every sign-in is over, tokens are not; a sound log is replaced by no shorter one; until everybody has said what he holds, no merge takes new room of an Inventory.',
      tag: TAG,
      action: 'backups.write',
      body: RestorePlatform,
      bodyName: 'RestorePlatform',
      answers: { 200: { text: 'What came back.', schema: PlatformReport, name: 'PlatformReport' } },
      problems: ['conflict', 'not-found', 'not-supported', 'outage'],
    },
    async (c) => {
      const who = await platformDoor(c, 'backups.write')
      if (!who.ok) return answerRefusal(c, who.refusal)
      if (!mayRestore(who.value))
        return answerRefusal(c, refuse('forbidden', { detail: 'Only people restore.' }).refusal)
      const body = await readJson(c, RestorePlatform)
      if (!body.ok) return answerRefusal(c, body.refusal)
      const reached = actorOf(c.env, body.value.actor)
      if (!reached.ok) return answerRefusal(c, reached.refusal)
      const { actor, ...asked } = body.value
      const restored = await reached.value.stub.restoreBackup(actor, asked)
      if (!restored.ok) return answerRefusal(c, restored.refusal)
      const { untold, backup, forgotten = [] } = restored.value
      const noted = await noteRestore(c.env, who.value, { owner: actor, backup })
      return answer(c, noted.ok ? (untold ?? { ok: true, value: { backup, forgotten } }) : noted)
    },
  )
}
