// The same random sequence of the port's verbs and of what people do, on two forges: their answers must be the same. Ids of
// commits differ where a forge dates them itself, so they are compared by when they were first seen.
import type { Forge, Review } from '../../schemas/ports.ts'
import { type Random, randomOf } from './schedules/random.ts'

export interface Party {
  forge: Forge
  person: {
    push: (branch: string, path: string, content: string) => Promise<string>
    review: (number: number, state: Review['state']) => Promise<unknown>
    close: (number: number) => Promise<unknown>
    edit: (number: number, body: string) => Promise<unknown>
    force: (branch: string, sha: string) => Promise<unknown>
    drop: (branch: string) => Promise<unknown>
  }
}

interface Side extends Party {
  /** Ids in the order in which they were first seen. */
  seen: string[]
  commits: { sha: string; tree: string }[]
}

const BRANCHES = ['phoenix/acme/one', 'phoenix/acme/two']
const PATHS = ['README.md', 'rendered/one.yaml', 'rendered/two.yaml', 'changes/a.json']
const AUTHOR = { name: 'Phoenix', email: 'phoenix@example.org', date: '2026-02-03T04:05:06Z' }
const MERGE = { title: 'Take it', message: 'Phoenix-Change-Id: chg_1' }

/** What two forges may say differently: addresses, numbers of accounts, words of a refusal. */
const OWN = new Set(['url', 'account', 'mergedByAccount', 'message'])

const normalised = (value: unknown, { seen }: Side): unknown => {
  if (typeof value === 'string' && /^[0-9a-f]{40}$/.test(value)) {
    if (!seen.includes(value)) seen.push(value)
    return `id ${seen.indexOf(value)}`
  }
  if (Array.isArray(value)) return value.map((one) => normalised(one, { seen } as Side))
  if (value === null || typeof value !== 'object') return value
  if ('refused' in value) return 'refused'
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !OWN.has(name))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, normalised(inner, { seen } as Side)]),
  )
}

interface Step {
  name: string
  run: (side: Side) => Promise<unknown>
}

const commitOver = async (side: Side, base: string, path: string, content: string | null) => {
  const at = (await side.forge.readBranch(base)) ?? (await side.forge.readBranch('main'))
  if (!at) return null
  const made = await side.forge.writeCommit({
    ...{ baseTree: at.tree, parents: [at.sha], files: [{ path, content }], message: 'One\n' },
    author: AUTHOR,
  })
  if (made) side.commits.push(made)
  return made
}

const sortFiles = async (compared: ReturnType<Forge['compare']>) => {
  const found = await compared
  return found && { ...found, files: found.files.toSorted((a, b) => (a.path < b.path ? -1 : 1)) }
}

