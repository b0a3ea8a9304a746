// Draws the sets of one template, renders them, and holds each against the checks. Of the sets with the same fault the
// first is made smaller until nothing can be left out of it.
import fc from 'fast-check'
import { render } from '../../../gitops/render.ts'
import { suspects } from '../../../gitops/secrets.ts'
import type { Template } from '../../../schemas/template.ts'
import { type Check, type Fault, guardOf, messageOf, type Subject } from './checks.ts'
import { culprits } from './kustomize.ts'
import {
  type Drawn,
  type DrawnSets,
  drawSets,
  inputOf,
  type ParameterSet,
} from './parameter-sets.ts'

/** Of one check of one template: more faults than that are told by number only. */
const FAULTS_SHOWN = 5
const SHRINKING_MILLISECONDS = 8000
/** kubectl takes more than twice as long for twice as many objects. */
const OBJECTS_PER_BUILD = 500
const SHOWN_CHARACTERS = 3000

export interface Sets extends DrawnSets<Subject> {
  template: Template
}

export const setsOf = (template: Template, size: { wanted: number; seed: number }): Sets => ({
  ...drawSets(template, size, (set) => prepare(template, set)),
  template,
})

/** Renders a set as a plan would, unless the plan would refuse it: what is too large is asked for in parts. */
const prepare = (
  template: Template,
  set: ParameterSet,
): { refused: string } | { ready: Subject } => {
  const read = inputOf(template, set)
  if ('refused' in read) return read
  const { input } = read
  try {
    const rendered = render(template, input)
    const found = guardOf(rendered, input)
    if (found.some(({ rule }) => rule === 'SIZE-LIMIT')) return { refused: 'SIZE-LIMIT' }
    return found.some(({ rule }) => rule === 'SECRET-PLAINTEXT') && looksSecret(set)
      ? { refused: 'SECRET-PLAINTEXT' }
      : { ready: { template, input, rendered } }
  } catch (error) {
    return { ready: { template, input, rendered: null, thrown: messageOf(error) } }
  }
}

/** A random name can be as random as a key: whoever gives one is refused. What a template makes of harmless ones is not. */
const looksSecret = ({ parameters }: ParameterSet): boolean =>
  suspects(JSON.stringify(parameters)).length > 0

/** What a check finds, each with the smallest set that still shows it. */
export const failuresOf = ({ template, drawn }: Sets, check: Check): string[] => {
  const found = new Map<string, { one: Drawn<Subject>; fault: Fault; times: number }>()
  for (const one of drawn) {
    for (const fault of check(one.ready)) {
      const known = found.get(fault.what)
      if (known) known.times += 1
      else found.set(fault.what, { one, fault, times: 1 })
    }
  }
  const more = found.size - FAULTS_SHOWN
  return [
    ...[...found.values()].slice(0, FAULTS_SHOWN).map(({ one, fault, times }) => {
      const again = (subject: Subject) => check(subject).some(({ what }) => what === fault.what)
      return report(fault, times, shrunk(template, one, again))
    }),
    ...(more > 0 ? [`and ${more} other faults`] : []),
  ]
}

/** Sets that kubectl cannot build, alone or beside the others: of each build the first. */
export const buildFailuresOf = ({ template, drawn }: Sets): string[] => {
  const sets = drawn.flatMap((one) => (one.ready.rendered ? [{ ...one.ready.rendered, one }] : []))
  const builds: (typeof sets)[] = []
  let objects = Number.POSITIVE_INFINITY
  for (const set of sets) {
    if (objects + set.objects.length > OBJECTS_PER_BUILD) {
      builds.push([])
      objects = 0
    }
    builds.at(-1)?.push(set)
    objects += set.objects.length
  }
  return builds.flatMap(culprits).map(({ set, fault }) => {
    const again = ({ rendered }: Subject) => rendered !== null && culprits([rendered]).length > 0
    return report({ what: fault, where: '' }, 1, shrunk(template, set.one, again))
  })
}

/** Draws a set once more by its seed and place, and lets fast-check take away what the fault does not need. */
const shrunk = (
  template: Template,
  { set, from, seed, index }: Drawn<Subject>,
  again: (subject: Subject) => boolean,
): ParameterSet => {
  const passes = (candidate: ParameterSet): boolean => {
    const prepared = prepare(template, candidate)
    return 'refused' in prepared || !again(prepared.ready)
  }
  const { counterexample } = fc.check(fc.property(from, passes), {
    seed,
    path: String(index),
    numRuns: 1,
    interruptAfterTimeLimit: SHRINKING_MILLISECONDS,
  })
  return counterexample?.[0] ?? set
}

const report = ({ what, where }: Fault, times: number, set: ParameterSet): string =>
  `${what} (${times} times${where === '' ? '' : `, first ${where}`})\n    ${JSON.stringify(set).slice(0, SHOWN_CHARACTERS)}`
