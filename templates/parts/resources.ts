// Sizes as Kubernetes writes them, and what a container asks for: always as much as it may use.
import { demandMiB, type Size } from '../../schemas/quantity.ts'

const SUFFIX = { MB: 'M', GB: 'G', TB: 'T', MiB: 'Mi', GiB: 'Gi', TiB: 'Ti' } as const

/** Whole amounts keep their unit; a fraction becomes whole MiB, rounded up. */
export const quantity = ({ value, unit }: Size): string =>
  Number.isInteger(value) ? `${value}${SUFFIX[unit]}` : `${demandMiB({ value, unit })}Mi`

export interface Amounts {
  cpu: string
  memory: string
}

/** What parameters of cores and memory come to. */
export const amountsOf = ({ cores, memory }: { cores: number; memory: Size }): Amounts => ({
  cpu: String(cores),
  memory: quantity(memory),
})

/** Requests equal limits: such a pod is the last to be evicted. */
export const resourcesOf = (amounts: Amounts): { requests: Amounts; limits: Amounts } => ({
  requests: { ...amounts },
  limits: { ...amounts },
})