/** What may be drawn; drawn once for both sides. */
const draw = (random: Random, commits: number, pulls: number): Step => {
  const branch = random.pick(BRANCHES)
  const path = random.pick(PATHS)
  const content = random.chance(0.15) ? null : `v: ${random.below(5)}\n`
  const number = 1 + random.below(Math.max(1, pulls))
  const nth = random.below(Math.max(1, commits))
  const state = random.pick(['approved', 'changes_requested', 'commented'] as const)
  const shaOf = ({ commits: own }: Side): string => own[nth]?.sha ?? ''
  const step = (name: string, run: Step['run']): Step => ({ name, run })
  const body = `body ${random.below(9)}\n`
  const [force, green] = [random.chance(0.5), random.chance(0.8)]
  const headOf = async (side: Side) => (await side.forge.readPull(number))?.headSha ?? ''
  const steps: Step[] = [
    step(`commit ${path} over ${branch}`, (side) => commitOver(side, branch, path, content)),
    step(`commit ${path} over main`, (side) => commitOver(side, 'main', path, content)),
    step(`createBranch ${branch} ${nth}`, (side) => side.forge.createBranch(branch, shaOf(side))),
    step(`moveBranch ${branch} ${nth} ${force}`, (side) =>
      side.forge.moveBranch(branch, shaOf(side), { force }),
    ),
    step(`deleteBranch ${branch}`, (side) => side.forge.deleteBranch(branch)),
    step(`openPull ${branch}`, (side) =>
      side.forge.openPull({ head: branch, base: 'main', title: 'One', body }),
    ),
    step(`findPulls ${branch}`, (side) => side.forge.findPulls(branch)),
    step(`readPull ${number}`, (side) => side.forge.readPull(number)),
    step(`postGate ${number} ${green}`, async (side) => {
      const headSha = await headOf(side)
      if (headSha === '') return 'none'
      return side.forge.postGate({
        ...{ headSha, green, title: 'x', summary: 'y', externalId: 'z' },
        detailsUrl: 'https://phoenix.example/',
      })
    }),
    step(`mergePull ${number}`, async (side) => {
      const expectedHead = await headOf(side)
      return expectedHead === '' ? 'none' : side.forge.mergePull(number, { expectedHead, ...MERGE })
    }),
    step(`mergePull ${number} at an old head`, async (side) => {
      const head = await headOf(side)
      if (head === '' || shaOf(side) === '' || head === shaOf(side)) return 'none'
      return side.forge.mergePull(number, { expectedHead: shaOf(side), ...MERGE })
    }),
    step(`readBlob ${path}`, (side) => side.forge.readBlob(path, 'main')),
    step('compare live main', (side) => sortFiles(side.forge.compare('live', 'main'))),
    step('moveBranch live main', async (side) => {
      const main = await side.forge.readBranch('main')
      return main && side.forge.moveBranch('live', main.sha, { force: false })
    }),
    step(`listReviews ${number}`, async (side) =>
      (await side.forge.readPull(number)) ? side.forge.listReviews(number) : 'none',
    ),
    step(
      `a person pushes to ${branch}`,
      async (side) =>
        (await side.forge.readBranch(branch)) && side.person.push(branch, path, `by hand ${body}`),
    ),
    step(`a person reviews ${number}: ${state}`, async (side) => {
      const open = (await side.forge.readPull(number))?.state === 'open'
      if (open) await side.person.review(number, state)
      return open
    }),
    step(`a person edits ${number}`, async (side) => {
      if (await side.forge.readPull(number)) await side.person.edit(number, body)
    }),
  ]
  const rare = random.next()
  if (rare < 0.03)
    return step(`a person closes ${number}`, async (side) => {
      if ((await side.forge.readPull(number))?.state === 'open') await side.person.close(number)
    })
  if (rare < 0.05)
    return step(`a person deletes ${branch}`, async (side) => {
      if (await side.forge.readBranch(branch)) await side.person.drop(branch)
    })
  // Most of a life happens in order.
  return random.pick(steps)
}

const answerOf = async (side: Side, { run }: Step): Promise<unknown> => {
  try {
    const answer = await run(side)
    return normalised(answer ?? null, side)
  } catch (error) {
    return `throws ${(error as Error).name}`
  }
}

export interface Difference {
  step: string
  answers: [unknown, unknown]
  before: string[]
}

/** Null when both have answered the same all along. `counts`: how often each verb was answered. */
export const compareForges = async (
  parties: [Party, Party],
  { seed, steps, counts }: { seed: number; steps: number; counts: Map<string, number> },
): Promise<Difference | null> => {
  const [one, two] = parties.map((party): Side => ({ ...party, seen: [], commits: [] })) as [
    Side,
    Side,
  ]
  const random = randomOf(seed)
  const before: string[] = []
  let pulls = 0
  for (let at = 0; at < steps; at += 1) {
    const step = draw(random, one.commits.length, pulls)
    // A name for nothing is answered by neither in a way that anybody relies on.
    if (/createBranch|moveBranch phoenix/.test(step.name) && one.commits.length === 0) continue
    const answers: Difference['answers'] = [await answerOf(one, step), await answerOf(two, step)]
    if (JSON.stringify(answers[0]) !== JSON.stringify(answers[1]))
      return { step: step.name, answers, before }
    const verb = step.name.replace(/ .*$/, '')
    counts.set(verb, (counts.get(verb) ?? 0) + 1)
    if (verb === 'openPull' && answers[0] !== 'exists') pulls += 1
    before.push(step.name)
  }
  return null
}
