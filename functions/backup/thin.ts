// Which exports stay: all of the last two days, then the newest of each day for five weeks, then the newest of each month until
// retention ends. The newest stays whatever its age.
const DAY = 86_400_000
const ALL_FOR_DAYS = 2
const DAILY_FOR_DAYS = 35

/** `20261122T071607000Z-0000000012` as a time, in milliseconds since the epoch. */
const atOf = (id: string): number =>
  Date.parse(
    id.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z-\d+$/, '$1-$2-$3T$4:$5:$6.$7Z'),
  )

/** `ids` in any order. What is later than now is as new as can be. */
export const staying = (ids: readonly string[], now: Date, retentionDays: number): Set<string> => {
  const newestFirst = [...ids].sort().reverse()
  const stay = new Set(newestFirst.slice(0, 1))
  const spans = new Set<string>()
  for (const id of newestFirst) {
    const age = (now.getTime() - atOf(id)) / DAY
    if (age < ALL_FOR_DAYS) stay.add(id)
    else if (age < retentionDays) {
      const span = id.slice(0, age < DAILY_FOR_DAYS ? 8 : 6)
      if (!spans.has(span)) stay.add(id)
      spans.add(span)
    }
  }
  return stay
}
