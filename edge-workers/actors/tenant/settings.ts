// The tenant's own row: made once, shown, changed.
import { eq } from 'drizzle-orm'
import { findSystem } from '../../../gitops/catalog.ts'
import { knownRegion } from '../../../gitops/residency/regions.ts'
import { canonicalJson } from '../../../schemas/canonical-json.ts'
import { FAILOVER_APPROVALS } from '../../../schemas/failover.ts'
import { type Jurisdiction, PLATFORM_SLUG } from '../../../schemas/ids.ts'
import { INVOICE_ATTESTATIONS } from '../../../schemas/invoice.ts'
import { isOperator, type Principal } from '../../../schemas/principal.ts'
import type { Residency } from '../../../schemas/residency.ts'
import { ok, type Result, refuse } from '../../../schemas/result.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import type {
  Foundation,
  TenantLimits,
  TenantQuota,
  TenantView,
  UpdateTenant,
} from '../../../schemas/tenant.ts'
import type { TenantSettings } from '../../../schemas/tenant-settings.ts'
import { sha256Hex } from '../../digest.ts'
import type { NewTenant, Versioned } from '../contracts.ts'
import { statement, transaction } from '../database.ts'
import { findTenant } from '../stubs.ts'
import { judgeApprovalsAgain } from './approvals.ts'
import { record, type TenantContext } from './context.ts'
import { settingsFaults } from './lifecycle/settings-faults.ts'
import { latestWords, noteSetting } from './lifecycle/states.ts'
import { judgeOthersAgain } from './room.ts'

export const ownRow = statement((db: TenantContext['db']) =>
  db.select().from(tables.tenant).prepare(),
)

export const tenantView = (context: TenantContext): Versioned<TenantView> => {
  const { basesOn: _bases, foundations, quota: limits, version, ...row } = context.tenant()
  const systems = foundations.map(({ system }) => system)
  const jurisdiction = row.jurisdiction as Jurisdiction
  const { quota, residency = ownJurisdiction(jurisdiction), failoverApprovals } = limitsOf(limits)
  return {
    value: {
      ...{ ...row, jurisdiction, quota, residency, foundations: systems },
      failoverApprovals: failoverApprovals ?? FAILOVER_APPROVALS,
      invoiceAttestations: limits.invoiceAttestations ?? INVOICE_ATTESTATIONS,
      ...latestWords(context),
    },
    version,
  }
}

/** What plans read of what operators have set, taken apart. */
export const limitsOf = ({
  residency,
  failoverApprovals,
  invoiceAttestations: _attestations,
  quotaRecord: _record,
  ...quota
}: TenantLimits): { quota: TenantQuota } & Pick<
  TenantLimits,
  'residency' | 'failoverApprovals'
> => ({
  quota,
  ...(residency === undefined ? {} : { residency }),
  ...(failoverApprovals === undefined ? {} : { failoverApprovals }),
})

const ownJurisdiction = (jurisdiction: Jurisdiction): Residency => ({
  allow: [jurisdiction],
})

/** What is not named stays; a residency of null is none. */
const limitsAfter = (before: TenantLimits, input: UpdateTenant): TenantLimits => {
  const now = limitsOf(before)
  const residency = input.residency === undefined ? now.residency : input.residency
  const failoverApprovals = input.failoverApprovals ?? now.failoverApprovals
  const invoiceAttestations = input.invoiceAttestations ?? before.invoiceAttestations
  return {
    ...(input.quota ?? now.quota),
    ...(residency ? { residency } : {}),
    ...(failoverApprovals === undefined ? {} : { failoverApprovals }),
    ...(invoiceAttestations === undefined ? {} : { invoiceAttestations }),
    ...(before.quotaRecord === undefined ? {} : { quotaRecord: before.quotaRecord }),
  }
}

/** Where the operators have a tenant of their own, a quota is a file there: it is asked for, seen and approved. */
const quotaByChange = async ({ env }: TenantContext): Promise<Result<null>> =>
  (await findTenant(env, PLATFORM_SLUG)) === null
    ? ok(null)
    : refuse('conflict', {
        detail:
          'Here a quota is a change: ask for the template tenant-quota in the tenant platform.',
      })

/** Phoenix' own rows are in the tenant's jurisdiction; a region that nobody knows would allow or deny nothing. */
const residencyFaults = async (
  context: TenantContext,
  residency: Residency | null,
): Promise<{ pointer: string; detail: string }[]> => {
  if (residency === null) return []
  const { id: tenantId, jurisdiction } = context.tenant()
  const { regions } = await context.inventory().snapshot({ tenantId, resource: '' })
  const unknown = (list: 'regions' | 'denyRegions') =>
    (residency[list] ?? []).flatMap((name, index) =>
      knownRegion(name, regions)
        ? []
        : [{ pointer: `/residency/${list}/${index}`, detail: 'No region of this name is known.' }],
    )
  const own = residency.allow.some((one) => one === jurisdiction)
  const detail = 'Must have the tenant’s own jurisdiction: Phoenix keeps the tenant’s rows there.'
  return [
    ...(own ? [] : [{ pointer: '/residency/allow', detail }]),
    ...unknown('denyRegions'),
    ...unknown('regions'),
  ]
}

