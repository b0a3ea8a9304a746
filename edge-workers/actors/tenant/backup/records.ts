// A change out of its record in Git: `changes/<id>/change.json` and `plan.json` beside it, as they were committed. They count where
// our own seal is on them. What a release before seals wrote counts where `live` has it, which nobody but us moves; anywhere else
// nobody could tell it from what somebody else pushed there. What the record does not have (who stood behind the credential,
// the world as it was read) is taken as it is now.
import { and, eq } from 'drizzle-orm'
import * as z from 'zod'
import { changeDirectory } from '../../../../gitops/paths.ts'
import { commitFiles } from '../../../../gitops/propose.ts'
import { readStoredPlan } from '../../../../gitops/stored-plan.ts'
import type { ChangeRequest } from '../../../../schemas/change.ts'
import { ChangeId } from '../../../../schemas/ids.ts'
import type { Plan } from '../../../../schemas/plan.ts'
import type { PullRequest } from '../../../../schemas/ports.ts'
import type { Snapshot } from '../../../../schemas/snapshot.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { gitBlobId } from '../../../digest.ts'
import { transaction } from '../../database.ts'
import { throwIfOutage } from '../../outage.ts'
import { insertPlan } from '../accept.ts'
import {
  type ChangeRow,
  enqueue,
  readChangeRow,
  readPlanRow,
  record,
  step,
  type TenantContext,
} from '../context.ts'
import { renderChange, StaleTemplate } from '../files.ts'
import { behindOf } from '../people/lineage.ts'
import { revertFingerprint } from '../revert-of.ts'
import { isSealed, sealOf } from '../seal.ts'
import { gatherSnapshot } from '../snapshot.ts'
import { NO_COMMIT } from './ours.ts'

const ChangeRecord = z.looseObject({
  schema: z.literal('phoenix.change/v1'),
  id: z.string(),
  revision: z.int().min(1),
  tenant: z.string(),
  requester: z.string().max(64),
  fingerprint: z.string().max(128),
})
/** As much as is read without asking: the rest of a plan was ours when it was written. */
const PlanRecord = z.looseObject({
  schema: z.literal('phoenix.plan/v1'),
  tenant: z.string(),
  action: z.enum(['create', 'update', 'delete', 'failover']),
  name: z.string(),
  template: z.looseObject({ name: z.string(), version: z.string() }),
  parameters: z.record(z.string(), z.unknown()),
  files: z.array(z.looseObject({ path: z.string() })),
  reverts: ChangeId.optional(),
})

