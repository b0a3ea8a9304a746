// Work of the outbox: what Azure says of machines, a cluster or a configuration is read again, by the kind of its id.
import type { TenantContext } from '../context.ts'
import { readArcCluster } from './clusters/read-cluster.ts'
import { readFluxConfiguration } from './clusters/read-flux.ts'
import { readMachines } from './machines/read-back.ts'
import { MACHINES } from './machines/rows.ts'

/** Answers after how many milliseconds to look again; undefined: it is gone. */
export const readArc = async (context: TenantContext, id: string): Promise<number | undefined> => {
  if (id === MACHINES) return readMachines(context)
  if (id.startsWith('acl_')) return readArcCluster(context, id)
  if (id.startsWith('flx_')) return readFluxConfiguration(context, id)
  return undefined
}
