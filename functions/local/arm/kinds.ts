// The resource types that the stand-in of Azure Resource Manager knows: one row each.
import { connectedKind, managedKind } from './clusters.ts'
import { extensionKind, fluxKind } from './flux.ts'
import { machineKind } from './machines.ts'
import type { Resource } from './state.ts'

export interface Asked {
  id: string
  name: string
  body: unknown
  before: Resource | null
  now: Date
  /** The directory of whoever asks. */
  tenantId: string
}

export type LiveOf = (repositoryUrl: string) => string | null

export interface Kind {
  /** As the real one writes it. */
  type: string
  /** Versions of the interface that it takes; any other is a 400 that lists these. */
  versions: readonly string[]
  /** PUT and PATCH: the resource afterwards. Throws ArmRefusal. */
  put: (asked: Asked) => Resource
  patch?: (asked: Asked) => Resource
  /** Looks at an operation until it is over; 0: the answer is the end of it. */
  takes: { put: number; delete: number }
  /** After a delete, more that goes with it. */
  deleted?: (resource: Resource) => void
  /** As it is shown now. `liveOf`: the commit that `live` of a repository is at; null: nobody knows. */
  shown?: (resource: Resource, now: Date, liveOf: LiveOf) => Resource
}

export const kinds: readonly Kind[] = [
  ...[machineKind, connectedKind, managedKind, extensionKind, fluxKind],
]

const byType = new Map(kinds.map((kind) => [kind.type.toLowerCase(), kind]))
export const kindOf = (type: string): Kind | undefined => byType.get(type.toLowerCase())
