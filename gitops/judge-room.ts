// What a plan takes up: room on hosts, of the tenant's quota, in its namespace, and what the loss of a host leaves. Pure.
import type { Cluster, Site } from '../schemas/place.ts'
import type { VmPlacement } from '../schemas/plan.ts'
import type { Snapshot } from '../schemas/snapshot.ts'
import { judgeCapacity, judgeLoss, sitesLeft, useOf } from './capacity.ts'
import { judgeNamespaceQuota } from './namespace-quota.ts'
import { judgeQuota } from './quota.ts'
import type { ReadCommand } from './read-command.ts'

/** Whether hosts, the tenant's quota and its namespace have room, and what the loss of a host would mean. */
export const judgeRoom = (
  {
    read: { template, parameters, demand },
    cluster,
    placed,
    removing,
    gone,
  }: {
    read: Pick<ReadCommand, 'template' | 'parameters' | 'demand'>
    cluster: Cluster | undefined
    placed: { placement: VmPlacement[]; sites: Site[] }
    removing: boolean
    /** Nothing of it is left afterwards. */
    gone: boolean
  },
  snapshot: Snapshot,
) => {
  const { placement, sites } = placed
  const remaining = gone ? [] : placement
  const capacity = judgeCapacity(sites, remaining, snapshot, sitesLeft(sites, snapshot))
  const quota = judgeQuota(useOf(remaining), snapshot)
  const namespace = judgeNamespaceQuota(
    { ...{ template: template.name, demand, parameters, cluster: cluster?.name, removing }, gone },
    snapshot,
  )
  const loss = removing
    ? { hostLoss: [], findings: [] }
    : judgeLoss(sites, placement, snapshot, {
        judge: (vms, host) =>
          template.onLoss?.(
            { placement: vms.map((vm) => ({ ...vm, site: vm.host })), parameters },
            { site: host },
          ),
        rules: template.lossRules,
      })
  return {
    capacity: capacity.capacity,
    hostLoss: loss.hostLoss,
    quota: [...quota.quota, ...namespace.quota],
    findings: [...capacity.findings, ...quota.findings, ...namespace.findings, ...loss.findings],
  }
}
