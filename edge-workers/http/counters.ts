// What this process counts, for /metrics. Everything starts at zero with the isolate and says so: sums over a fleet are the
// scraper's work. Labels are words of ours, and few: no tenant, no name, nothing that somebody sent.

type Labels = Record<string, string | number>

/** Every metric there is. templates/host/prometheus.test.ts holds the rules and the dashboard to it. */
export const METRICS: Record<string, { type: 'counter' | 'gauge' | 'histogram'; help: string }> = {
  phoenix_requests_total: { type: 'counter', help: 'Requests answered, by method and status.' },
  phoenix_request_duration_seconds: {
    ...{
      type: 'histogram',
      help: 'How long answers took, by group of routes and class of status.',
    },
  },
  phoenix_problems_total: { type: 'counter', help: 'Problem documents answered, by name.' },
  phoenix_errors_total: {
    ...{ type: 'counter', help: 'Requests that ended in an error nobody expected, by error name.' },
  },
  phoenix_calls_total: {
    ...{ type: 'counter', help: 'Calls to the forge, the Functions and others, by outcome.' },
  },
  phoenix_changes_total: { type: 'counter', help: 'Steps of changes, by the state reached.' },
  phoenix_retries_total: {
    ...{
      type: 'counter',
      help: 'Pieces of background work that failed and are tried again, by kind.',
    },
  },
  phoenix_alarms_total: { type: 'counter', help: 'Alarms of the log, by what was found.' },
  phoenix_spans_total: { type: 'counter', help: 'Spans of traces, by what became of them.' },
  phoenix_sweep_timestamp_seconds: { type: 'gauge', help: 'When the last sweep here ended.' },
  phoenix_sweep_tenants: { type: 'gauge', help: 'Tenants that the last sweep here came to.' },
  phoenix_sweep_failed: { type: 'gauge', help: 'Actors that the last sweep here did not wake.' },
  phoenix_outbox_pieces: { type: 'gauge', help: 'Pieces of work in all outboxes at that sweep.' },
  phoenix_outbox_oldest_due_seconds: {
    ...{
      type: 'gauge',
      help: 'How long the piece had been due that was due longest at that sweep.',
    },
  },
  phoenix_outbox_attempts: {
    ...{ type: 'gauge', help: 'Failed attempts of the piece that had most at that sweep.' },
  },
  phoenix_part_up: { type: 'gauge', help: 'Whether this part answered the scrape: 1 or 0.' },
  phoenix_promotion_frozen: { type: 'gauge', help: 'Whether nothing is promoted: 1 or 0.' },
  phoenix_log_size: { type: 'gauge', help: 'Leaves under the newest checkpoint of the log.' },
  phoenix_log_checkpoint_timestamp_seconds: {
    ...{ type: 'gauge', help: 'Of the newest checkpoint.' },
  },
  phoenix_log_checkpoint_cosigned: { type: 'gauge', help: 'Both halves signed it: 1 or 0.' },
  phoenix_log_checkpoint_published: { type: 'gauge', help: 'It is in the repository: 1 or 0.' },
  phoenix_log_anchor_timestamp_seconds: {
    ...{ type: 'gauge', help: 'When a checkpoint was anchored last, as far as a scrape saw.' },
  },
}

