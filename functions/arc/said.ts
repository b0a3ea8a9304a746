// What the concerns of Arc share: texts of Azure's that are not ours to trust, what is not there as null, and paths of clusters.
import * as z from 'zod'
import type { ArcKind } from '../../schemas/arc.ts'
import type { AzurePlace } from '../../schemas/arm.ts'
import { resourcePath } from '../arm/paths.ts'
import { AzureError } from '../azure/errors.ts'

/** Cut, and without what no line of text has; null where there is none. */
export const text = (most = 200) =>
  z
    .string()
    .transform((said) => said.replaceAll(/\p{C}/gu, ' ').slice(0, most))
    .nullish()
    .catch(null)
    .transform((said) => said ?? null)

/** Null where Azure says that it is not there. */
export const orNull = async <T>(asked: Promise<T>): Promise<T | null> => {
  try {
    return await asked
  } catch (error) {
    if (error instanceof AzureError && error.fault.fault === 'absent') return null
    throw error
  }
}

export const clusterPath = (place: AzurePlace, kind: ArcKind, name: string): string =>
  resourcePath(
    place,
    kind === 'managed'
      ? 'Microsoft.ContainerService/managedClusters'
      : 'Microsoft.Kubernetes/connectedClusters',
    name,
  )
