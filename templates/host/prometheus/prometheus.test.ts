// The rules and the dashboard name only what the edge counts, with labels that it has, and every hint names a part of the runbook.
// What they say is PromQL as far as names, brackets and quotes go: no parser of it is in the project.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import {
  createCounters,
  isolateCounters,
  LOG_ALARMS,
  METRICS,
} from '../../../edge-workers/http/counters.ts'

const host = join(import.meta.dirname, '..')
const read = (path: string): string => readFileSync(join(host, path), 'utf8')

interface Rule {
  alert: string
  expr: string
  labels: { severity: string }
  annotations: { summary: string; runbook: string }
}
interface Dashboard {
  panels: { title: string; targets: { expr: string }[] }[]
}
const rules = (
  parse(read('prometheus/phoenix.rules.yml')) as { groups: { rules: Rule[] }[] }
).groups.flatMap(({ rules }) => rules)
const dashboard = JSON.parse(read('grafana/phoenix.json')) as Dashboard
const expressions = [
  ...rules.map(({ alert, expr }) => ({ of: alert, expr })),
  ...dashboard.panels.flatMap(({ title, targets }) =>
    targets.map(({ expr }) => ({ of: title, expr })),
  ),
]

/** Every name that a scrape shows. */
const counted = new Set([
  ...['up', 'phoenix_isolate_start_time_seconds'],
  ...Object.entries(METRICS).flatMap(([name, { type }]) =>
    type === 'histogram' ? ['bucket', 'sum', 'count'].map((end) => `${name}_${end}`) : [name],
  ),
])
const LABELS: Record<string, string[]> = {
  up: ['job'],
  phoenix_requests_total: ['method', 'status'],
  phoenix_request_duration_seconds_bucket: ['group', 'class', 'le'],
  phoenix_request_duration_seconds_sum: ['group', 'class'],
  phoenix_request_duration_seconds_count: ['group', 'class'],
  phoenix_problems_total: ['problem'],
  phoenix_errors_total: ['error'],
  phoenix_calls_total: ['system', 'outcome'],
  phoenix_changes_total: ['state'],
  phoenix_retries_total: ['of', 'kind'],
  phoenix_alarms_total: ['event'],
  phoenix_spans_total: ['outcome'],
  phoenix_part_up: ['part'],
}
const WORDS = [
  'and',
  'by',
  'histogram_quantile',
  'increase',
  'max',
  'min',
  'or',
  'rate',
  'sum',
  'time',
  'topk',
]

const faultsOf = (expr: string): string[] => {
  const plain = expr.replaceAll(/"[^"]*"/g, '""').replaceAll(/\[\d+[smhd]\]/g, '')
  const names = plain.replaceAll(/\{[^{}]*\}|(?:by|on) \([^()]*\)/g, ' ').match(/[a-z_]\w*/g) ?? []
  const metrics = names.filter((name) => !WORDS.includes(name))
  const used = [...plain.matchAll(/\{([^{}]*)\}|by \(([^()]*)\)/g)].flatMap(
    ([, some, by]) => (some ?? by ?? '').match(/[a-z_]\w*/g) ?? [],
  )
  const has = metrics.flatMap((name) => LABELS[name] ?? [])
  const depth = (open: string, close: string) =>
    plain.split(open).length - plain.split(close).length
  return [
    ...metrics.filter((name) => !counted.has(name)).map((name) => `nobody counts ${name}`),
    ...used.filter((label) => !has.includes(label)).map((label) => `nothing has ${label}`),
    ...(metrics.length === 0 ? ['names nothing'] : []),
    ...(depth('(', ')') === 0 && depth('{', '}') === 0 ? [] : ['brackets']),
    ...(expr.split('"').length % 2 === 1 ? [] : ['quotes']),
  ]
}

it('names what there is', () => {
  expect(expressions.length).toBeGreaterThan(40)
  expect(expressions.flatMap(({ of, expr }) => faultsOf(expr).map((at) => `${of}: ${at}`))).toEqual(
    [],
  )
  // And all that there is.
  const all = expressions.map(({ expr }) => expr).join()
  expect(Object.keys(METRICS).filter((name) => !all.includes(name))).toEqual([])
})

it('would notice what there is not', () => {
  expect(faultsOf('sum(rate(phoenix_nothing_total[5m]))')).toEqual([
    'nobody counts phoenix_nothing_total',
  ])
  expect(faultsOf('sum by (tenant) (phoenix_part_up)')).toEqual(['nothing has tenant'])
  expect(faultsOf('max(phoenix_part_up{part="log"}')).toEqual(['brackets'])
  expect(faultsOf('phoenix_part_up{part="log}')).toContain('quotes')
})

it('says of every alert what is to be done, by a section of the runbook', () => {
  const sections = [...read('RUNBOOK.md').matchAll(/^## (.+)$/gm)].map(([, name]) => name)
  expect(rules.length).toBeGreaterThan(12)
  for (const { alert, labels, annotations } of rules) {
    expect(['page', 'warn', 'info'], alert).toContain(labels.severity)
    const [, section] = /^RUNBOOK\.md, ([A-Z][a-z]+(?: keys)?)/.exec(annotations.runbook) ?? []
    expect(sections, alert).toContain(section)
  }
  expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length)
})

it('shows every alarm of the log before its first, and alerts of a sweep that never came', () => {
  const lines = createCounters(new Date(0)).text().split('\n')
  expect(lines.filter((line) => line.startsWith('phoenix_alarms_total')).sort()).toEqual(
    LOG_ALARMS.map((event) => `phoenix_alarms_total{event="${event}"} 0`).sort(),
  )
  const missing = rules.find(({ alert }) => alert === 'PhoenixSweepMissing')
  expect(missing?.expr).toContain('or phoenix_isolate_start_time_seconds')
})

it('is scraped in the text format, with few series for any request', () => {
  const counters = createCounters(new Date(0))
  for (const [route, status, seconds] of [
    ['/v1/tenants/:tenant/changes/:id', 200, 0.02],
    ['/v1/tenants/:tenant/changes', 201, 7],
    ['/v1/tenants/:tenant', 404, 0],
    ['/t/:tenant/:name', 200, 0],
    ['/*', 404, 0],
    ['/', 200, 0],
  ] as const)
    counters.observe(route, status, seconds)
  isolateCounters.add('phoenix_calls_total', { system: 'forge', outcome: 'ok' })
  const lines = counters.text().split('\n')
  const name = 'phoenix_request_duration_seconds'
  const of = 'group="changes",class="2xx"'
  expect(lines.filter((line) => line.includes(of))).toEqual([
    ...[
      ['0.01', 0],
      ['0.05', 1],
      ['0.25', 1],
      ['1', 1],
      ['5', 1],
      ['+Inf', 2],
    ].map(([le, count]) => `${name}_bucket{${of},le="${le}"} ${count}`),
    ...[`${name}_sum{${of}} 7.02`, `${name}_count{${of}} 2`],
  ])
  const groups = new Set(lines.flatMap((line) => /group="([^"]*)"/.exec(line)?.[1] ?? []))
  expect(groups).toEqual(new Set(['changes', 'tenants', 't', 'none', 'root']))
  expect(lines).toContain(`# TYPE ${name} histogram`)
  expect(
    lines.some((line) => /^phoenix_calls_total\{system="forge",outcome="ok"\} \d+$/.test(line)),
  ).toBe(true)
})
