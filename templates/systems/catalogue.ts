// The systems, and their phases as templates.
import type { System } from '../../schemas/system.ts'
import type { Template } from '../../schemas/template.ts'
import { fleetGroup } from '../fleet/group.ts'
import { dbisCore } from './dbis-core/system.ts'
import { fleet } from './fleet/system.ts'
import { locAzHci } from './loc-az-hci/system.ts'
import { phaseTemplate } from './phase-template.ts'
import { sankofa } from './sankofa/system.ts'
import { smomDbis138 } from './smom-dbis-138/system.ts'
import { theOrder } from './the-order/system.ts'

export const systems: readonly System[] = [
  locAzHci,
  sankofa,
  smomDbis138,
  dbisCore,
  theOrder,
  fleet,
].map((system) => system as unknown as System)

/** Versions that are not offered any more, and stay usable until the rollouts that have them are over. */
const earlier: readonly System[] = []

/** Without a version the one that is offered. */
export const findSystem = (name: string, version?: string): System | undefined =>
  [...systems, ...earlier].find(
    (system) => system.name === name && (version === undefined || system.version === version),
  )

const phasesOf = (list: readonly System[]): Template[] =>
  list.flatMap((system) => system.phases.map((phase) => phaseTemplate(system, phase)))

/** A fleet's phases are all of one template. */
const phaseTemplates = new Map(
  [
    ...phasesOf(systems.filter(({ phasesFor }) => phasesFor === undefined)),
    fleetGroup as unknown as Template,
  ].map((template) => [template.name, template]),
)
export const earlierPhases: readonly Template[] = phasesOf(earlier)

/** Phases that render something, each with the system's examples. */
export const renderingPhases: readonly Template[] = [...phaseTemplates.values()].filter(
  ({ examples }) => examples.length > 0,
)

/** By `<system>/<phase>`. */
export const findPhaseTemplate = (name: string): Template | undefined => phaseTemplates.get(name)
