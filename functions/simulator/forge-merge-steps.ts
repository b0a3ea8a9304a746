// Merges of every kind: at a green gate, at none, at a red one, at one that is green on another commit, at an old head, where two
// sides contradict each other, of what is closed, of nothing, and by people.
import {
  isIn,
  type Kind,
  NOWHERE,
  type Scene,
  type Step,
  says,
  type Told,
  tipOf,
} from './forge-scene.ts'

const MERGE = { title: 'Take it', message: 'Phoenix-Change-Id: chg_1' }
const GATE = { title: 'x', summary: 'y', externalId: 'z', detailsUrl: 'https://phoenix.example/' }

const AT_GREEN: readonly Kind[] = [
  ...(['merged', 'merged three ways', 'refused: conflict'] as const),
  'refused: green of another commit',
]

const heldBy = ({ gates }: Scene, head: string): Kind => {
  if (gates.get(head) === false) return 'refused: red gate'
  const elsewhere = [...gates.values()].includes(true)
  return elsewhere ? 'refused: green of another commit' : 'refused: no gate'
}

const mergeStep = (
  number: number,
  { name = '', head, ...step }: Omit<Step, 'name' | 'run'> & { name?: string; head: string },
): Step => ({
  ...{ name: `mergePull ${number}${name}`, ...step },
  run: ({ forge, own }) => forge.mergePull(number, { expectedHead: own(head), ...MERGE }),
})

const isMerged = ({ said }: Told): boolean =>
  typeof said === 'object' && said !== null && 'merged' in said
export const mergeSteps = (scene: Scene, branch: string): Step[] => {
  const main = tipOf(scene, 'main')
  const own = scene.pulls.filter(({ headBranch }) => headBranch === branch)
  const gone = mergeStep(NOWHERE, {
    ...{ head: main, kinds: ['refused: gone'], kindOf: says('refused: gone', 'refused: gone') },
  })
  const closed = own.find(({ state }) => state === 'closed')
  const done = closed
    ? [
        mergeStep(closed.number, {
          ...{ head: closed.headSha, branch, kinds: ['refused: closed'] },
          kindOf: says('refused: closed', 'refused: rules'),
        }),
      ]
    : []
  const open = own.find(({ state }) => state === 'open')
  if (!open) return [gone, ...done]
  const { number, headSha: head } = open
  const green = scene.gates.get(head) === true
  const parents = [main, head]
  const gate = (to: boolean): Step => ({
    ...{ name: `postGate ${number} ${to}`, kinds: [], gate: { head, green: to } },
    leads: to ? AT_GREEN : ['refused: red gate'],
    run: ({ forge, own: id }) => forge.postGate({ headSha: id(head), green: to, ...GATE }),
  })
  const held = heldBy(scene, head)
  const news: Kind = isIn(scene, main, head) ? 'merged' : 'merged three ways'
  const person = (kind: Kind, pastTheGate: boolean): Step => ({
    ...{ name: `a person merges ${number}: ${kind}`, kinds: [kind], branch, parents },
    run: (side) => side.person.merge(number, { pastTheGate }),
    kindOf: ({ said }) => ((said === null) === pastTheGate ? null : kind),
  })
  return [
    ...[gone, ...done, gate(true), ...(green ? [] : [gate(false)])],
    mergeStep(number, {
      ...{ head: main, branch, name: ' at another head', kinds: ['refused: head'] },
      kindOf: says('refused: head', 'refused: head'),
    }),
    ...(green
      ? [
          mergeStep(number, {
            ...{ head, branch, parents, kinds: [news, 'refused: conflict'] },
            leads: ['live moved', 'live behind main', 'refused: closed'],
            kindOf: (told) =>
              isMerged(told) ? news : told.said === 'refused: rules' ? 'refused: conflict' : null,
          }),
        ]
      : [
          mergeStep(number, {
            ...{ head, branch, kinds: [held], kindOf: says(held, 'refused: rules') },
          }),
          ...[person('person refused by the gate', false), person('bypassed', true)],
        ]),
  ]
}
