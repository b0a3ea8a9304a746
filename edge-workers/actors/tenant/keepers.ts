// Who takes up what tenants keep in Git, most of it the platform's own: asked before it is approved and before it is promoted, told once
// it is. A region is kept by its jurisdiction's Inventory, a site by its region's, a price book by all it names, and a quota
// by the tenant's own actor (billing/quota-records.ts). A Flux configuration of any tenant is kept by Azure (arc/clusters/keep-flux.ts).
import { findTemplate } from '../../../gitops/catalog.ts'
import { finding } from '../../../gitops/finding.ts'
import { readCommand } from '../../../gitops/read-command.ts'
import { FLUX_TEMPLATE } from '../../../schemas/flux.ts'
import { type Jurisdiction, PLATFORM_SLUG } from '../../../schemas/ids.ts'
import type { Finding, Plan } from '../../../schemas/plan.ts'
import type { InventoryRecord, PlatformRecord } from '../../../schemas/platform-record.ts'
import { ok, type Result, refuse } from '../../../schemas/result.ts'
import type { Env } from '../../env.ts'
import type { InventoryApi } from '../contracts.ts'
import { directoryStub, inventoryStub } from '../stubs.ts'
import { judgeFlux, keepFlux } from './arc/clusters/keep-flux.ts'
import { judgeRendered } from './arc/clusters/one-writer.ts'
import { judgeQuotaRecord, keepQuotaRecord } from './billing/quota-records.ts'
import type { ChangeRow, TenantContext } from './context.ts'
import { readPlanRow } from './context.ts'

type Asked = Pick<Plan, 'template' | 'name' | 'action' | 'parameters'>

/** Null for whatever nobody takes up. */
const recordOf = (
  context: TenantContext,
  { template: { name: template, version }, name, action, parameters }: Asked,
): { record: PlatformRecord; removing: boolean } | null => {
  const platform = (findTemplate(template, version) ?? findTemplate(template))?.records?.platform
  return platform && context.tenant().slug === PLATFORM_SLUG
    ? { record: platform(name, parameters), removing: action === 'delete' }
    : null
}

/** Where a record belongs; a finding where nobody can say, or somebody else has the name. */
const jurisdictionsOf = async (
  env: Env,
  { kind, value }: InventoryRecord,
): Promise<Result<Jurisdiction[]>> => {
  if (kind === 'price-book') return ok(value.jurisdictions)
  const directory = directoryStub(env)
  const at =
    kind === 'region' ? value.jurisdiction : await directory.findPlace('region', value.region)
  if (!at) {
    return refuse('plan-blocked', {
      findings: [
        finding('REGION-UNKNOWN', 'There is no such region.', { pointer: '/parameters/region' }),
      ],
    })
  }
  const known = await directory.findPlace(kind, value.name)
  return known === null || known === at
    ? ok([at])
    : refuse('plan-blocked', {
        findings: [
          finding('PLACE-ELSEWHERE', 'Another jurisdiction has a place of this name.', {
            pointer: '/name',
          }),
        ],
      })
}

const keepersOf = async (
  env: Env,
  record: InventoryRecord,
): Promise<Result<{ jurisdiction: Jurisdiction; inventory: InventoryApi }[]>> => {
  const jurisdictions = await jurisdictionsOf(env, record)
  if (!jurisdictions.ok) return jurisdictions
  const reached = jurisdictions.value.map((jurisdiction) => ({
    jurisdiction,
    kept: inventoryStub(env, jurisdiction),
  }))
  const refused = reached.find(({ kept }) => !kept.ok)
  if (refused && !refused.kept.ok) return refused.kept
  return ok(
    reached.flatMap(({ jurisdiction, kept }) =>
      kept.ok ? [{ jurisdiction, inventory: kept.value.stub }] : [],
    ),
  )
}

/** Pointers into the record as pointers into the request. */
const inParameters = (findings: Finding[]): Finding[] =>
  findings.map((one) =>
    one.pointer === undefined ? one : { ...one, pointer: `/parameters${one.pointer}` },
  )

