// The tenant's namespace and its limits. Pods must meet the Pod Security Standard "restricted".
import type { ILimitRange } from 'kubernetes-models/v1/LimitRange'
import type { IResourceQuota } from 'kubernetes-models/v1/ResourceQuota'
import type { TenantBaseParameters } from '../../schemas/parameters/tenant-base.ts'
import type { Manifest } from '../../schemas/template.ts'
import { pruneGuards } from './guards.ts'
import { object, type Scope } from './object.ts'

export const tenantNamespace = (scope: Scope): Manifest =>
  object(
    'Namespace',
    scope.tenant,
    scope,
    {},
    {
      namespace: null,
      labels: {
        'pod-security.kubernetes.io/enforce': 'restricted',
        'pod-security.kubernetes.io/audit': 'restricted',
        'pod-security.kubernetes.io/warn': 'restricted',
      },
      annotations: pruneGuards(scope),
    },
  )

export const resourceQuota = (
  scope: Scope,
  { cpu, memory, storage, pods }: TenantBaseParameters['quota'],
): Manifest => {
  const spec: IResourceQuota['spec'] = {
    hard: {
      'requests.cpu': cpu,
      'requests.memory': memory,
      'limits.cpu': cpu,
      'limits.memory': memory,
      'requests.storage': storage,
      pods: String(pods),
      // Nothing of a tenant listens on the nodes themselves.
      'services.nodeports': '0',
    },
  }
  return object('ResourceQuota', 'tenant-quota', scope, { spec })
}

export const limitRange = (
  scope: Scope,
  { cpu, memory }: TenantBaseParameters['containerDefaults'],
): Manifest => {
  const spec: ILimitRange['spec'] = {
    limits: [{ type: 'Container', default: { cpu, memory }, defaultRequest: { cpu, memory } }],
  }
  return object('LimitRange', 'container-defaults', scope, { spec })
}
