// What an AppProject allows: repositories, destinations and kinds, with Argo CD's own defaults.
// Knows no roles, sync windows or signatures: our projects have none.
import * as z from 'zod'
import type { Manifest } from '../../../schemas/template.ts'
import { groupOf, type Scope } from './kinds.ts'
import { matches } from './unit.ts'

const Destination = z.looseObject({ server: z.string().optional(), namespace: z.string() })
const GroupKinds = z.array(z.looseObject({ group: z.string(), kind: z.string() }))
export const ProjectSpec = z.looseObject({
  sourceRepos: z.array(z.string()).default([]),
  destinations: z.array(Destination).default([]),
  clusterResourceWhitelist: GroupKinds.default([]),
  clusterResourceBlacklist: GroupKinds.default([]),
  namespaceResourceWhitelist: GroupKinds.optional(),
  namespaceResourceBlacklist: GroupKinds.default([]),
})
export type ProjectSpec = z.infer<typeof ProjectSpec>

/** Why an object is outside the project; null when it is inside. Cluster-scoped kinds are out unless they are named. */
export const forbiddenBy = (
  project: ProjectSpec,
  server: string | undefined,
  { apiVersion, kind, metadata: { namespace = '' } }: Manifest,
  scope: Scope,
): string | null => {
  const named = (rows: z.infer<typeof GroupKinds>) =>
    rows.some((row) => matches(row.group, groupOf(apiVersion), true) && matches(row.kind, kind))
  const outside = 'the AppProject does not allow this kind'
  if (scope === 'cluster') {
    const allowed = named(project.clusterResourceWhitelist)
    return allowed && !named(project.clusterResourceBlacklist) ? null : outside
  }
  const whitelist = project.namespaceResourceWhitelist
  if (named(project.namespaceResourceBlacklist)) return outside
  if (whitelist !== undefined && !named(whitelist)) return outside
  const reached = project.destinations.some(
    (row) => (row.server ?? server) === server && matches(row.namespace, namespace),
  )
  return reached ? null : 'the AppProject does not allow this namespace'
}
