// The systems, and their phases as templates.
import type { System } from '../../schemas/system.ts'
import type { Template } from '../../schemas/template.ts'
import { dbisCore } from './dbis-core/system.ts'
import { locAzHci } from './loc-az-hci/system.ts'
import { phaseTemplate } from './phase-template.ts'
import { sankofa } from './sankofa/system.ts'
import { smomDbis138 } from './smom-dbis-138/system.ts'
import { theOrder } from './the-order/system.ts'

export const systems: readonly System[] = [locAzHci, sankofa, smomDbis138, dbisCore, theOrder].map(
  (system) => system as unknown as System,
)

export const findSystem = (name: string): System | undefined =>
  systems.find((system) => system.name === name)

const phaseTemplates = new Map<string, Template>(
  systems.flatMap((system) =>
    system.phases.map((phase) => {
      const template = phaseTemplate(system, phase)
      return [template.name, template] as const
    }),
  ),
)

/** Phases that render something, each with the system's examples. */
export const renderingPhases: readonly Template[] = [...phaseTemplates.values()].filter(
  ({ examples }) => examples.length > 0,
)

/** By `<system>/<phase>`. */
export const findPhaseTemplate = (name: string): Template | undefined => phaseTemplates.get(name)
