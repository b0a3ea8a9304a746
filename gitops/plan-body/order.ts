// What waits on what: the phases around this change, and the waves inside it.
import type { Plan } from '../../schemas/plan.ts'
import type { Phase, System } from '../../schemas/system.ts'
import { findSystem } from '../../templates/index.ts'
import { counted } from '../counted.ts'
import { precedents } from '../rollout.ts'
import { bullets, code, plain, type Room, section } from './markdown.ts'

type EngineName = Plan['targets'][number]['engine']

export const orderSection = (plan: Plan, room: Room): string[] =>
  section('Order', [...phaseLines(plan), ...waveLines(plan, room)])

const phaseOf = ({ template }: Plan): { system: System; phase: Phase } | null => {
  const [name = '', id] = template.name.split('/')
  const system = id === undefined ? undefined : findSystem(name)
  const phase = system?.phases.find((candidate) => candidate.id === id)
  return system && phase ? { system, phase } : null
}

export interface PhaseAround {
  system: string
  number: number
  of: number
  title: string
  before: string[]
  next: string[]
}

/** Where the change stands in its system; null for a change of its own. */
export const phaseAround = (plan: Plan): PhaseAround | null => {
  const found = phaseOf(plan)
  if (!found) return null
  const { system, phase } = found
  const titleOf = (id: string): string =>
    system.phases.find((candidate) => candidate.id === id)?.title ?? id
  return {
    system: system.name,
    number: system.phases.indexOf(phase) + 1,
    of: system.phases.length,
    title: phase.title,
    before: precedents(system, phase).map(titleOf),
    next: system.phases
      .filter((other) => precedents(system, other).includes(phase.id))
      .map(({ title }) => title),
  }
}

const phaseLines = (plan: Plan): string[] => {
  const around = phaseAround(plan)
  if (!around) return []
  const { system, number, of, title, before, next } = around
  return [
    `Phase ${number} of ${of} of ${plain(system)}: **${plain(title)}**.`,
    before.length === 0
      ? 'It waits on no other phase.'
      : `Opened because these were healthy: ${before.map(plain).join(', ')}.`,
    next.length === 0
      ? 'No phase waits on it.'
      : `Waiting until this is healthy: ${next.map(plain).join(', ')}.`,
    '',
  ]
}

/** Flux waits for the wave before; Argo CD applies its applications side by side and tries again until they hold. */
export const waveText = (engine: EngineName, earlier: number | undefined): string =>
  engine === 'flux' && earlier !== undefined
    ? `Flux, after wave ${earlier} is healthy`
    : engine === 'flux'
      ? 'Flux, at once'
      : 'Argo CD, tried again until what it needs is there'

const waveLines = ({ targets }: Plan, room: Room): string[] => {
  if (targets.length === 0) return ['No cluster applies anything: Phoenix keeps this itself.']
  const waves = [...new Set(targets.map(({ wave }) => wave))].sort((a, b) => a - b)
  return bullets(
    waves.flatMap((wave, index) =>
      targets
        .filter((target) => target.wave === wave)
        .map(
          ({ path, cluster, engine }) =>
            `wave ${wave}: ${code(path)} on ${code(cluster)} (${waveText(engine, waves[index - 1])})`,
        ),
    ),
    room,
  )
}

const BACK = {
  create:
    'The revert of a creation is a removal: first the prune guards are lifted, then, by a second pull request, the objects go.',
  update: 'The revert of an update is an update: the parameters that stood before, planned again.',
  delete:
    'The revert of a removal is a creation: the objects come back, empty; data that was deleted does not.',
  failover: 'The revert moves it back; what was written in the meantime does not move by itself.',
} as const

/** A record is one file: nothing guards it, and nothing waits. */
const RECORD_BACK = 'It is one file: its revert writes what stood before, or takes it away.'

export const rollbackSection = ({ action, destroys, placement, targets }: Plan): string[] => {
  const way = targets.length === 0 ? RECORD_BACK : BACK[action]
  const data = destroys?.objects.filter(({ holdsData }) => holdsData).length ?? 0
  return section('How to roll back', [
    `Ask for ${code('POST …/changes/{id}/revert')}, or press Revert on the change’s page: the inverse change is planned from Git and goes through a pull request like this one. ${way}`,
    ...(data > 0
      ? [
          '',
          `**${counted(data, 'object')} with data ${data === 1 ? 'goes' : 'go'} here: take a backup before you approve.**`,
        ]
      : []),
    ...(placement.length > 0 && action === 'update'
      ? ['', 'A machine whose size changes is restarted.']
      : []),
  ])
}
