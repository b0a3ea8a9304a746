// What the system's pods take of the namespace's quota on its first cluster: the sum of what its blocks demand.
import type { DbisCoreParameters } from '../../../schemas/parameters/systems/dbis-core.ts'
import { applicationBlocks } from './application.ts'
import { cacheStorageBlocks, databaseBlocks } from './data.ts'

export interface Room {
  cpuCores: number
  memoryGiB: number
  storageGiB: number
  pods: number
}

/** At the autoscaler's most, and with both versions beside one another; rounded up to whole units. */
export const roomNeeded = (parameters: DbisCoreParameters, instance: string): Room => {
  const pods = [databaseBlocks, cacheStorageBlocks, applicationBlocks]
    .flatMap((blocks) => blocks(parameters, instance))
    .flatMap(({ template, id, parameters: own }) => {
      const checked = template.parameters.parse(own)
      return template.demand(`${instance}-${id}`, checked).pods ?? []
    })
  const sum = (each: (pod: (typeof pods)[number]) => number) =>
    pods.reduce((total, pod) => total + pod.count * each(pod), 0)
  return {
    cpuCores: Math.ceil(sum(({ cpuMilli }) => cpuMilli) / 1000),
    memoryGiB: Math.ceil(sum(({ memoryMiB }) => memoryMiB) / 1024),
    storageGiB: Math.ceil(sum(({ volumeMiB }) => volumeMiB) / 1024),
    pods: sum(() => 1),
  }
}
