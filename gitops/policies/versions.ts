// DEPRECATED-API: kinds and versions that a cluster would refuse, today or after its next upgrade.
import type { Manifest } from '../../schemas/template.ts'
import { apiVersions, type Kind, kindOf } from '../../templates/index.ts'
import type { Hit } from './walk.ts'

const KNOWN = new Set(
  (Object.keys(apiVersions) as Kind[]).map((kind) => `${apiVersions[kind]}/${kindOf(kind)}`),
)

/** Removed from Kubernetes itself. Source: Kubernetes documentation, "Deprecated API Migration Guide". */
const REMOVED = new Set([
  ...['extensions/v1beta1', 'apps/v1beta1', 'apps/v1beta2', 'batch/v1beta1', 'policy/v1beta1'],
  ...['autoscaling/v2beta1', 'autoscaling/v2beta2', 'networking.k8s.io/v1beta1'],
  ...['rbac.authorization.k8s.io/v1beta1', 'storage.k8s.io/v1beta1'],
])

export const apiVersion = ({ apiVersion: version, kind }: Manifest): Hit[] => {
  const message = REMOVED.has(version)
    ? 'Kubernetes no longer has this API version.'
    : /\.azure\.com\/.*preview$/.test(version)
      ? 'This is a preview of Azure Service Operator, which is removed without notice.'
      : KNOWN.has(`${version}/${kind}`)
        ? null
        : 'This kind is not known in this API version.'
  return message === null ? [] : [{ rule: 'DEPRECATED-API', pointer: '/apiVersion', message }]
}
