// A quota of the operators' repository, on both sides: the operators' own tenant asks and hands over, the tenant in question
// answers and takes up. The latest place in `live` counts; without a record the quota holds that operators set without Git.
import { eq } from 'drizzle-orm'
import { finding } from '../../../../gitops/finding.ts'
import type { Finding } from '../../../../schemas/plan.ts'
import { type Principal, scopesOf } from '../../../../schemas/principal.ts'
import { quotaKinds, type TenantQuotaParameters } from '../../../../schemas/quota.ts'
import { ok, type Result, refuse } from '../../../../schemas/result.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import type { TenantQuota } from '../../../../schemas/tenant.ts'
import type { Caller, TenantApi } from '../../contracts.ts'
import { transaction } from '../../database.ts'
import { findTenant, tenantStub } from '../../stubs.ts'
import type { ChangeRow, TenantContext } from '../context.ts'
import { record } from '../context.ts'
import { judgeOthersAgain } from '../room.ts'
import { limitsOf } from '../settings.ts'
import { pendingOf, usedBy } from '../taken.ts'
import type { BillingOperations } from './contracts.ts'

const WORDS = {
  vms: 'machines',
  cores: 'cores',
  memoryMiB: 'MiB of memory',
  diskGiB: 'GiB of disk',
} as const

/** Without the record: what operators had set before the first one. */
const quotaAfter = (context: TenantContext, quota: TenantQuota | null): TenantQuota => {
  const limits = context.tenant().quota
  return quota ?? limits.quotaRecord?.before ?? limitsOf(limits).quota
}

/** What the approver of a quota reads: old beside new beside what is used. Pointers are into the record. */
export const judgeQuotaHere = (
  context: TenantContext,
  { quota }: BillingOperations['quota.judge']['input'],
): Finding[] => {
  const everything = { db: context.db, name: '' }
  const before = context.tenant().quota
  const after = quotaAfter(context, quota)
  const used = usedBy(everything)
  const { reserved } = pendingOf(everything)
  const lines = quotaKinds.map(
    (kind) =>
      `${WORDS[kind]} ${before[kind]} → ${after[kind]} (${used[kind]} used, ${reserved[kind]} more by open changes)`,
  )
  const short = quotaKinds.filter((kind) => after[kind] < used[kind])
  return [
    finding('QUOTA-SET', `${lines.join('; ')}.`, { pointer: '' }),
    ...short.map((kind) =>
      finding('QUOTA-BELOW-USE', `The tenant has ${used[kind]} ${WORDS[kind]} already.`, {
        pointer: quota === null ? '' : `/${kind}`,
        numbers: { used: used[kind], limit: after[kind] },
      }),
    ),
  ]
}

/** Once per change; `taken` is false where a later change has had its say. */
export const keepQuotaHere = async (
  context: TenantContext,
  { change, order, quota }: BillingOperations['quota.keep']['input'],
): Promise<Result<{ taken: boolean }>> => {
  const { id, version, quota: limits } = context.tenant()
  const { quotaRecord } = limits
  if (quotaRecord?.change === change) return ok({ taken: true })
  if (quotaRecord && quotaRecord.order > order) return ok({ taken: false })
  if (!quotaRecord && quota === null) return ok({ taken: true })
  const after = quotaAfter(context, quota)
  const before = quotaRecord?.before ?? limitsOf(limits).quota
  const kept = { change, order, removed: quota === null, before }
  const at = context.now().toISOString()
  const changed = quotaKinds
    .filter((kind) => limits[kind] !== after[kind])
    .map((kind) => `${kind} ${limits[kind]} → ${after[kind]}`)
  transaction(context.db, (tx) => {
    tx.update(tables.tenant)
      .set({ quota: { ...limits, ...after, quotaRecord: kept }, version: version + 1 })
      .where(eq(tables.tenant.id, id))
      .run()
    record(tx, {
      ...{ changeId: id, version: version + 1, from: 'quota', to: 'quota_set' },
      reason: `${changed.join(', ') || 'as it was'}; by ${change} of the operators`,
      ...{ actor: 'phoenix', at },
    })
    // Every plan reads what the tenant may have.
    judgeOthersAgain(tx, null, at)
    return null
  })
  context.tenantChanged()
  context.changed()
  await context.arm()
  return ok({ taken: true })
}

/** The operators' own tenant, as it comes to others. */
const asPlatform = (context: TenantContext): Caller => {
  const principal: Principal = {
    ...{ tenantId: context.tenant().id, credential: 'phoenix', subject: 'phoenix', person: false },
    ...{ roles: ['operator'], scopes: scopesOf('operator'), behind: [] },
  }
  return { kind: 'principal', principal }
}

/** Null for the operators' own tenant, which is this one. */
const reachTenant = async (
  context: TenantContext,
  slug: string,
): Promise<Result<TenantApi | null>> => {
  const entry = await findTenant(context.env, slug)
  // By slug only: an id would name the same tenant a second time.
  if (entry?.slug !== slug) {
    const found = finding('TENANT-UNKNOWN', 'There is no such tenant.', { pointer: '/tenant' })
    return refuse('plan-blocked', { findings: [found] })
  }
  if (entry.id === context.tenant().id) return ok(null)
  const reached = tenantStub(context.env, entry.jurisdiction, entry.id)
  return reached.ok ? ok(reached.value.stub) : reached
}

/** What its tenant has to say to a quota. */
export const judgeQuotaRecord = async (
  context: TenantContext,
  { tenant, ...quota }: TenantQuotaParameters,
  removing: boolean,
): Promise<Finding[]> => {
  const reached = await reachTenant(context, tenant)
  const input = { quota: removing ? null : quota }
  const judged = !reached.ok
    ? reached
    : reached.value === null
      ? ok(judgeQuotaHere(context, input))
      : await reached.value.call(asPlatform(context), 'quota.judge', input)
  if (judged.ok) return judged.value
  const { findings, detail = 'Nobody answers for this tenant.' } = judged.refusal
  return findings ?? [finding('TENANT-UNKNOWN', detail, { pointer: '/tenant' })]
}

/** Hands a promoted quota to its tenant. Repeatable. */
export const keepQuotaRecord = async (
  context: TenantContext,
  { id, livePlace }: Pick<ChangeRow, 'id' | 'livePlace'>,
  { tenant, ...quota }: TenantQuotaParameters,
  removing: boolean,
): Promise<Result<{ taken: boolean }>> => {
  const reached = await reachTenant(context, tenant)
  if (!reached.ok) return reached
  const input = { change: id, order: livePlace ?? 0, quota: removing ? null : quota }
  return reached.value === null
    ? keepQuotaHere(context, input)
    : reached.value.call(asPlatform(context), 'quota.keep', input)
}