/** The first call makes it; a repeat changes nothing. */
export const settle = (context: TenantContext, input: NewTenant): Versioned<TenantView> => {
  transaction(context.db, (tx) => {
    const [made] = tx
      .insert(tables.tenant)
      .values({ ...input, foundations: [], version: 1 })
      .onConflictDoNothing()
      .returning()
      .all()
    if (made) {
      const { id: changeId, version, state: to, createdAt: at } = made
      record(tx, { changeId, version, from: 'none', to, reason: null, actor: 'phoenix', at })
    }
    return null
  })
  return tenantView(context)
}

export const update = async (
  context: TenantContext,
  who: Principal,
  ifVersion: number | '*',
  input: UpdateTenant,
): Promise<Result<Versioned<TenantView>>> => {
  const { name, settings, ...limits } = input
  if (settings !== undefined && !isOwner(context, who)) {
    return refuse('forbidden', {
      detail:
        'Only the tenant’s own owners set its regions, its rules of approval and its retention.',
    })
  }
  if (Object.keys(limits).length > 0 && !isOperator(who)) {
    return refuse('forbidden', {
      detail: 'Only operators set quota, residency, approvals of a failover, and foundations.',
    })
  }
  const byChange = input.quota === undefined ? ok(null) : await quotaByChange(context)
  if (!byChange.ok) return byChange
  const faults = [
    ...(await foundationFaults(context, input.foundations ?? [])),
    ...(await residencyFaults(context, input.residency ?? null)),
    ...(await settingsFaults(context, settings)),
  ]
  if (faults.length > 0) return refuse('invalid-parameters', { errors: faults })
  const { id, version, ...before } = context.tenant()
  if (ifVersion !== '*' && ifVersion !== version) return refuse('precondition-failed')
  const at = context.now().toISOString()
  transaction(context.db, (tx) => {
    tx.update(tables.tenant)
      .set({
        name: name ?? before.name,
        settings: settings ?? before.settings,
        quota: limitsAfter(before.quota, input),
        foundations: input.foundations ?? before.foundations,
        version: version + 1,
      })
      .where(eq(tables.tenant.id, id))
      .run()
    noteSetting(
      tx,
      { id, version: version + 1, state: before.state },
      { actor: who.subject, at, what: whatIsSet(before.settings, input) },
    )
    // Every plan reads what the tenant may have.
    if (Object.keys(limits).length > 0 || settings !== undefined) judgeOthersAgain(tx, null, at)
    return null
  })
  context.tenantChanged()
  if (settings !== undefined) judgeApprovalsAgain(context)
  await context.arm()
  return ok(tenantView(context))
}

/** Operators are owners of nothing by being operators. */
const isOwner = (context: TenantContext, { tenantId, roles }: Principal): boolean =>
  tenantId === context.tenant().id && roles.includes('owner')

/** Names of fields, never what is in them. */
const whatIsSet = (before: TenantSettings, { settings, ...others }: UpdateTenant): string[] => [
  ...Object.keys(others),
  ...Object.keys({ ...before, ...settings })
    .filter((key) => settings !== undefined && isOther(before, settings, key))
    .map((key) => `settings.${key}`),
  ...(settings === undefined ? [] : [`settings now ${digestOf(settings)}`]),
]
const digestOf = (settings: TenantSettings): string =>
  `sha256:${sha256Hex(canonicalJson(settings))}`
const isOther = (a: object, b: object, key: string): boolean =>
  canonicalJson(Reflect.get(a, key) ?? null) !== canonicalJson(Reflect.get(b, key) ?? null)

/** A foundation is a system of the catalogue, named once, of a tenant that exists and is another one. */
const foundationFaults = async (
  context: TenantContext,
  foundations: Foundation[],
): Promise<{ pointer: string; detail: string }[]> => {
  const faults: { pointer: string; detail: string }[] = []
  for (const [index, { system, tenant }] of foundations.entries()) {
    const at = `/foundations/${index}`
    if (!findSystem(system)) faults.push({ pointer: `${at}/system`, detail: 'No such system.' })
    if (foundations.findIndex((other) => other.system === system) < index)
      faults.push({ pointer: `${at}/system`, detail: 'Each system once.' })
    const entry = tenant === context.tenant().slug ? null : await findTenant(context.env, tenant)
    if (!entry)
      faults.push({ pointer: `${at}/tenant`, detail: 'Not a tenant, or the tenant itself.' })
  }
  return faults
}
