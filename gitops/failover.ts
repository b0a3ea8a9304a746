// A move judged: by the tier of its places, and by what it does to data. Pure. How many people must approve is
// reviewers.ts's to say; what the parameters become is failover/move.ts's.
import { FAILOVER_POLICY_TEMPLATE, type StandingFailoverPolicy } from '../schemas/failover.ts'
import { FailoverPolicyParameters } from '../schemas/parameters/failover-policy.ts'
import type { Finding, Plan, VmPlacement } from '../schemas/plan.ts'
import type { Snapshot } from '../schemas/snapshot.ts'
import type { Move } from './failover/move.ts'
import { isAdjacent, strictest, tierOf } from './failover/tiers.ts'
import { finding } from './finding.ts'

type World = Pick<Snapshot, 'sites' | 'regions' | 'existing' | 'clusters' | 'failoverPolicies'>

interface Planned {
  name: string
  move: Move
  placement: readonly VmPlacement[]
  targets: Plan['targets']
  destroys: Plan['destroys']
}

export const judgeFailover = (planned: Planned, world: World): Finding[] => [
  ...judgeTier(planned, world),
  ...judgeData(planned, world),
]

/** A core place is left to people: how many, the reviewers say. */
const judgeTier = ({ name, move: { from, to } }: Planned, world: World): Finding[] => {
  const tier = strictest([tierOf(from, world), tierOf(to, world)])
  const at = { pointer: '/parameters/to' }
  if (tier === 'edge' && !isAdjacent(from, to, world))
    return [finding('FAILOVER-ADJACENT', `${to} is not next to ${from}.`, at)]
  const agreed = world.failoverPolicies.some(
    (policy) => policy.resource === name && policy.to.includes(to),
  )
  if (tier === 'regional' && !agreed)
    return [finding('FAILOVER-POLICY', `No policy names this resource and ${to}.`, at)]
  return []
}

/** Machines that stand elsewhere afterwards, as they were. */
export const movedMachines = (
  before: readonly VmPlacement[],
  after: readonly VmPlacement[],
): VmPlacement[] =>
  before.filter(({ name, site }) => after.some((vm) => vm.name === name && vm.site !== site))

const judgeData = (
  { move: { from, to }, placement, targets, destroys }: Planned,
  { existing, sites, clusters }: World,
): Finding[] => {
  const moved = movedMachines(existing?.placement ?? [], placement)
  const machines = moved.length
  const local = moved.filter((vm) => isLocal(vm, sites)).length
  const diskGiB = moved.reduce((sum, vm) => sum + vm.diskGiB, 0)
  const objects = destroys?.objects.length ?? 0
  const inAzure = (destroys?.objects ?? []).filter(({ apiVersion }) => isAzure(apiVersion)).length
  const waves = [...new Set(targets.map(({ wave }) => wave))].sort((a, b) => a - b).join(', ')
  const behind = clusters.some(
    ({ name, region }) =>
      name === existing?.cluster &&
      (region === from || sites.some((site) => site.name === from && site.region === region)),
  )
  return [
    ...(machines === 0
      ? []
      : [
          finding(
            'FAILOVER-DATA',
            `${machines} machines start anew from their image in ${to}; what is on their disks in ${from} stays there and comes back from a backup or not at all.`,
            { pointer: '/parameters/from', numbers: { machines, local, diskGiB } },
          ),
        ]),
    ...(inAzure === 0
      ? []
      : [
          finding(
            'FAILOVER-REMADE',
            `${inAzure} objects in Azure would have to be made anew in ${to}.`,
            { pointer: '/parameters/to', numbers: { objects: inAzure } },
          ),
        ]),
    finding(
      'FAILOVER-ORDER',
      `First stop what still runs in ${from}; then the engines make it in ${to}, in waves ${waves}; then data come back from backups; then clients are sent there.`,
      { pointer: '/parameters', numbers: { machines, objects } },
    ),
    ...(behind
      ? [
          finding('FAILOVER-CLUSTER', 'The cluster that applies this stands beside what is left.', {
            pointer: '/parameters/from',
          }),
        ]
      : []),
  ]
}

const isAzure = (apiVersion: string): boolean =>
  apiVersion.split('/')[0]?.endsWith('.azure.com') ?? false

const isLocal = ({ site, host }: VmPlacement, sites: Snapshot['sites']): boolean =>
  sites.find(({ name }) => name === site)?.hosts.find(({ name }) => name === host)?.storage.kind ===
  'local'

/** Resources as far as they may be policies. */
interface MayBePolicy {
  name: string
  template: string
  state: string
  parameters: Record<string, unknown>
}

/** The policies among a tenant's resources that name one of them, in name order. */
export const failoverPoliciesFor = (
  { action, name }: { action: string; name: string },
  resources: readonly MayBePolicy[],
): StandingFailoverPolicy[] =>
  action !== 'failover'
    ? []
    : resources
        .flatMap((row) => {
          if (row.template !== FAILOVER_POLICY_TEMPLATE || row.state !== 'applied') return []
          const read = FailoverPolicyParameters.safeParse(row.parameters)
          return read.success && read.data.resource === name
            ? [{ name: row.name, resource: name, to: read.data.to }]
            : []
        })
        .sort((a, b) => (a.name < b.name ? -1 : 1))
