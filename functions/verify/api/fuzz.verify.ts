// Random requests over the whole OpenAPI document: 50,000 here, a million with `npm run fuzz`, which asks for that many.
// A failing run is repeated with its seed: FUZZ_SEED=<seed> FUZZ_REQUESTS=<how many> npm run fuzz.
import { expect, it } from 'vitest'
import { fuzzApi } from '../../simulator/api-fuzz/fuzz.ts'

const USUAL = process.env.npm_lifecycle_event === 'fuzz' ? 1_000_000 : 50_000
const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? USUAL)
const SEED = Number(process.env.FUZZ_SEED ?? 17)
const TELL_EACH = 50_000

it(
  `${REQUESTS} random requests are answered as the document says`,
  async () => {
    const report = await fuzzApi({
      ...{ seed: SEED, requests: REQUESTS },
      onProgress: (sent) => {
        if (sent % TELL_EACH === 0) console.log(`${sent} of ${REQUESTS} requests`)
      },
    })
    console.log(JSON.stringify(report))
    expect(report.faults).toEqual([])
    // What needs an identity provider, a signed webhook or a month that is over is not reached here.
    expect(report.neverSucceeded.length).toBeLessThan(report.operations * 0.2)
  },
  24 * 3_600_000,
)
