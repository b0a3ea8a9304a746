// The last words of .ci/run: each test that failed with the first lines of why, then the counts. `node .ci/tally.mjs <folder of vitest's JSON reports>`
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

const WHY_LINES = 12

const folder = process.argv[2]
const reports = readdirSync(folder).map((name) =>
  JSON.parse(readFileSync(join(folder, name), 'utf8')),
)
const indented = (text) => text.split('\n').slice(0, WHY_LINES).join('\n    ')

for (const file of reports.flatMap(({ testResults }) => testResults)) {
  const failed = file.assertionResults.filter(({ status }) => status === 'failed')
  if (file.status !== 'failed' && failed.length === 0) continue
  console.log(`FAILED ${relative(process.cwd(), file.name)}`)
  if (file.message) console.log(`    ${indented(file.message)}`)
  for (const { fullName, failureMessages } of failed) {
    console.log(`  ${fullName}\n    ${failureMessages.map(indented).join('\n    ')}`)
  }
}
const sum = (field) => reports.reduce((total, report) => total + report[field], 0)
console.log(
  `${sum('numPassedTests')} passed, ${sum('numFailedTests')} failed, ${sum('numPendingTests')} skipped`,
)
