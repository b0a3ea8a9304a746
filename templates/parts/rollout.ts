// A blue-green Rollout (Argo Rollouts): the pods of a Deployment, but a new version stands beside the old one, behind
// an address of its own, until it is promoted. It measures nothing: who promotes has looked, or asked for no look.
import type { PodResources } from '../../schemas/parameters/pod.ts'
import type { Manifest, PodDemand } from '../../schemas/template.ts'
import { object, type Scope } from './object.ts'
import { type PodInput, podTemplate } from './pod.ts'
import { podDemand } from './pod-demand.ts'
import { serviceOf } from './service.ts'

const previewName = (resource: string): string => `${resource}-preview`

interface BlueGreen {
  autoPromote: boolean
  /** Until the pods of the old version stop. */
  scaleDownDelaySeconds: number
}

/** While a version is looked at and for a while afterwards, the one in use and the one beside it have all their pods. */
export const rolloutPods = (
  name: string,
  { count, resources }: { count: number; resources: PodResources },
): PodDemand[] =>
  [name, previewName(name)].map((pods) =>
    podDemand(pods, { count, containers: [resources.limits] }),
  )

export const rollout = (
  scope: Scope,
  input: PodInput,
  { autoPromote, scaleDownDelaySeconds }: BlueGreen,
): Manifest => {
  const { revisionHistoryLimit, selector, template } = podTemplate(scope, input)
  const spec = {
    revisionHistoryLimit,
    selector,
    strategy: {
      blueGreen: {
        activeService: scope.resource,
        previewService: previewName(scope.resource),
        autoPromotionEnabled: autoPromote,
        scaleDownDelaySeconds,
      },
    },
    template,
  }
  return object('Rollout', scope.resource, scope, { spec })
}

/**
 * The address in use and the one of the version beside. Argo Rollouts writes their selectors: a selector is one field
 * to server-side apply, so an engine that had one of its own would send traffic to both versions each time it applies.
 */
export const blueGreenServices = (scope: Scope, port: number): Manifest[] =>
  [scope.resource, previewName(scope.resource)].map((name) => serviceOf(scope, name, { port }))
