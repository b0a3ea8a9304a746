// The tenant's quota against what is used, what its open changes would use, and what is asked for now. Pure.
// Open changes do not take anything from each other until one of them is merged: then the others are judged again.
import type { Finding, QuotaLine } from '../schemas/plan.ts'
import type { Snapshot, Use } from '../schemas/snapshot.ts'
import { useOf } from './capacity.ts'
import { finding } from './finding.ts'
import { inList } from './lists.ts'

const KINDS = ['vms', 'cores', 'memoryMiB', 'diskGiB'] as const
const WORDS = { vms: 'machines', cores: 'cores', memoryMiB: 'memory', diskGiB: 'disk' } as const
const WHERE = { pointer: '/parameters' }

/**
 * One line per kind, with a QUOTA finding for each that is exceeded, and QUOTA-CONTENDED where open changes would exceed it
 * together.
 */
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
    return { ...line, fits: line.asked <= own[kind] || line.used + line.asked <= line.limit }
  })
  const findings = quota.flatMap(({ kind, limit, used, reserved, asked: wanted, fits }) => {
    const numbers = { limit, used, reserved, asked: wanted }
    const words = WORDS[kind as (typeof KINDS)[number]]
    if (!fits)
      return [finding('QUOTA', `The quota of ${words} is exceeded.`, { ...WHERE, numbers })]
    const grows = wanted > own[kind as (typeof KINDS)[number]]
    if (!grows || used + reserved + wanted <= limit) return []
    const others = snapshot.reservedBy ?? []
    const who = others.length === 0 ? 'your open changes' : `your open ${inList(others)}`
    const message = `The quota of ${words} is enough for this or for ${who}, not for both: whoever is merged first gets it.`
    return [finding('QUOTA-CONTENDED', message, { ...WHERE, numbers })]
  })
  return { quota, findings }
}

export interface QuotaRoom {
  limit: Omit<Use, 'vms'> & { vms: number }
  asked: Use
  /** What the resource itself has. */
  own: Use
  /** By the tenant's other resources. */
  used: Use
  /** By changes that were merged and are no resources yet. */
  merged: Use
  /** Changes that were merged since this one was asked for, oldest first, with what they added. */
  takers: { id: string; use: Use }[]
}

/** Why an open change does not fit the quota any more; empty while it does. */
export const lostQuota = ({ limit, asked, own, used, merged, takers }: QuotaRoom): Finding[] =>
  KINDS.flatMap((kind) => {
    const total = used[kind] + merged[kind] + asked[kind]
    if (asked[kind] <= own[kind] || total <= limit[kind]) return []
    // The one without which, and without those after it, there would still be room.
    let rest = total
    const taker = takers.toReversed().find(({ use }) => {
      rest -= use[kind]
      return use[kind] > 0 && rest <= limit[kind]
    })
    const numbers = {
      limit: limit[kind],
      used: used[kind],
      merged: merged[kind],
      asked: asked[kind],
    }
    const message = taker
      ? `change ${taker.id} took the quota of ${WORDS[kind]}`
      : `the quota of ${WORDS[kind]} is used up`
    return [finding('QUOTA-LOST', message, { ...WHERE, numbers })]
  })
