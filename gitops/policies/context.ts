// What policies know beside the objects: whose plan it is, where it goes, and what stands already.
import type { Cluster } from '../../schemas/place.ts'
import type { VmPlacement } from '../../schemas/plan.ts'
import type { Snapshot } from '../../schemas/snapshot.ts'
import type { NodeIdentity } from '../../schemas/template.ts'
import { at } from './walk.ts'

export interface PolicyContext {
  tenant: string
  cluster: Pick<Cluster, 'name' | 'engine'>
  /** Every cluster of the snapshot, the one above among them. */
  clusters: readonly Pick<Cluster, 'name' | 'engine'>[]
  /** By the request's own parameter `environment`; null where it has none. */
  environment: string | null
  /** Whether the plan renders the tenant's base on the cluster. */
  rendersBase: boolean
  /** Whether a base stands on the cluster that a change of ours made, so that its files are known. */
  baseStands: boolean
  /** Files of the tenant's other resources and open changes. */
  takenPaths: readonly string[]
  /** Ids of the tenant's other chains, those of open changes among them. */
  takenChainIds: readonly number[]
  placement: readonly VmPlacement[]
  identities: readonly Pick<NodeIdentity, 'node' | 'address' | 'publicKey'>[]
}

interface Asked {
  cluster: Cluster
  parameters: unknown
  placement: VmPlacement[]
  identities: NodeIdentity[]
}

export const policyContext = (
  { cluster, parameters, placement, identities }: Asked,
  template: { name: string },
  snapshot: Snapshot,
): PolicyContext => {
  const environment = at(parameters, 'environment')
  const given = at(parameters, 'identities')
  return {
    tenant: snapshot.tenant.slug,
    cluster,
    clusters: snapshot.clusters,
    environment: typeof environment === 'string' ? environment : null,
    rendersBase: template.name === 'tenant-base',
    baseStands: snapshot.baseVersions[cluster.name] !== undefined,
    takenPaths: snapshot.takenPaths,
    takenChainIds: snapshot.takenChainIds,
    placement,
    // Parsed by the template's own schema before anything is rendered.
    identities: Array.isArray(given) ? (given as NodeIdentity[]) : identities,
  }
}
