// RES-LIMITS and PROBES: what each container may take, and who notices that it no longer answers.
import { at, type Hit, type Pods } from './walk.ts'

const NEEDED = [
  ['requests', 'cpu'],
  ['requests', 'memory'],
  ['limits', 'cpu'],
  ['limits', 'memory'],
] as const

export const resourceLimits = ({ containers }: Pods): Hit[] =>
  containers.flatMap(({ pointer, fields }): Hit[] => {
    // Kubernetes gives ephemeral containers none: they are for debugging.
    if (pointer.includes('/ephemeralContainers/')) return []
    const missing = NEEDED.filter((path) => at(fields.resources, ...path) === undefined)
    return missing.length === 0
      ? []
      : [
          {
            rule: 'RES-LIMITS',
            pointer: `${pointer}/resources`,
            message: `A container names no ${missing.map((path) => path.join('.')).join(', ')}.`,
          },
        ]
  })

/** They run to their end: nobody sends them requests. */
const ENDING = new Set(['Job', 'CronJob'])

export const probes = ({ kind, containers }: Pods): Hit[] =>
  ENDING.has(kind)
    ? []
    : containers.flatMap(({ pointer, fields, initial }): Hit[] => {
        if (initial || pointer.includes('/ephemeralContainers/')) return []
        const missing = ['livenessProbe', 'readinessProbe'].filter(
          (probe) => fields[probe] === undefined,
        )
        return missing.length === 0
          ? []
          : [{ rule: 'PROBES', pointer, message: `A container has no ${missing.join(', no ')}.` }]
      })
