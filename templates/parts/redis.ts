// Redis with replicas, and the sentinels that watch them, by OT's operator.
import type { RedisReplicationSpec, RedisSentinelSpec } from '../../schemas/manifests/redis.ts'
import type { RedisParameters } from '../../schemas/parameters/redis.ts'
import type { Manifest, PodDemand } from '../../schemas/template.ts'
import { pruneGuards } from './guards.ts'
import { allowIn, allowOut, OWN_PODS, podsOfNamespace } from './network-policy.ts'
import { object, type Scope } from './object.ts'
import { podsOf } from './pod.ts'
import { podDemand } from './pod-demand.ts'
import { amountsOf, quantity, resourcesOf } from './resources.ts'
import { restrictedContainer, restrictedPod } from './restricted.ts'

const IMAGE = 'quay.io/opstree/redis:v8.2.5'
const SENTINEL_IMAGE = 'quay.io/opstree/redis-sentinel:v8.2.5'
const SENTINEL = { cpu: '250m', memory: '256Mi' }
/** The user of both images. */
const USER = 1000

/** `app` is the label that the operator gives the pods of one StatefulSet. */
const podFields = (app: string, nodes: RedisParameters['nodes']) => ({
  podSecurityContext: restrictedPod(USER),
  securityContext: restrictedContainer(),
  pdb: { enabled: true, maxUnavailable: 1 } as const,
  ...(nodes === 'preferred'
    ? {}
    : {
        affinity: {
          podAntiAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: [
              {
                labelSelector: { matchLabels: { app } },
                topologyKey: 'kubernetes.io/hostname' as const,
              },
            ],
          },
        },
      }),
})

export const redisReplication = (scope: Scope, parameters: RedisParameters): Manifest => {
  const { instances, storage, storageClass, passwordSecret, nodes } = parameters
  const spec: RedisReplicationSpec = {
    clusterSize: instances,
    kubernetesConfig: {
      image: IMAGE,
      imagePullPolicy: 'IfNotPresent',
      redisSecret: { name: passwordSecret, key: 'password' },
      resources: resourcesOf(amountsOf(parameters)),
    },
    // The rest is for the copy that a snapshot makes while writes go on.
    redisConfig: { maxMemoryPercentOfLimit: 70 },
    storage: {
      keepAfterDelete: !scope.guardsLifted,
      volumeClaimTemplate: {
        spec: {
          accessModes: ['ReadWriteOnce'],
          ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
          resources: { requests: { storage: quantity(storage) } },
        },
      },
    },
    ...podFields(scope.resource, nodes),
  }
  return object(
    'RedisReplication',
    scope.resource,
    scope,
    { spec },
    { annotations: pruneGuards(scope) },
  )
}

export const redisSentinel = (scope: Scope, parameters: RedisParameters): Manifest => {
  const { sentinels, nodes, passwordSecret } = parameters
  const spec: RedisSentinelSpec = {
    clusterSize: sentinels,
    kubernetesConfig: {
      image: SENTINEL_IMAGE,
      imagePullPolicy: 'IfNotPresent',
      resources: resourcesOf(SENTINEL),
    },
    redisSentinelConfig: {
      redisReplicationName: scope.resource,
      // What clients ask the sentinels for; the operator's own name for it.
      masterGroupName: 'myMaster',
      quorum: sentinels === 3 ? '2' : '3',
      redisReplicationPassword: { secretKeyRef: { name: passwordSecret, key: 'password' } },
    },
    ...podFields(`${scope.resource}-sentinel`, nodes),
  }
  return object('RedisSentinel', scope.resource, scope, { spec })
}

export const redisPods = (name: string, parameters: RedisParameters): PodDemand[] => {
  const { instances, sentinels, storage } = parameters
  return [
    podDemand(name, {
      count: instances,
      containers: [amountsOf(parameters)],
      volumes: [quantity(storage)],
    }),
    podDemand(`${name}-sentinel`, { count: sentinels, containers: [SENTINEL] }),
  ]
}

const PORTS = [6379, 26379].map((port) => ({ protocol: 'TCP' as const, port }))

/** Clients of the namespace, the operator, and Redis and its sentinels among themselves. */
export const redisGates = (scope: Scope, { operatorNamespace }: RedisParameters): Manifest[] => {
  // The operator copies our labels to the pods of both.
  const pods = podsOf(scope.resource)
  return [
    allowIn(scope, {
      name: 'clients',
      pods,
      peers: [OWN_PODS, podsOfNamespace(operatorNamespace)],
      ports: PORTS,
    }),
    allowOut(scope, {
      name: 'to-peers',
      pods,
      peers: [{ podSelector: { matchLabels: pods } }],
      ports: PORTS,
    }),
  ]
}
