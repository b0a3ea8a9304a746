// vc-issue is where the libraries of others are installed, and is loaded when it is asked for: functions/verify/wallets/bench.
import type { Report } from '../measure.ts'

const MODULE: string = '../../verify/wallets/bench/vc-issue.ts'

export const vcIssue = async (): Promise<Report> => {
  const { vcIssue: run } = (await import(MODULE)) as { vcIssue: () => Promise<Report> }
  return run()
}
