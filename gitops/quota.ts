// The tenant's quota against what is used, reserved by its other open changes, and asked for now. Pure.
import type { Finding, QuotaLine } from '../schemas/plan.ts'
import type { Snapshot, Use } from '../schemas/snapshot.ts'
import { useOf } from './capacity.ts'
import { finding } from './finding.ts'

const KINDS = ['vms', 'cores', 'memoryMiB', 'diskGiB'] as const

/** One line per kind, with a QUOTA finding for each that is exceeded. */
export const judgeQuota = (
  asked: Use,
  snapshot: Snapshot,
): { quota: QuotaLine[]; findings: Finding[] } => {
  const own = useOf(snapshot.existing?.placement ?? [])
  const quota = KINDS.map((kind): QuotaLine => {
    const line = {
      kind,
      limit: snapshot.tenant.quota[kind],
      used: snapshot.used[kind],
      reserved: snapshot.reserved[kind],
      asked: asked[kind],
    }
    // What does not grow always fits, or nobody could get back below a lowered quota.
    return {
      ...line,
      fits: line.asked <= own[kind] || line.used + line.reserved + line.asked <= line.limit,
    }
  })
  const findings = quota
    .filter((line) => !line.fits)
    .map(({ kind, limit, used, reserved, asked: wanted }) =>
      finding('QUOTA', `The quota of ${kind} is exceeded.`, {
        numbers: { limit, used, reserved, asked: wanted },
      }),
    )
  return { quota, findings }
}
