// What the ends of the source's ranges are in Azure and in Kubernetes. Azure sells steps: the smallest that holds what
// the source asks for, whose GB are decimal.
import type { AksClusterParameters } from '../../../schemas/parameters/aks-cluster.ts'
import type { AzurePostgresParameters } from '../../../schemas/parameters/azure-postgres.ts'
import type { MonitoringParameters } from '../../../schemas/parameters/monitoring.ts'
import type { TheOrderParameters } from '../../../schemas/parameters/systems/the-order.ts'
import { demandMiB } from '../../../schemas/quantity.ts'

const gigabytes = (value: number): number => demandMiB({ value, unit: 'GB' })
const wholeGiB = (value: number): number => Math.ceil(gigabytes(value) / 1024)

interface OrderSizes {
  nodes: Pick<AksClusterParameters['systemPool'], 'vmSize' | 'nodes' | 'diskGiB'>
  database: Pick<AzurePostgresParameters, 'size' | 'storageGiB'>
  pod: { cores: number; memoryMiB: number }
  monitoring: MonitoringParameters['size']
}

export const ORDER_SIZES: Record<TheOrderParameters['size'], OrderSizes> = {
  minimum: {
    nodes: { vmSize: 'Standard_D8s_v5', nodes: 3, diskGiB: wholeGiB(100) },
    database: { size: 'Standard_D8ds_v5', storageGiB: 512 },
    pod: { cores: 2, memoryMiB: gigabytes(4) },
    monitoring: 'medium',
  },
  maximum: {
    nodes: { vmSize: 'Standard_D16s_v5', nodes: 5, diskGiB: wholeGiB(200) },
    database: { size: 'Standard_D16ds_v5', storageGiB: 2048 },
    pod: { cores: 4, memoryMiB: gigabytes(8) },
    monitoring: 'large',
  },
}

/** The cluster's own pods, where they have nodes for themselves: not in the source. */
export const SYSTEM_NODES: OrderSizes['nodes'] = {
  vmSize: 'Standard_D4s_v5',
  nodes: 3,
  diskGiB: 128,
}

/** Of one pod of a service or portal. Memory cannot be lent, so all of it is reserved; of the cores a part. */
export const podResources = ({ size, cpuReservedPercent }: TheOrderParameters) => {
  const { cores, memoryMiB } = ORDER_SIZES[size].pod
  const memory = `${memoryMiB}Mi`
  return {
    requests: { cpu: `${Math.ceil(cores * 10 * cpuReservedPercent)}m`, memory },
    limits: { cpu: String(cores), memory },
  }
}

/** The autoscaler's range is the source's; at maximum it begins at its end. */
export const replicasOf = ({ size }: TheOrderParameters, most: number) => ({
  min: size === 'maximum' ? most : 2,
  max: most,
})
