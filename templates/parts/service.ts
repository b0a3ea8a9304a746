// What stands around the pods of a Deployment or a Rollout: an address, an autoscaler, and a bound on planned interruptions.
import type { IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler'
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget'
import type { IService } from 'kubernetes-models/v1/Service'
import type { Manifest } from '../../schemas/template.ts'
import { apiVersions } from '../api-versions.ts'
import { object, type Scope } from './object.ts'
import { podsOf } from './pod.ts'

/** Reachable inside the cluster only. The pods' port is called `http`. */
export const service = (scope: Scope, port: number): Manifest =>
  serviceOf(scope, scope.resource, { port, selector: podsOf(scope.resource) })

/** Without a selector, somebody else says which pods are meant. */
export const serviceOf = (
  scope: Scope,
  name: string,
  { port, selector }: { port: number; selector?: Record<string, string> },
): Manifest => {
  const spec: IService['spec'] = {
    type: 'ClusterIP',
    ...(selector === undefined ? {} : { selector }),
    ports: [{ name: 'http', protocol: 'TCP', port, targetPort: 'http' }],
  }
  return object('Service', name, scope, { spec })
}

interface Replicas {
  min: number
  max: number
  /** Of the CPU request. */
  targetCpuPercent: number
}

export const autoscaler = (
  scope: Scope,
  { min, max, targetCpuPercent }: Replicas,
  kind: 'Deployment' | 'Rollout' = 'Deployment',
): Manifest => {
  const spec: IHorizontalPodAutoscaler['spec'] = {
    scaleTargetRef: { apiVersion: apiVersions[kind], kind, name: scope.resource },
    minReplicas: min,
    maxReplicas: max,
    metrics: [
      {
        type: 'Resource',
        resource: {
          name: 'cpu',
          target: { type: 'Utilization', averageUtilization: targetCpuPercent },
        },
      },
    ],
  }
  return object('HorizontalPodAutoscaler', scope.resource, scope, { spec })
}

/** One pod at a time: a budget that leaves none to evict would block every node from being drained. */
export const disruptionBudget = (scope: Scope): Manifest => {
  const spec: IPodDisruptionBudget['spec'] = {
    maxUnavailable: 1,
    selector: { matchLabels: podsOf(scope.resource) },
  }
  return object('PodDisruptionBudget', scope.resource, scope, { spec })
}
