// Counters of this process, for /metrics. They start at zero with the isolate and say so: sums over a fleet are the scraper's work.

export interface Counters {
  add: (name: string, labels?: Record<string, string | number>) => void
  /** Prometheus text format 0.0.4. */
  text: () => string
}

const HELP: Record<string, string> = {
  phoenix_requests_total: 'Requests answered, by method and status.',
  phoenix_problems_total: 'Problem documents answered, by name.',
  phoenix_errors_total: 'Requests that ended in an error nobody expected, by error name.',
}

const labelText = (value: string | number): string =>
  typeof value === 'number'
    ? `${value}`
    : value.replace(/[\\"\n]/g, (character) => (character === '\n' ? '\\n' : `\\${character}`))

export const createCounters = (startedAt: Date): Counters => {
  const series = new Map<string, Map<string, number>>()
  return {
    add: (name, labels = {}) => {
      let key = ''
      for (const label in labels)
        key += `${key === '' ? '' : ','}${label}="${labelText(labels[label] ?? '')}"`
      let values = series.get(name)
      if (values === undefined) {
        values = new Map()
        series.set(name, values)
      }
      values.set(key, (values.get(key) ?? 0) + 1)
    },
    text: () => {
      const lines = [
        '# HELP phoenix_isolate_start_time_seconds When this isolate began to count. All counters are of this isolate alone.',
        '# TYPE phoenix_isolate_start_time_seconds gauge',
        `phoenix_isolate_start_time_seconds ${startedAt.getTime() / 1000}`,
      ]
      for (const [name, help] of Object.entries(HELP)) {
        lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} counter`)
        for (const [key, value] of series.get(name) ?? []) {
          lines.push(key === '' ? `${name} ${value}` : `${name}{${key}} ${value}`)
        }
      }
      return `${lines.join('\n')}\n`
    },
  }
}
