// The systems, and their phases as templates.
import type { System } from '../../schemas/system.ts'
import type { Template } from '../../schemas/template.ts'
import { phaseTemplate } from './phase-template.ts'
import { smomDbis138 } from './smom-dbis-138/system.ts'

export const systems: readonly System[] = [smomDbis138].map((system) => system as unknown as System)

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

/** By `<system>/<phase>`. */
export const findPhaseTemplate = (name: string): Template | undefined => phaseTemplates.get(name)
