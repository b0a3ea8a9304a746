// What may happen next on a forge, out of how things stand there: a life goes on (commit, pull request, gate, merge), and whatever
// people do comes in between.
import type { PullRequest } from '../../schemas/ports.ts'
import { mergeSteps } from './forge-merge-steps.ts'
import {
  BRANCHES,
  isIn,
  type Kind,
  NOWHERE,
  type Scene,
  type Step,
  says,
  type Told,
  tipOf,
} from './forge-scene.ts'
import type { Side } from './forge-side.ts'
import type { Random } from './schedules/random.ts'

/** Few, so that two sides contradict each other now and then. */
const PATHS = ['README.md', 'rendered/one.yaml', 'changes/a.json']
const AUTHOR = { name: 'Phoenix', email: 'phoenix@example.org', date: '2026-02-03T04:05:06Z' }

const openOf = ({ pulls }: Scene, branch: string): PullRequest | undefined =>
  pulls.find(({ headBranch, state }) => headBranch === branch && state === 'open')

const OF_AN_OPEN_PULL: readonly Kind[] = [
  ...([
    'closed with its branch',
    'exists',
    'body written',
    'closed',
    'reviewed',
    'edited',
  ] as const),
  ...(['dropped with its pull', 'closed by a person', 'merged', 'refused: no gate'] as const),
  ...(['merged three ways', 'refused: conflict', 'refused: red gate', 'bypassed'] as const),
]

const commitSteps = (scene: Scene, branch: string, random: Random): Step[] => {
  const base = random.pick(scene.tips.has(branch) ? [branch, 'main'] : ['main'])
  const write = (path: string, content: string | null) => async (side: Side) => {
    const at = await side.forge.readBranch(base)
    if (!at) return null
    return side.forge.writeCommit({
      ...{ baseTree: at.tree, parents: [at.sha], files: [{ path, content }], message: 'One\n' },
      author: AUTHOR,
    })
  }
  const path = random.pick(PATHS)
  const text = `v: ${random.below(5)}\n`
  return [
    {
      ...{ name: `commit ${path} over ${base}`, kinds: ['commit'], run: write(path, text) },
      ...{ parents: [tipOf(scene, base)], leads: ['created', 'moved', 'not fast-forward'] },
    },
    {
      name: `take away what is not there, over ${base}`,
      ...{ kinds: ['nothing to take away'], run: write('not/there.json', null) },
      kindOf: says('nothing to take away', null),
    },
  ]
}

const branchSteps = (scene: Scene, branch: string, random: Random): Step[] => {
  const tip = scene.tips.get(branch)
  const main = tipOf(scene, 'main')
  const news = [...scene.parents.keys()].filter((sha) => !isIn(scene, sha, main))
  const sha = news.length > 0 ? random.pick(news) : main
  const create = (kind: Kind, to: string): Step => ({
    ...{
      name: `createBranch ${branch}`,
      kinds: [kind],
      ...(to === main ? {} : { leads: ['opened'] }),
    },
    run: ({ forge, own }) => forge.createBranch(branch, own(to)),
    kindOf: says(kind, kind === 'created' ? 'created' : 'exists'),
  })
  const move = (kind: Kind, to: string, force: boolean, wanted: string): Step => ({
    ...{ name: `moveBranch ${branch}${force ? ' by force' : ''}`, kinds: [kind], branch },
    run: ({ forge, own }) => forge.moveBranch(branch, own(to), { force }),
    kindOf: says(kind, wanted),
  })
  const remove: Step = {
    ...{ name: `deleteBranch ${branch}`, branch, kinds: ['deleted', 'closed with its branch'] },
    run: ({ forge }) => forge.deleteBranch(branch),
  }
  if (tip === undefined)
    return [
      ...[create('created', sha), create('created', random.chance(0.8) ? sha : main)],
      move('no such branch', sha, random.chance(0.5), 'refused'),
      { ...remove, kinds: ['absent'], kindOf: says('absent', 'absent') },
    ]
  const open = openOf(scene, branch)
  const kind = open ? 'closed with its branch' : 'deleted'
  const closed = ({ pulls }: Told) => !open || pulls.at(-1)?.state === 'closed'
  const forward = news.filter((one) => one !== tip && isIn(scene, tip, one))
  const aside = news.filter((one) => !isIn(scene, tip, one))
  return [
    create('branch exists', sha),
    ...forward.slice(-1).map((to) => move('moved', to, false, 'moved')),
    ...aside.slice(-1).map((to) => move('not fast-forward', to, false, 'refused')),
    ...aside.slice(-1).map((to) => move('moved by force', to, true, 'moved')),
    {
      ...{ ...remove, kinds: [kind] },
      kindOf: (told) => (told.said === 'deleted' && closed(told) ? kind : null),
    },
  ]
}

const pullSteps = (scene: Scene, branch: string, random: Random): Step[] => {
  const tip = scene.tips.get(branch)
  if (tip === undefined) return []
  const open = openOf(scene, branch)
  const body = `body ${random.below(9)}\n`
  const kind = open ? 'exists' : isIn(scene, tip, tipOf(scene, 'main')) ? 'nothing new' : 'opened'
  const opening: Step = {
    ...{ name: `openPull ${branch}`, kinds: [kind], branch },
    ...(kind === 'opened' ? { leads: OF_AN_OPEN_PULL } : {}),
    run: ({ forge }) => forge.openPull({ head: branch, base: 'main', title: 'One', body }),
    kindOf: ({ said }) => ((kind === 'opened') === (said === 'exists') ? null : kind),
  }
  if (!open) return [opening]
  const { number } = open
  const update = (one: Kind, change: { body?: string; state?: 'closed' }): Step => ({
    ...{ name: `updatePull ${number}: ${one}`, kinds: [one], branch },
    run: ({ forge }) => forge.updatePull(number, change),
  })
  return [
    opening,
    update('body written', { body }),
    ...(random.chance(0.3) ? [update('closed', { state: 'closed' })] : []),
  ]
}

