// The policies, over every object that a plan renders. Pure. Each object is looked at once for what it says itself; what
// objects say of each other comes after. Secrets, scope and prune guards are the guard's (../guard.ts).
import type { Finding } from '../../schemas/plan.ts'
import { finding } from '../finding.ts'
import { availability } from './availability.ts'
import { azure, blobServices } from './azure.ts'
import { chains } from './chain.ts'
import { probes, resourceLimits } from './containers.ts'
import type { PolicyContext } from './context.ts'
import { engines } from './engines.ts'
import { fence, opensFence } from './fence.ts'
import { otherImages, podImages } from './images.ts'
import { podSecurity } from './pod-security.ts'
import { apiVersion } from './versions.ts'
import { type FileHit, type Hit, podsOf, type RenderedObject } from './walk.ts'

export type { RenderedObject } from './walk.ts'

const ofObject = ({ manifest }: RenderedObject, context: PolicyContext): Hit[] => {
  const pods = podsOf(manifest)
  return [
    ...apiVersion(manifest),
    ...opensFence(manifest),
    ...azure(manifest, context),
    ...otherImages(manifest),
    ...(pods
      ? [...podSecurity(pods), ...podImages(pods), ...resourceLimits(pods), ...probes(pods)]
      : []),
  ]
}

const toFinding = ({ rule, message, severity, ...more }: FileHit): Finding => {
  const found = finding(rule, message, more)
  return severity === undefined ? found : { ...found, severity }
}

export const judgePolicies = (
  objects: readonly RenderedObject[],
  context: PolicyContext,
): Finding[] => {
  // Refused before anything was rendered, or records: there is nothing to judge.
  if (objects.length === 0) return []
  return [
    ...objects.flatMap((object) =>
      ofObject(object, context).map((hit) => ({ ...hit, file: object.path })),
    ),
    ...availability(objects),
    ...blobServices(objects),
    ...fence(objects, context),
    ...chains(objects, context),
    ...engines(objects, context),
  ].map(toFinding)
}
