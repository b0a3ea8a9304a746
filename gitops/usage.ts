// From what each change made stand to usage records and unit-hours. Pure: what time it is comes in as an argument.
import { quotaKinds } from '../schemas/quota.ts'
import type { UsagePeriod, UsageRecord, UsageSize, UsageTotals } from '../schemas/usage.ts'
import { secondsWithin } from './availability.ts'

/** What a resource has at one place. */
export interface PlaceUse {
  site: string | null
  region: string | null
  size: UsageSize
}

/** What one promoted change made of a resource, until the next one, or until its removal was applied. */
export interface Stretch
  extends Pick<UsageRecord, 'resource' | 'kind' | 'start' | 'stop' | 'startedBy' | 'stoppedBy'> {
  places: readonly PlaceUse[]
}

const isSameSize = (a: UsageSize, b: UsageSize): boolean =>
  quotaKinds.every((kind) => a[kind] === b[kind])

const keyOf = ({ kind, site, region }: Pick<UsageRecord, 'kind' | 'site' | 'region'>): string =>
  JSON.stringify([kind, site, region])

/** Stretches of one resource, in their order: a change that leaves the size at a place as it was begins no record there. */
export const usageOf = (stretches: readonly Stretch[]): UsageRecord[] => {
  const records: UsageRecord[] = []
  const latest = new Map<string, UsageRecord>()
  for (const { places, ...stretch } of stretches) {
    for (const place of places) {
      const record: UsageRecord = { ...stretch, ...place }
      const before = latest.get(keyOf(record))
      if (before && before.stop === record.start && isSameSize(before.size, record.size)) {
        before.stop = record.stop
        before.stoppedBy = record.stoppedBy
      } else {
        records.push(record)
        latest.set(keyOf(record), record)
      }
    }
  }
  return records
}

/** The order of the list; what begins later is always behind. */
export const usageKey = (record: UsageRecord): string =>
  [record.start, record.startedBy, record.resource, record.site ?? '', record.region ?? ''].join(
    ' ',
  )

export const stoodIn = ({ from, to }: UsagePeriod, { start, stop }: UsageRecord): boolean =>
  start < to && (stop === null || stop > from)

const PARTS_PER_HOUR = 10_000n
const SECONDS_PER_HOUR = 3600n

/** Summed as whole unit-seconds, so that no year of a large tenant loses any. */
export const unitHours = (
  records: readonly UsageRecord[],
  { from, to }: UsagePeriod,
  now: Date,
): UsageTotals => {
  const period = { from: Date.parse(from), to: Math.min(Date.parse(to), now.getTime()) }
  const hours = (kind: keyof UsageSize): number => {
    const seconds = records.reduce((sum, { start, stop, size }) => {
      const span = { from: Date.parse(start), to: stop === null ? period.to : Date.parse(stop) }
      return sum + BigInt(size[kind]) * BigInt(secondsWithin(span, period))
    }, 0n)
    return Number((seconds * PARTS_PER_HOUR) / SECONDS_PER_HOUR) / Number(PARTS_PER_HOUR)
  }
  return {
    ...{ vmHours: hours('vms'), coreHours: hours('cores') },
    ...{ memoryMiBHours: hours('memoryMiB'), diskGiBHours: hours('diskGiB') },
  }
}