const personSteps = (scene: Scene, branch: string, random: Random): Step[] => {
  const [tip, open] = [scene.tips.get(branch), openOf(scene, branch)]
  if (tip === undefined) return []
  const main = tipOf(scene, 'main')
  const aside = [...scene.parents.keys()].filter(
    (sha) => !isIn(scene, sha, main) && !isIn(scene, tip, sha),
  )
  const to = aside.at(-1)
  const path = random.pick(PATHS)
  const body = `by hand ${random.below(9)}\n`
  const state = random.pick(['approved', 'changes_requested', 'commented'] as const)
  const step = (kind: Kind, run: Step['run'], more: Partial<Step> = {}): Step => ({
    ...{ name: `a person, ${branch}: ${kind}`, kinds: [kind], branch, run, ...more },
  })
  const reviewed = open && scene.reviewed.get(open.number)
  const shut = ({ pulls }: Told) => pulls.at(-1)?.state === 'closed'
  return [
    step('pushed', ({ person }) => person.push(branch, path, body), {
      ...{ parents: [tip], leads: ['review of an older head', 'refused: green of another commit'] },
    }),
    ...(to ? [step('forced', ({ person, own }) => person.force(branch, own(to)))] : []),
    ...(open && random.chance(0.3)
      ? [
          step('dropped with its pull', ({ person }) => person.drop(branch), {
            kindOf: (told) => (shut(told) ? 'dropped with its pull' : null),
          }),
          step('closed by a person', ({ person }) => person.close(open.number), {
            kindOf: (told) => (shut(told) ? 'closed by a person' : null),
          }),
        ]
      : []),
    ...(open
      ? [
          step('reviewed', ({ person }) => person.review(open.number, state), {
            ...{ leads: ['review of an older head'] },
            review: { number: open.number, head: open.headSha },
          }),
          step('edited', ({ person }) => person.edit(open.number, body)),
        ]
      : []),
    ...(open && reviewed !== undefined && reviewed !== open.headSha
      ? [step('review of an older head', ({ forge }) => forge.listReviews(open.number))]
      : []),
  ]
}

const NOT_BACK: readonly Kind[] = ['live not moved back', 'live not forced back']
const liveSteps = (scene: Scene): Step[] => {
  const [main, live] = [tipOf(scene, 'main'), tipOf(scene, 'live')]
  const move = (kind: Kind, to: string, force: boolean, wanted: string): Step => ({
    ...{ name: `moveBranch live: ${kind}`, kinds: [kind] },
    run: ({ forge, own }) => forge.moveBranch('live', own(to), { force }),
    kindOf: says(kind, wanted),
  })
  const back = scene.parents.get(live)?.[0]
  const compare: Step = {
    ...{ name: 'compare live main', kinds: [main === live ? 'live is main' : 'live behind main'] },
    run: async ({ forge }) => {
      const byPath = (a: { path: string }, b: { path: string }) => (a.path < b.path ? -1 : 1)
      // There and back: what is behind has nothing of its own.
      const whole = { commits: true }
      const found = [
        await forge.compare('live', 'main', whole),
        await forge.compare('main', 'live', whole),
      ]
      return found.map((one) => one && { ...one, files: one.files.toSorted(byPath) })
    },
  }
  return [
    compare,
    ...(main === live ? [] : [{ ...move('live moved', main, false, 'moved'), leads: NOT_BACK }]),
    ...(back === undefined
      ? []
      : [
          move('live not moved back', back, false, 'refused'),
          move('live not forced back', back, true, 'refused'),
        ]),
  ]
}

const readSteps = (branch: string, random: Random): Step[] => {
  const path = random.pick(PATHS)
  const number = random.chance(0.9) ? 1 + random.below(4) : NOWHERE
  const reads: [string, Step['run']][] = [
    [`readPull ${number}`, ({ forge }) => forge.readPull(number)],
    [`readBlob ${path}`, ({ forge }) => forge.readBlob(path, 'main')],
    [
      `readBlobs beside ${path}`,
      ({ forge }) => forge.readBlobs([path, 'README.md', 'none', 'none/x'], 'main'),
    ],
    [`readFile ${path}`, ({ forge }) => forge.readFile(path, 'main')],
    [`findPulls ${branch}`, ({ forge }) => forge.findPulls(branch)],
  ]
  const [name, run] = random.pick(reads)
  return [{ name, run, kinds: [] }]
}

/** All that can be done now. */
export const possibleSteps = (scene: Scene, random: Random): Step[] => [
  ...BRANCHES.flatMap((branch) => [
    ...commitSteps(scene, branch, random),
    ...branchSteps(scene, branch, random),
    ...pullSteps(scene, branch, random),
    ...mergeSteps(scene, branch),
    ...personSteps(scene, branch, random),
    ...readSteps(branch, random),
  ]),
  ...liveSteps(scene),
]
