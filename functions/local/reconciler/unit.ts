// The words the stand-in's parts share: what both engines have in common once their objects are read.
import type { StatusReport } from '../../../schemas/status.ts'
import type { Manifest } from '../../../schemas/template.ts'
import type { CommitTree } from './git.ts'
import type { Scope } from './kinds.ts'
import type { Live } from './store.ts'

/** A repository at the head of `live`, as this pass sees it; `tree` is null where there is no such branch. */
export interface Source {
  fullName: string
  tree: CommitTree | null
}

/** One thing an engine keeps in step with one directory: an Application, a Kustomization. */
export interface Unit {
  name: string
  /** Id of the object that names or generates it; `entry` for the first step into a cluster. */
  parent: string
  component: string
  repositoryUrl: string
  path: string
  source: Source | null
  /** Names of units that must be healthy at this commit first. */
  waitsFor: string[]
  prune: boolean
  /** Namespace of objects that name none; null where that is an error. */
  defaultNamespace: string | null
  /** Flux builds what lies below a directory without a kustomization.yaml. */
  generated: boolean
  /** Why an object is outside the allowance of the unit; null when it is inside. */
  forbids: (object: Manifest, scope: Scope) => string | null
  /** Changes whenever `forbids` may answer differently. */
  allowance: string
  /** Why the unit cannot be kept in step at all; null when it can. */
  fault: string | null
}

export interface Discovery {
  cluster: string
  live: Live
  platform: Source
  /** The address a repository is known by to the repositories of this laptop. */
  find: (url: string) => Source | null
}

export interface Discovered {
  units: Unit[]
  /** Parents that could not be read: what came from them is left alone. */
  unreadable: Set<string>
}

export interface Outcome {
  state: StatusReport['state']
  /** One sentence; always begins with `simulated`. */
  message: string
}

/** One engine's model of itself. */
export interface EngineModel {
  discover: (input: Discovery) => Discovered
  /** The body of its report; null when the cluster has nobody who would send one. */
  report: (input: {
    unit: Pick<Unit, 'name' | 'repositoryUrl' | 'path'>
    revision: string
    outcome: Outcome
    live: Live
    at: Date
  }) => Record<string, unknown> | null
}

export const simulated = (text: string): string => `simulated: ${text}`

export const FOLLOWED = 'live'

/** Glob of Argo CD's generators and projects: a star stays within one path segment unless `deep`. */
export const matches = (pattern: string, text: string, deep = false): boolean => {
  const star = deep ? '.*' : '[^/]*'
  const source = pattern
    .split('*')
    .map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'))
    .join(star)
  return new RegExp(`^${source}$`, 's').test(text)
}
