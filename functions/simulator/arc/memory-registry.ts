// The ClusterRegistry port in memory: what a simulator of tenants needs of Azure Arc. Simulated; it makes no token that anybody takes.
import {
  ArcMachineId,
  type ArcMachineRemote,
  type FoundMachine,
  type machineVerbs,
} from '../../../schemas/arc-machine.ts'
import { type AzurePlace, placeKey } from '../../../schemas/arm.ts'
import type { Ask, AzureFault } from '../../../schemas/azure.ts'
import type { ClusterRegistry } from '../../../schemas/ports.ts'
import { memoryClusters } from './memory-clusters.ts'

interface Kept extends FoundMachine {
  place: string
}
export const createMemoryRegistry = (now: () => Date) => {
  const kept = new Map<string, Kept>()
  const keyOf = (place: AzurePlace, name: string) => `${placeKey(place)}/${name}`.toLowerCase()
  const refused = (fault: AzureFault['fault'], target: string | null = null) => ({
    ok: false as const,
    fault: { fault, target, retryAfterSeconds: null },
  })
  const done = { ok: true, value: { done: true, value: null } } as const
  const answers = {
    mint: () => ({
      ok: true,
      value: { token: 'simulated', expiresAt: new Date(now().getTime() + 3_600_000).toISOString() },
    }),
    list: ({ place }: { place: AzurePlace }) => ({
      ok: true,
      value: {
        machines: [...kept.values()]
          .filter((one) => one.place === placeKey(place))
          .map(({ place: _, ...found }) => found),
      },
    }),
    remove: ({ place, name, machine }: { place: AzurePlace; name: string; machine: string }) => {
      const found = kept.get(keyOf(place, name))
      if (found && found.machine !== machine) return refused('conflict', 'tags')
      kept.delete(keyOf(place, name))
      return done
    },
    follow: ({ place, pending }: { place: AzurePlace; pending: { resource: string } }) => {
      const path = pending.resource.toLowerCase()
      const { subscriptionId, resourceGroup } = place
      const prefix =
        `/subscriptions/${subscriptionId}/resourcegroups/${resourceGroup}/`.toLowerCase()
      return path.startsWith(prefix) ? done : refused('refused', 'pending')
    },
  }
  const machines = (async (verb: keyof typeof answers, _: string, input: never) =>
    answers[verb](input)) as unknown as Ask<typeof machineVerbs>
  const registry: ClusterRegistry = { machines, clusters: memoryClusters() }
  return {
    registry,
    /** As an agent would. */
    connect(place: AzurePlace, name: string, machine: string | null, status = 'Connected') {
      const remote: ArcMachineRemote = {
        ...{ status, lastStatusChange: now().toISOString(), agentVersion: 'simulated' },
        ...{ osName: 'linux', osSku: null, osVersion: null, fqdn: null, errors: [] },
      }
      const tag = ArcMachineId.safeParse(machine).data ?? null
      kept.set(keyOf(place, name), { name, machine: tag, remote, place: placeKey(place) })
    },
  }
}
