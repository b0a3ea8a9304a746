// `npm run bench`: measures ours against peers in the same run and prints ratios.
// It fails only when a contender is wrong, never because something was slow.
import { readArguments } from '../cli/arguments.ts'
import { auditLog } from './audit-log/audit-log.ts'
import { edgeAuth } from './edge-auth/edge-auth.ts'
import { edgeRequest } from './edge-request/edge-request.ts'
import { functionsCall } from './functions-call/functions-call.ts'
import { asText, type Report } from './measure.ts'
import { placement } from './placement/placement.ts'
import { planFleetBenchmark } from './plan-fleet/plan-fleet.ts'
import { renderDelta } from './render-delta/render-delta.ts'
import { renderFleet } from './render-fleet/render-fleet.ts'
import { statusList } from './status-list/status-list.ts'
import { vcIssue } from './vc-issue/vc-issue.ts'
import { vcVerify } from './vc-verify/vc-verify.ts'

const BENCHMARKS: Record<string, () => Promise<Report>> = {
  'render-fleet': renderFleet,
  'edge-request': edgeRequest,
  'edge-auth': edgeAuth,
  'functions-call': functionsCall,
  placement,
  'render-delta': renderDelta,
  'plan-fleet': planFleetBenchmark,
  'audit-log': auditLog,
  'vc-issue': vcIssue,
  'vc-verify': vcVerify,
  'status-list': statusList,
}

const USAGE = `npm run bench -- [<name> …] [--json]
  <name>   ${Object.keys(BENCHMARKS).join(', ')}; without, all of them
  --json   as JSON`

const main = async (): Promise<void> => {
  const { values, positionals } = readArguments(USAGE, {
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false } },
  })
  const names = positionals.length > 0 ? positionals : Object.keys(BENCHMARKS)
  const reports: Report[] = []
  for (const name of names) {
    const run = BENCHMARKS[name]
    if (!run) throw new Error(`There are these benchmarks: ${Object.keys(BENCHMARKS).join(', ')}.`)
    const report = await run()
    if (values.json) reports.push(report)
    else process.stdout.write(`${asText(report)}\n`)
  }
  if (values.json) process.stdout.write(`${JSON.stringify(reports, null, 2)}\n`)
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : 'the benchmark broke'}\n`)
  process.exit(1)
})