export interface Recovered {
  change: z.infer<typeof ChangeRecord>
  plan: Plan
  request: ChangeRequest
  snapshot: Snapshot
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

interface Texts {
  record: unknown
  plan: string
}

const textsAt = async (context: TenantContext, id: string, commit: string): Promise<Texts> => {
  const read = async (name: string): Promise<string> => {
    const path = `${changeDirectory(id)}/${name}`
    const file = await context.repository().file(context.tenant().repository, path, commit)
    throwIfOutage(file)
    return file.ok ? (file.value ?? '') : ''
  }
  return { record: parse(await read('change.json')), plan: await read('plan.json') }
}

/** Null: nothing says that we wrote it. */
const provedTexts = async (
  context: TenantContext,
  id: string,
  { headSha, merged, mergeSha }: PullRequest,
  live: string | null,
): Promise<Texts | null> => {
  const texts = await textsAt(context, id, headSha)
  if (isSealed(context, texts)) return texts
  if (!merged || mergeSha === null || live === null) return null
  const behind = await context.repository().difference(context.tenant().repository, mergeSha, live)
  throwIfOutage(behind)
  return behind.ok && behind.value?.forward ? textsAt(context, id, mergeSha) : null
}

/**
 * Null: it is not ours, or not readable. `later`: it stands on a resource that is not here, or not yet. `live`: where it is.
 * Rejects with Outage.
 */
export const readRecord = async (
  context: TenantContext,
  id: string,
  pull: PullRequest,
  live: string | null,
): Promise<Recovered | 'later' | null> => {
  const texts = await provedTexts(context, id, pull, live)
  if (!texts) return null
  const change = ChangeRecord.safeParse(texts.record)
  const written = PlanRecord.safeParse(parse(texts.plan))
  if (!change.success || !written.success) return null
  const { slug } = context.tenant()
  const own = change.data.id === id && change.data.tenant === slug && written.data.tenant === slug
  if (!own || !pull.headBranch.endsWith(`/${id}`)) return null
  const plan = readStoredPlan(written.data as unknown as Plan)
  const request = requestOf(plan)
  const gathered = await gatherSnapshot(context, request)
  throwIfOutage(gathered)
  if (!gathered.ok) return 'later'
  const { reverts } = plan
  const snapshot = { ...gathered.value, ...(reverts === undefined ? {} : { reverts }) }
  return { change: change.data, plan, request, snapshot }
}

const requestOf = ({
  action,
  template,
  name,
  parameters,
  move,
  destroys,
}: Plan): ChangeRequest => ({
  ...{ action, template: template.name, name, version: template.version },
  parameters: action === 'delete' ? {} : move && action === 'failover' ? { ...move } : parameters,
  ...(destroys ? { confirm: destroys.digest } : {}),
})

/** What stands in Git under the name after it. */
const standsAfter = ({ plan, snapshot }: Recovered): { path: string; digest: string }[] => {
  const stands = new Map(snapshot.standing.map(({ path, digest }) => [path, digest]))
  for (const { path, digest } of plan.files)
    if (digest === null) stands.delete(path)
    else stands.set(path, digest)
  return [...stands].map(([path, digest]) => ({ path, digest }))
}

/** Everybody who could act by a credential of the requester's: which one it was is lost. */
const behindRequester = ({ db }: TenantContext, requester: string): string[] => [
  ...new Set(
    db
      .select()
      .from(tables.tokens)
      .where(eq(tables.tokens.member, requester))
      .all()
      .flatMap((token) => behindOf(token)),
  ),
]

/** Git's id of each file that we wrote for it; null where its files cannot be rendered any more. */
export const writtenOf = (context: TenantContext, row: ChangeRow) => {
  try {
    const { plan } = readPlanRow(context.db, row)
    const change = { ...row, seal: sealOf(context, row, plan) }
    const { PUBLIC_URL: publicUrl } = context.env
    const files = renderChange(context, row)
    return commitFiles({ change, plan, files, publicUrl }).map(({ path, content }) => ({
      path,
      blob: content === null ? null : gitBlobId(content),
    }))
  } catch (error) {
    if (error instanceof StaleTemplate) return null
    throw error
  }
}

/** As it was proposed, and touched until its files are known to be ours. False when it is here already. */
export const takeIn = (context: TenantContext, found: Recovered, pull: PullRequest): boolean => {
  const { change, plan, request, snapshot } = found
  const { id, revision, requester, fingerprint } = change
  const { reverts } = plan
  const at = context.now().toISOString()
  const reason = 'found in Git after a restore'
  return transaction(context.db, (tx) => {
    if (readChangeRow(tx, id)) return false
    const [row] = tx
      .insert(tables.changes)
      .values({
        // The key is not in Git, but its change's id is made of it: repeating it finds this row. No key has a blank.
        ...{ id, idempotencyKey: `found ${id}`, fingerprint, request, name: request.name },
        ...{ state: 'accepted', version: 1, revision, requester },
        behind: behindRequester(context, requester),
        ...{ acceptedAt: at, updatedAt: at, branch: pull.headBranch, reason },
        ...{ gate: 'absent', gateReason: reason, rollout: null },
        follows:
          reverts !== undefined && fingerprint === revertFingerprint(reverts) ? reverts : null,
      })
      .returning()
      .all()
    if (!row) throw new Error('the change was not written')
    insertPlan(tx, id, revision, {
      ...{ request, snapshot },
      planned: { plan, stands: standsAfter(found) } as Parameters<typeof insertPlan>[3]['planned'],
    })
    const same = and(eq(tables.plans.changeId, id), eq(tables.plans.revision, revision))
    tx.update(tables.plans)
      .set({ written: writtenOf(context, row) })
      .where(same)
      .run()
    record(tx, {
      ...{ changeId: id, version: 1, from: 'none', to: 'accepted', reason, actor: requester, at },
    })
    const { number: pullNumber, url: pullUrl, headSha } = pull
    step(tx, row, 'proposed', {
      ...{ actor: 'phoenix', at, reason, work: ['gate'] },
      patch: { pullNumber, pullUrl, headSha, commitSha: NO_COMMIT },
    })
    enqueue(tx, 'observe-reviews', id, Date.parse(at))
    return true
  })
}
