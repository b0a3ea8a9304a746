// plan-fleet: one request for 325 regions with ten files each becomes waves, plans, commits and bodies of pull requests.
// Correct first: every region once, every pull request and every body within its budget.
import {
  emptyState,
  fleetOf,
  planFleet,
  TEN_FILES,
  type WavePlan,
} from '../../../gitops/fleet/fleet.fixture.ts'
import { BODY_LIMIT_CHARACTERS, planBody } from '../../../gitops/plan-body/body.ts'
import { commitFiles } from '../../../gitops/propose.ts'
import { interleave, machine, type Report, timed } from '../measure.ts'
import { plainHash } from '../render-delta/fleet-state.ts'

const REGIONS = 325
const FILES_PER_REGION = 10
const SECONDS_AT_MOST = 5
const MOST = { files: 300, bytes: 1_000_000, lines: 20_000 }
const ROUNDS = 5
const publicUrl = 'https://phoenix.example'
const change = {
  ...{ id: 'chg_aaaaaaaaaaaaaaaaaaaaaaaaaa', revision: 1, fingerprint: 'f', requester: 'rita' },
  acceptedAt: '2026-11-21T12:00:00.000Z',
}

interface Pull {
  body: string
  files: { path: string; content: string | null }[]
}

const pullOf = ({ planned: { plan, files } }: WavePlan): Pull => ({
  body: planBody(plan, change, publicUrl),
  files: commitFiles({ change, plan, files, publicUrl }),
})

const planAll = (): WavePlan[] =>
  planFleet(fleetOf(REGIONS, TEN_FILES), emptyState(REGIONS, 'flux'), plainHash)

/** Throws at the first thing that is not as it must be. Answers what there was, for people. */
const check = (waves: WavePlan[]): string => {
  const pulls = waves.map(pullOf)
  const rendered = waves.flatMap(({ planned }) => planned.files)
  if (rendered.length !== REGIONS * FILES_PER_REGION) throw new Error('a region is missing')
  for (const { body, files } of pulls) {
    const texts = files.map(({ content }) => content ?? '')
    const bytes = texts.reduce((sum, text) => sum + new TextEncoder().encode(text).length, 0)
    const lines = texts.reduce((sum, text) => sum + text.split('\n').length - 1, 0)
    if (files.length > MOST.files || bytes > MOST.bytes || lines > MOST.lines)
      throw new Error('a pull request is larger than a forge shows')
    if (body.length > BODY_LIMIT_CHARACTERS) throw new Error('a body is too long')
  }
  return `${rendered.length} files in ${pulls.length} pull requests, bodies of ${Math.max(...pulls.map(({ body }) => body.length))} characters at most`
}

export const planFleetBenchmark = async (): Promise<Report> => {
  const found = check(planAll())
  const whole = 'plans, commits and bodies'
  const { rows, rounds } = await interleave(
    [
      { name: whole, run: () => timed(() => planAll().map(pullOf)) },
      { name: 'plans alone', against: whole, run: () => timed(planAll) },
    ],
    ROUNDS,
  )
  const seconds = (rows.find(({ name }) => name === whole)?.value.median ?? Number.NaN) / 1000
  return {
    benchmark: 'plan-fleet',
    compares: [`${REGIONS} regions x ${FILES_PER_REGION} files: ${found}`, 'checked before timing'],
    unit: 'ms',
    rounds,
    rows,
    aims: [
      {
        text: `seconds for the whole, at most ${SECONDS_AT_MOST}`,
        measured: seconds,
        met: seconds <= SECONDS_AT_MOST,
      },
    ],
    versions: machine(),
  }
}