/** What speaks against a record now; pointers are into the request. */
export const judgeRecord = async (context: TenantContext, asked: Asked): Promise<Finding[]> => {
  if (asked.template.name === FLUX_TEMPLATE) return judgeFlux(context, asked)
  const wanted = recordOf(context, asked)
  if (!wanted) return asked.action === 'delete' ? [] : judgeRendered(context, asked)
  const { record, removing } = wanted
  if (record.kind === 'tenant-quota') {
    return inParameters(await judgeQuotaRecord(context, record.value, removing))
  }
  const keepers = await keepersOf(context.env, record)
  if (!keepers.ok) {
    const { findings, detail } = keepers.refusal
    return (
      findings ?? [
        finding('RESIDENCY-CONTROL-PLANE', detail ?? 'Its rows cannot be kept there.', {
          pointer: '/parameters',
        }),
      ]
    )
  }
  const found: Finding[] = []
  for (const { inventory } of keepers.value) {
    found.push(...inParameters(await inventory.judgeRecord({ record, removing })))
  }
  return found
}

/** The same of what is planned, from its command. */
export const judgeCommand = async (
  context: TenantContext,
  ...[request, existing, sites]: Parameters<typeof readCommand>
): Promise<Finding[]> => {
  const read = readCommand(request, existing, sites, context.tenant().slug)
  if (!read.ok) return []
  const { template, parameters } = read.value
  return judgeRecord(context, {
    ...{ template, name: request.name, action: request.action },
    parameters: parameters as Plan['parameters'],
  })
}

/** A book that leaves a jurisdiction is taken away there: nobody else would. */
const leftBehind = (
  context: TenantContext,
  asked: Asked,
  before: unknown,
): InventoryRecord | null => {
  if (asked.action === 'delete' || before === undefined) return null
  const now = recordOf(context, asked)?.record
  const was = recordOf(context, { ...asked, parameters: before as Plan['parameters'] })?.record
  if (now?.kind !== 'price-book' || was?.kind !== 'price-book') return null
  const jurisdictions = was.value.jurisdictions.filter(
    (one) => !now.value.jurisdictions.includes(one),
  )
  return jurisdictions.length === 0
    ? null
    : { kind: 'price-book', value: { ...was.value, jurisdictions } }
}

/**
 * Hands a promoted record to whoever keeps it. Repeatable; refuses with what one of them has against it. `again`: it has not said
 * yet, and is asked after so many milliseconds.
 */
export const handOver = async (
  context: TenantContext,
  change: ChangeRow,
): Promise<Result<{ taken: boolean; again?: number | undefined }>> => {
  const { plan, snapshot } = readPlanRow(context.db, change)
  if (plan.template.name === FLUX_TEMPLATE) return keepFlux(context, change)
  const wanted = recordOf(context, plan)
  if (!wanted) return ok({ taken: true })
  const { record, removing } = wanted
  if (record.kind === 'tenant-quota') {
    return keepQuotaRecord(context, change, record.value, removing)
  }
  const taken = await handOne(context, change, { record, removing })
  const left = leftBehind(context, plan, snapshot.existing?.parameters)
  if (!taken.ok || left === null) return taken
  const gone = await handOne(context, change, { record: left, removing: true })
  return gone.ok ? taken : gone
}

const handOne = async (
  context: TenantContext,
  change: ChangeRow,
  wanted: { record: InventoryRecord; removing: boolean },
): Promise<Result<{ taken: boolean }>> => {
  const { kind, value } = wanted.record
  const keepers = await keepersOf(context.env, wanted.record)
  if (!keepers.ok) return keepers
  let taken = true
  for (const { jurisdiction, inventory } of keepers.value) {
    if (kind !== 'price-book') {
      const registered = await directoryStub(context.env).registerPlace(
        ...([kind, value.name, jurisdiction] as const),
      )
      if (!registered.ok) return registered
    }
    const order = change.livePlace ?? 0
    const kept = await inventory.keepRecord({ changeId: change.id, order, ...wanted })
    if (!kept.ok) return kept
    taken &&= kept.value.taken
  }
  return ok({ taken })
}