export interface Counters {
  add: (name: string, labels?: Labels, by?: number) => void
  set: (name: string, value: number, labels?: Labels) => void
  /** Of a request. `route`: the pattern that was matched. */
  observe: (route: string, status: number, seconds: number) => void
  /** Prometheus text format 0.0.4. */
  text: () => string
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
/** A method can be any word: those that nobody knows are one (OpenTelemetry's HTTP conventions call it so). */
export const methodOf = (method: string): string => {
  if (METHODS.includes(method)) return method
  const upper = method.toUpperCase()
  return METHODS.includes(upper) ? upper : '_OTHER'
}

const labelText = (value: string | number): string =>
  typeof value === 'number'
    ? `${value}`
    : value.replace(/[\\"\n]/g, (character) => (character === '\n' ? '\\n' : `\\${character}`))

const keyOf = (labels: Labels): string => {
  let key = ''
  for (const label in labels)
    key += `${key === '' ? '' : ','}${label}="${labelText(labels[label] ?? '')}"`
  return key
}

/** In seconds. Few, because each is a series for every group and class. */
const BUCKETS = [0.01, 0.05, 0.25, 1, 5]
interface Histogram {
  counts: number[]
  sum: number
}

/** `/v1/tenants/:tenant/changes/:id` is of `changes`, `/v1/tenants/:tenant` of `tenants`, and what nothing matches of `none`. */
const groups = new Map<string, string>()
export const groupOf = (route: string): string => {
  const known = groups.get(route)
  if (known !== undefined) return known
  const words = route.split('/').filter((word) => word !== '')
  const isApi = words[0] === 'v1'
  const plain = words.slice(isApi ? 1 : 0).filter((word) => /^[a-z.][a-z.-]*$/.test(word))
  const found = isApi ? (plain[0] === 'tenants' ? (plain[1] ?? 'tenants') : plain[0]) : plain[0]
  const group = found === undefined ? (route === '/' ? 'root' : 'none') : found
  groups.set(route, group)
  return group
}

/** Values by name and labels. */
const createSeries = () => {
  const series = new Map<string, Map<string, number>>()
  const at = (name: string) => {
    const values = series.get(name) ?? new Map<string, number>()
    series.set(name, values)
    return values
  }
  return {
    add: (name: string, labels: Labels = {}, by = 1): void => {
      const values = at(name)
      const key = keyOf(labels)
      values.set(key, (values.get(key) ?? 0) + by)
    },
    set: (name: string, value: number, labels: Labels = {}): void => {
      at(name).set(keyOf(labels), value)
    },
    of: (name: string) => series.get(name) ?? new Map<string, number>(),
  }
}

/** What the log raises an alarm for. */
export const LOG_ALARMS = [
  ...(['published-log-moved-back', 'log-not-compared', 'anchor-refused', 'log-forked'] as const),
  ...(['cosigner-refused', 'tenant-log-shrank', 'tenant-log-forked'] as const),
  'log-behind-published',
] as const
export type LogAlarm = (typeof LOG_ALARMS)[number]

/** What no request counts: calls that leave, background work, alarms. Of the isolate, whichever actors are in it. */
export const isolateCounters = createSeries()
// A series that begins with its first alarm has not increased when that is scraped.
for (const event of LOG_ALARMS) isolateCounters.add('phoenix_alarms_total', { event }, 0)

const lineOf = (name: string, key: string, value: number): string =>
  key === '' ? `${name} ${value}` : `${name}{${key}} ${value}`

const histogramLines = (name: string, histograms: Map<string, Histogram>): string[] =>
  [...histograms].flatMap(([key, { counts, sum }]) => {
    let below = 0
    const buckets = counts.map((count, at) => {
      below += count
      return lineOf(`${name}_bucket`, `${key},le="${BUCKETS[at] ?? '+Inf'}"`, below)
    })
    return [...buckets, lineOf(`${name}_sum`, key, sum), lineOf(`${name}_count`, key, below)]
  })

const DURATION = 'phoenix_request_duration_seconds'

export const createCounters = (startedAt: Date): Counters => {
  const { add, set, of } = createSeries()
  const durations = new Map<string, Histogram>()
  return {
    add,
    set,
    observe: (route, status, seconds) => {
      const key = `group="${groupOf(route)}",class="${Math.floor(status / 100)}xx"`
      let histogram = durations.get(key)
      if (histogram === undefined) {
        histogram = { counts: new Array(BUCKETS.length + 1).fill(0), sum: 0 }
        durations.set(key, histogram)
      }
      let at = 0
      while (at < BUCKETS.length && seconds > (BUCKETS[at] ?? 0)) at += 1
      histogram.counts[at] = (histogram.counts[at] ?? 0) + 1
      histogram.sum += seconds
    },
    text: () => {
      const lines = [
        '# HELP phoenix_isolate_start_time_seconds When this isolate began to count. All counters are of this isolate alone.',
        '# TYPE phoenix_isolate_start_time_seconds gauge',
        `phoenix_isolate_start_time_seconds ${startedAt.getTime() / 1000}`,
      ]
      for (const [name, { type, help }] of Object.entries(METRICS)) {
        lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`)
        if (name === DURATION) lines.push(...histogramLines(name, durations))
        for (const [key, value] of [...of(name), ...isolateCounters.of(name)])
          lines.push(lineOf(name, key, value))
      }
      return `${lines.join('\n')}\n`
    },
  }
}
