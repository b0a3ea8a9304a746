// A stored plan once more, from its own placement: its files, and whether it would still be let through. Pure.
// Nothing is placed anew.
import type { Finding, Plan } from '../schemas/plan.ts'
import type { Snapshot } from '../schemas/snapshot.ts'
import { carryOut } from './carry-out.ts'
import { chooseCluster } from './choose-cluster.ts'
import { applyExceptions } from './exceptions.ts'
import { judgeHandMade } from './hand-made.ts'
import { judgeNamespaceQuota } from './namespace-quota.ts'
import { type Planned, type Sha256, sitesOf } from './plan.ts'
import { type Asked, readCommand } from './read-command.ts'

type Stored = Pick<Plan, 'phase' | 'placement' | 'template'>

/** Fields that stored snapshots do not have if they are older; what is kept of a snapshot has no use for them. */
const LATER_FIELDS = {
  takenNames: [],
  takenBases: [],
  takenChainIds: [],
  takenPaths: [],
  regions: [],
  failoverPolicies: [],
  namespaces: [],
  baseVersions: {},
  exceptions: [],
  priceBook: null,
  placeFindings: [],
  fleetSummary: null,
} satisfies Partial<Snapshot>

/** A snapshot as it is kept with a plan. */
export type StoredSnapshot = Omit<Snapshot, keyof typeof LATER_FIELDS> &
  Partial<Pick<Snapshot, keyof typeof LATER_FIELDS>>

const again = (request: Asked, stored: Stored, snapshot: Snapshot, sha256: Sha256) => {
  const { version } = stored.template
  // A removal is of the version it was planned with.
  const existing = snapshot.existing && { ...snapshot.existing, templateVersion: version }
  const read = readCommand({ ...request, version }, existing, snapshot.sites)
  if (!read.ok) throw new Error('a stored request no longer fits its template')
  const { template, parameters, demand } = read.value
  const { cluster } = chooseCluster(template, parameters, snapshot, demand)
  if (!cluster) throw new Error('a stored plan has no cluster')
  const input = {
    tenant: { slug: snapshot.tenant.slug, repositoryUrl: snapshot.tenant.repositoryUrl },
    name: request.name,
    cluster,
    sites: sitesOf(demand, snapshot),
    parameters,
    placement: stored.placement,
    identities: snapshot.identities,
  }
  return { ...read.value, cluster, outcome: carryOut(request, template, input, snapshot, sha256) }
}

/** The files of a stored plan, to the byte as they were planned. Throws when its template has moved on. */
export const renderAgain = (
  request: Asked,
  stored: Stored,
  snapshot: StoredSnapshot,
  sha256: Sha256,
): Planned['files'] =>
  // What removes many things is rendered thing by thing.
  snapshot.deletion?.flatMap((part) => renderAgain(part.request, part, part.snapshot, sha256)) ??
  again(request, stored, { ...LATER_FIELDS, ...snapshot }, sha256).outcome.changed.map(
    ({ path, content }) => ({ path, content }),
  )

/** What would block a stored plan in the world as it is now; only for a world with the same `readsDigest`. */
export const judgeAgain = (
  request: Asked,
  stored: Stored,
  snapshot: Snapshot,
  sha256: Sha256,
): Finding[] => {
  const { template, parameters, demand, cluster, outcome } = again(
    request,
    stored,
    snapshot,
    sha256,
  )
  const removing = request.action === 'delete'
  const namespace = judgeNamespaceQuota(
    {
      ...{ template: template.name, demand, parameters, cluster: cluster.name, removing },
      gone: stored.phase === 'remove',
    },
    snapshot,
  )
  const { name } = request
  const found = [
    ...outcome.findings,
    ...judgeHandMade(outcome.changed, snapshot),
    ...namespace.findings,
    ...snapshot.placeFindings,
  ]
  return applyExceptions(found, {
    ...snapshot,
    name,
  }).filter(({ severity }) => severity === 'block')
}
