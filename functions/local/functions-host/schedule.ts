// When a timer runs next: NCRONTAB with six fields (seconds first) or five, or a plain hh:mm:ss interval. Always UTC.
// https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#ncrontab-expressions
// App settings in percent signs are not resolved.

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

interface Field {
  name: string
  low: number
  high: number
  words?: string[]
}
const FIELDS: Field[] = [
  { name: 'second', low: 0, high: 59 },
  { name: 'minute', low: 0, high: 59 },
  { name: 'hour', low: 0, high: 23 },
  { name: 'day', low: 1, high: 31 },
  { name: 'month', low: 1, high: 12, words: MONTHS },
  { name: 'weekday', low: 0, high: 6, words: DAYS },
]

const parseNumber = (text: string, { name, low, high, words }: Field): number => {
  const word = words?.indexOf(text.slice(0, 3).toLowerCase()) ?? -1
  const value = word >= 0 ? word + low : /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN
  if (!(value >= low && value <= high)) throw new Error(`schedule: ${name} out of range`)
  return value
}

const parseField = (text: string, field: Field): Set<number> => {
  const values = new Set<number>()
  for (const item of text.split(',')) {
    const [range = '', every, ...more] = item.split('/')
    const [from = '', to, ...rest] = range.split('-')
    const step = every === undefined ? 1 : Number(every)
    if (more.length > 0 || rest.length > 0 || !Number.isInteger(step) || step < 1) {
      throw new Error(`schedule: cannot read the ${field.name}`)
    }
    const all = from === '*'
    const low = all ? field.low : parseNumber(from, field)
    const open = all || (every !== undefined && to === undefined)
    const high = open ? field.high : parseNumber(to ?? from, field)
    if (low > high) throw new Error(`schedule: ${field.name} range runs backwards`)
    for (let value = low; value <= high; value += step) values.add(value)
  }
  return values
}

/** The first time after `after`. */
export type Schedule = (after: Date) => Date

const DAY_MS = 86_400_000
/** Every real date and weekday comes round within a Gregorian cycle's worst gap of 40 years. */
const HORIZON_DAYS = 366 * 41

const parseInterval = (expression: string): Schedule | null => {
  const [, hours, minutes, seconds] = /^(\d{1,3}):([0-5]\d):([0-5]\d)$/.exec(expression) ?? []
  if (hours === undefined) return null
  const period = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000
  if (period === 0) throw new Error('schedule: an interval of nothing')
  return (after) => new Date(after.getTime() + period)
}

/** Throws for an expression that cannot be read or that never comes. */
export const parseSchedule = (expression: string): Schedule => {
  const interval = parseInterval(expression)
  if (interval) return interval
  const texts = expression.trim().split(/\s+/)
  if (texts.length === 5) texts.unshift('0')
  if (texts.length !== 6) throw new Error('schedule: expected six fields')
  const sets = FIELDS.map((field, index) => parseField(texts[index] ?? '', field))
  const [seconds, minutes, hours, days, months, weekdays] = sets as [
    Set<number>,
    Set<number>,
    Set<number>,
    Set<number>,
    Set<number>,
    Set<number>,
  ]
  const secondsOfDay = [...hours]
    .flatMap((hour) => [...minutes].map((minute) => hour * 3600 + minute * 60))
    .flatMap((start) => [...seconds].map((second) => start + second))
    .sort((a, b) => a - b)

  const next: Schedule = (after) => {
    const first = Math.floor(after.getTime() / DAY_MS) * DAY_MS
    for (let offset = 0; offset < HORIZON_DAYS; offset++) {
      const midnight = first + offset * DAY_MS
      const day = new Date(midnight)
      const fits =
        days.has(day.getUTCDate()) &&
        months.has(day.getUTCMonth() + 1) &&
        weekdays.has(day.getUTCDay())
      if (!fits) continue
      const second = secondsOfDay.find((each) => midnight + each * 1000 > after.getTime())
      if (second !== undefined) return new Date(midnight + second * 1000)
    }
    throw new Error('schedule: never comes')
  }
  next(new Date(0))
  return next
}
