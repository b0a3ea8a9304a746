// Cluster API's own objects: the cluster, and a deployment of its workers on one host. Their number is the plan's.
import type { Manifest } from '../../schemas/template.ts'
import { groupOf, type Kind, kindOf } from '../api-versions.ts'
import { pruneGuards } from './guards.ts'
import { object, type Scope } from './object.ts'
import { clusterLabel } from './proxmox-cluster.ts'
import type { Place } from './where.ts'

const NODE_DRAIN_SECONDS = 600

const ref = (kind: Kind, name: string) => ({ apiGroup: groupOf(kind), kind: kindOf(kind), name })
const guarded = (scope: Scope) => ({
  labels: clusterLabel(scope),
  annotations: pruneGuards(scope),
})

interface Cluster {
  podCidr: string
  serviceCidr: string
  /** Name of the KThreesControlPlane. */
  controlPlane: string
}

export const capiCluster = (
  scope: Scope,
  { podCidr, serviceCidr, controlPlane }: Cluster,
): Manifest => {
  const spec = {
    clusterNetwork: {
      pods: { cidrBlocks: [podCidr] },
      services: { cidrBlocks: [serviceCidr] },
      serviceDomain: 'cluster.local',
    },
    controlPlaneRef: ref('KThreesControlPlane', controlPlane),
    infrastructureRef: ref('ProxmoxCluster', scope.resource),
  }
  return object('CapiCluster', scope.resource, scope, { spec }, guarded(scope))
}

interface Workers {
  name: string
  replicas: number
  version: string
  /** Names of the templates that a machine is made of. */
  config: string
  machines: string
  place: Place
}

/** A worker is replaced by taking it away first: its host may have no room for one more. */
export const machineDeployment = (
  scope: Scope,
  { name, replicas, version, config, machines, place }: Workers,
): Manifest => {
  const selected = { ...clusterLabel(scope), 'cluster.x-k8s.io/deployment-name': name }
  const spec = {
    clusterName: scope.resource,
    replicas,
    selector: { matchLabels: selected },
    rollout: {
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
    },
    template: {
      metadata: {
        // Cluster API puts labels of this prefix on the nodes: pods can spread over hosts by them.
        labels: {
          ...selected,
          'node.cluster.x-k8s.io/site': place.site.name,
          'node.cluster.x-k8s.io/host': place.host.name,
        },
      },
      spec: {
        clusterName: scope.resource,
        version,
        bootstrap: { configRef: ref('KThreesConfigTemplate', config) },
        infrastructureRef: ref('ProxmoxMachineTemplate', machines),
        deletion: { nodeDrainTimeoutSeconds: NODE_DRAIN_SECONDS },
      },
    },
  }
  return object('MachineDeployment', name, scope, { spec }, guarded(scope))
}
