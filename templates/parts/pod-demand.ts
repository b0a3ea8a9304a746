// What pods take of the namespace's quota, from the very amounts that are rendered. The quota of the base is on requests
// and limits alike (namespace.ts), and requests never exceed limits: what counts is the limits.
import { cpuMilliOf, demandMiBOf } from '../../schemas/kubernetes-quantity.ts'
import { type Demand, EMPTY_DEMAND, type PodDemand } from '../../schemas/template.ts'
import type { Amounts } from './resources.ts'

interface Pods {
  count: number
  /** Limits of the containers that run side by side. Those that only prepare a pod ask for less than it and do not count. */
  containers: Amounts[]
  /** Sizes of the volumes that each pod claims. */
  volumes?: string[]
}

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0)

export const podDemand = (name: string, { count, containers, volumes = [] }: Pods): PodDemand => ({
  name,
  count,
  cpuMilli: sum(containers.map(({ cpu }) => cpuMilliOf(cpu))),
  memoryMiB: sum(containers.map(({ memory }) => demandMiBOf(memory))),
  volumeMiB: sum(volumes.map(demandMiBOf)),
})

export const demandOfPods = (pods: PodDemand[]): Demand => ({ ...EMPTY_DEMAND, pods })
