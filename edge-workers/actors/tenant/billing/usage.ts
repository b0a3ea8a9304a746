// Usage records of this tenant, from its promoted changes. A record names the size at one place, and the changes around it.

import { useOf } from '../../../../gitops/capacity.ts'
import { findTemplate } from '../../../../gitops/catalog.ts'
import { type PlaceUse, stoodIn, unitHours, usageKey, usageOf } from '../../../../gitops/usage.ts'
import { ok, type Result } from '../../../../schemas/result.ts'
import type { UsagePeriod, UsageRecord } from '../../../../schemas/usage.ts'
import type { PlanRow, TenantContext } from '../context.ts'
import type { BillingOperations } from './contracts.ts'
import { promotionsByName, stretchesOf } from './standing.ts'

const templateOf = ({ plan: { template } }: PlanRow) =>
  findTemplate(template.name, template.version) ?? findTemplate(template.name)

/** Where its machines stand and how large they are; without any, where its clusters are. */
const placesOf = ({ plan, snapshot }: PlanRow): PlaceUse[] => {
  // Of an erased tenant nothing is left of what its plans read.
  const { sites = [], clusters = [] }: Partial<PlanRow['snapshot']> = snapshot
  const regionOf = (places: readonly { name: string; region: string }[], name: string) =>
    places.find((place) => place.name === name)?.region ?? null
  if (plan.placement.length > 0) {
    return [...Map.groupBy(plan.placement, ({ site }) => site)].map(([site, machines]) => ({
      ...{ site, region: regionOf(sites, site), size: useOf(machines) },
    }))
  }
  const regions = plan.targets.map(({ cluster }) => regionOf(clusters, cluster))
  return [...new Set(regions)].map((region) => ({ site: null, region, size: useOf([]) }))
}

const recordsOf = (context: TenantContext, period: UsagePeriod): UsageRecord[] =>
  promotionsByName(context)
    // What is in the period is read from its beginning, which may lie long before.
    .filter(([, rows]) => rows.some(({ at }) => at < period.to))
    .flatMap(([resource, rows]) =>
      usageOf(
        stretchesOf(context, rows, () => true).flatMap(({ id, made, from, to, endedBy }) =>
          // A record in Git uses nothing.
          templateOf(made)?.records
            ? []
            : [
                {
                  ...{ resource, kind: templateOf(made)?.kind ?? made.plan.template.name },
                  ...{ start: from, stop: to, startedBy: id, stoppedBy: endedBy },
                  places: placesOf(made),
                },
              ],
        ),
      ),
    )
    .filter((record) => stoodIn(period, record))

export const listUsage = (
  context: TenantContext,
  { period, page: { limit, after } }: BillingOperations['usage.list']['input'],
): Result<BillingOperations['usage.list']['output']> => {
  const records = recordsOf(context, period)
  const sorted = records
    .map((record) => ({ record, key: usageKey(record) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .filter(({ key }) => after === null || key > after)
  const shown = sorted.slice(0, limit)
  return ok({
    items: shown.map(({ record }) => record),
    next: sorted.length > limit ? (shown.at(-1)?.key ?? null) : null,
    totals: unitHours(records, period, context.now()),
  })
}
