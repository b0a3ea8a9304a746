// 2,000 random requests over the whole OpenAPI document: no 5xx, and no answer outside the contract.
// `npm run verify` sends 50,000, `npm run fuzz` a million. Replay: FUZZ_SEED=<seed> FUZZ_REQUESTS=<n> npm run fuzz.
import { expect, it } from 'vitest'
import { fuzzApi } from './fuzz.ts'

it('2,000 random requests are answered as the document says', async () => {
  const report = await fuzzApi({ seed: 5, requests: 2_000 })
  console.log(JSON.stringify({ ...report, faults: report.faults.length }))
  expect(report.faults).toEqual([])
  // Requests that are all refused at the door would prove nothing; nine for each operation do not reach every one.
  expect(report.neverSucceeded.length).toBeLessThan(report.operations * 0.45)
})
