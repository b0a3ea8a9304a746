// What could be wrong with the forge in memory: a rule of it taken out, as text. Each has to be seen by the comparison with the local
// forge.
import type { Replacement } from '../../simulator/schedules/bundle.ts'

export const MEMORY_FORGE = 'functions/simulator/memory-forge.ts'

const bug = (what: string, find: string, instead: string) => ({
  what,
  replace: [{ file: MEMORY_FORGE, find, instead }] satisfies Replacement[],
})

export const FORGE_BUGS = [
  bug(
    'a pull request stays open without its branch',
    "if (head === undefined) pull.state = 'closed'",
    'if (head === undefined) continue',
  ),
  bug(
    'the gate is not asked at a merge',
    'if (gates.get(pull.headSha) !== true && !input.pastTheGate)',
    'if (false)',
  ),
  bug(
    'the expected head is not asked at a merge',
    'if (input.expectedHead !== undefined && input.expectedHead !== pull.headSha)',
    'if (false)',
  ),
  bug('a branch has two pull requests', 'if (open || nothingNew)', 'if (nothingNew)'),
  bug(
    'green of any commit counts',
    'gates.get(pull.headSha) !== true &&',
    '![...gates.values()].includes(true) &&',
  ),
  bug(
    'live can be forced back',
    "(!force || branch === MAIN || branch === 'live')",
    '(!force || branch === MAIN)',
  ),
  bug(
    'a red gate counts',
    'gates.get(pull.headSha) !== true &&',
    'gates.get(pull.headSha) === undefined &&',
  ),
  bug('a branch is moved aside without force', 'if (!forward && (!force ||', 'if (!forward && ('),
  bug('a closed one can be merged', "if (pull.state !== 'open')", 'if (pull.merged)'),
  bug('the other side wins where two contradict', 'if (here !== was) return null', ''),
  bug('the head stays where it was opened', 'else pull.headSha = head', ''),
  bug(
    'one is opened over nothing new',
    'if (open || nothingNew)',
    'if (open || headSha === undefined)',
  ),
  bug('one that was carried along stays open', 'one === pull || carried(one)', 'one === pull'),
  bug(
    'a review moves on with the head',
    '(pulls[number - 1]?.reviews ?? []).map((review) => ({ ...review }))',
    "(pulls[number - 1]?.reviews ?? []).map((review) => ({ ...review, headSha: pulls[number - 1]?.headSha ?? '' }))",
  ),
] as const
