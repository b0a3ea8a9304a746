// The same random sequence of the port's verbs and of what people do, on two forges: their answers must be the same. What comes
// next is drawn by how things stand (forge-steps.ts), and first of all what has not been met yet.
import type { PullRequest } from '../../schemas/ports.ts'
import {
  BRANCHES,
  KINDS,
  type Kind,
  type Scene,
  type Step,
  type Told,
  tipOf,
} from './forge-scene.ts'
import { normalised, type Party, type Side } from './forge-side.ts'
import { possibleSteps } from './forge-steps.ts'
import { type Random, randomOf, weighted } from './schedules/random.ts'

/** How often each kind of answer was met. */
export type Met = Map<Kind, number>

/** Kinds that were not met. */
export const missing = (met: Met): Kind[] => KINDS.filter((kind) => !met.has(kind))

/** What has not been met comes sooner, and what leads there. */
const WEIGHTS = { unmet: 8, leadsToUnmet: 3, leads: 0.5, rest: 0.05 }

const choose = (scene: Scene, met: Met, random: Random): Step => {
  const unmet = (kind: Kind) => !met.has(kind)
  const weightOf = ({ kinds, leads }: Step): number => {
    if (kinds.some(unmet)) return WEIGHTS.unmet
    if (leads?.some(unmet)) return WEIGHTS.leadsToUnmet
    return leads ? WEIGHTS.leads : WEIGHTS.rest
  }
  return weighted(
    possibleSteps(scene, random).map((step) => [weightOf(step), step] as const),
    random,
  )
}

const pullsOf = async ({ forge }: Side): Promise<PullRequest[]> =>
  (await Promise.all(BRANCHES.map((branch) => forge.findPulls(branch)))).flat()

/** Everything that can be read of a forge. */
const lookAll = async (side: Side): Promise<unknown> => {
  const tips = await side.forge.listBranches('')
  const pulls = (await pullsOf(side)).toSorted((a, b) => a.number - b.number)
  const read: unknown[] = []
  for (const { number } of pulls)
    read.push(await side.forge.readPull(number), await side.forge.listReviews(number))
  return {
    tips: tips.toSorted((a, b) => (a.branch < b.branch ? -1 : 1)),
    main: await side.forge.readBranch('main'),
    ...{ pulls, read },
  }
}

const idIn = (said: unknown): string | null =>
  /\b[0-9a-f]{40}\b/.exec(JSON.stringify(said) ?? '')?.[0] ?? null

interface Answer {
  raw: unknown
  told: unknown
}
const answerOf = async (side: Side, { run, branch }: Step): Promise<Answer> => {
  try {
    const raw = (await run(side)) ?? null
    const pulls = branch === undefined ? [] : await side.forge.findPulls(branch)
    return { raw, told: normalised({ said: raw, pulls }, side) }
  } catch (error) {
    return { raw: null, told: `throws ${(error as Error).name}` }
  }
}

/** What the first side says of itself: reading it costs nothing. */
const sceneOf = async (side: Side, known: Known): Promise<Scene> => {
  const tips = (await side.forge.listBranches('')).map(({ branch, sha }) => [branch, sha] as const)
  return { ...known, tips: new Map(tips), pulls: await pullsOf(side) }
}

type Known = Pick<Scene, 'gates' | 'parents' | 'reviewed'>

const learn = ({ gates, parents, reviewed }: Known, step: Step, sha: string | null): void => {
  if (step.gate) gates.set(step.gate.head, step.gate.green)
  if (step.review) reviewed.set(step.review.number, step.review.head)
  if (sha !== null && step.parents) parents.set(sha, step.parents)
}

const kindOf = (step: Step, told: unknown): Kind | null => {
  if (typeof told === 'string') return null
  return step.kindOf ? step.kindOf(told as Told) : (step.kinds[0] ?? null)
}

export interface Difference {
  step: string
  answers: [unknown, unknown]
  before: string[]
}

/** Null when both have answered the same all along. `met` is added to. */
export const compareForges = async (
  [first, second]: [Party, Party],
  { seed, steps, met }: { seed: number; steps: number; met: Met },
): Promise<Difference | null> => {
  const one: Side = { ...first, seen: [], own: (sha) => sha }
  const two: Side = { ...second, seen: [], own: (sha) => two.seen[one.seen.indexOf(sha)] ?? sha }
  const random = randomOf(seed)
  const before: string[] = []
  const known: Known = { gates: new Map(), parents: new Map(), reviewed: new Map() }
  const look: Step = { name: 'everything', kinds: [], run: lookAll, parents: [] }
  for (let at = 0; at <= steps + 1; at += 1) {
    const scene = await sceneOf(one, known)
    const step = at === 0 || at > steps ? look : choose(scene, met, random)
    const [left, right] = [await answerOf(one, step), await answerOf(two, step)]
    const answers: Difference['answers'] = [left.told, right.told]
    if (JSON.stringify(left.told) !== JSON.stringify(right.told))
      return { step: step.name, answers, before }
    before.push(step.name)
    learn(known, step, at === 0 ? tipOf(scene, 'main') : idIn(left.raw))
    const kind = kindOf(step, left.told)
    if (kind) met.set(kind, (met.get(kind) ?? 0) + 1)
  }
  return null
}
