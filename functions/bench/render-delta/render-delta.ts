// render-delta: one region of a fleet of 325, 3,250 and 32,500 is changed. The cost of ours must not follow the size of the
// fleet, because the request says which region it is. Counts first: they say the same on every machine.
import { type Contender, interleave, machine, type Report, timed } from '../measure.ts'
import { changeOne, renderAll, scanAll } from './delta.ts'
import { type Counts, countingHash, standingFleet } from './fleet-state.ts'

const SIZES = [325, 3250, 32_500]
/** Changes of one turn, in regions all over the fleet: groups differ a little in size. */
const CHANGES = 32
const SLOPE_AT_MOST = 1.3
/** Rendering 32,500 regions in every round would take minutes and say nothing new. */
const RENDERED_AT_MOST = 3250

const regionOf = (size: number, turn: number, change: number): number =>
  (turn * 7919 + change * Math.floor(size / CHANGES)) % size

const ours = (size: number): string => `one region of ${size}`

const contendersOf = (size: number): { contenders: Contender[]; counts: Counts } => {
  const state = standingFleet(size)
  const known = new Map<string, string>()
  scanAll(known, state)
  if (renderAll(standingFleet(RENDERED_AT_MOST > size ? size : 325)) !== 0)
    throw new Error('what stands is not what is rendered')
  const { hash, counts } = countingHash()
  const counted = changeOne(state, 1, 77, hash)
  const [only, ...more] = new Set(counted.planned.files.map(({ path }) => path.split('/')[1]))
  if (only === undefined || more.length > 0) throw new Error('more than one region was changed')
  let turn = 0
  const contenders: Contender[] = [
    {
      name: ours(size),
      run: () => {
        turn += 1
        const milliseconds = timed(() => {
          for (let change = 0; change < CHANGES; change += 1)
            changeOne(state, regionOf(size, turn, change), 4 + (turn % 40))
        })
        return milliseconds / CHANGES
      },
    },
    {
      name: `hash scan of ${size}`,
      against: ours(size),
      run: () => timed(() => scanAll(known, state)),
    },
    ...(size <= RENDERED_AT_MOST
      ? [
          {
            name: `full render of ${size}`,
            against: ours(size),
            run: () => timed(() => renderAll(state)),
          },
        ]
      : []),
  ]
  return { contenders, counts }
}

export const renderDelta = async (): Promise<Report> => {
  const fleets = SIZES.map(contendersOf)
  const { rows, rounds } = await interleave(fleets.flatMap(({ contenders }) => contenders))
  const cost = (size: number): number =>
    rows.find(({ name }) => name === ours(size))?.value.median ?? Number.NaN
  const [least = 0, ...larger] = SIZES
  const manifests = fleets.map(({ counts }) => counts.manifests)
  return {
    benchmark: 'render-delta',
    compares: [
      'one region of a fleet gets another maximum of pods: request, wave, plan with every check, body left out',
      `manifests written out and hashed for one change: ${SIZES.map((size, at) => `${manifests[at]} of ${size} regions`).join(', ')}`,
      `against: the input of every region hashed; every region rendered and hashed (to ${RENDERED_AT_MOST})`,
      'the tenant’s rows are in memory: reading them from a database is not part of it',
    ],
    unit: 'ms',
    rounds,
    rows,
    aims: larger.map((size) => {
      const measured = cost(size) / cost(least)
      const met = measured <= SLOPE_AT_MOST
      return { text: `${size} regions at most ${SLOPE_AT_MOST} times ${least}`, measured, met }
    }),
    versions: machine(),
  }
}
