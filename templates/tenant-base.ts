// Template tenant-base: the tenant's namespace on one cluster, what fences it in, and how the cluster's engine
// finds the rest of the tenant's directories. It makes nothing that runs.
import { TenantBaseParameters, TenantBaseParameters10 } from '../schemas/parameters/tenant-base.ts'
import { EMPTY_DEMAND, type Template } from '../schemas/template.ts'
import { applicationSet, appProject } from './parts/argocd.ts'
import { gitRepository, tenantKustomization } from './parts/flux.ts'
import { INSTALLER } from './parts/helm-release.ts'
import { limitRange, resourceQuota, tenantNamespace } from './parts/namespace.ts'
import { allowDns, defaultDeny } from './parts/network-policy.ts'
import { object, scopeOf } from './parts/object.ts'
import { type BaseVersion, reconciler } from './parts/reconciler.ts'

const NAME = 'tenant-base'

/** What the engine may manage grows from version to version; a base that stands keeps its own until it is moved. */
const tenantBaseAt = (
  version: BaseVersion,
  parameters: Template<TenantBaseParameters>['parameters'] = TenantBaseParameters,
): Template<TenantBaseParameters> => ({
  name: NAME,
  version,
  title: 'Tenant base',
  description: 'Namespace, quota, limits, default-deny network policy and account of a tenant.',
  kind: NAME,
  parameters,
  examples: [{ title: 'With every default', name: 'base', parameters: {} }],
  renders: [
    ...['Namespace', 'ResourceQuota', 'LimitRange', 'NetworkPolicy', 'ServiceAccount', 'Role'],
    ...['RoleBinding', 'AppProject', 'ApplicationSet', 'GitRepository', 'Kustomization'],
  ],
  cluster: ({ cluster }) => cluster,
  demand: () => EMPTY_DEMAND,
  findings: () => [],
  render: (input) => {
    const { cluster, tenant, parameters } = input
    const scope = scopeOf(NAME, input)
    const source = { repositoryUrl: tenant.repositoryUrl, cluster: cluster.name }
    return [
      {
        wave: 10,
        name: 'tenant',
        objects: [
          tenantNamespace(scope),
          resourceQuota(scope, parameters.quota),
          limitRange(scope, parameters.containerDefaults),
          defaultDeny(scope),
          allowDns(scope),
          ...reconciler(scope, cluster.engine, version),
          // The operators bind it to what charts need (gitops/entry-points.ts); nobody else's namespace has one.
          ...(version !== '1.0.0' && cluster.owner === tenant.slug
            ? [object('ServiceAccount', INSTALLER, scope, { automountServiceAccountToken: false })]
            : []),
          ...(cluster.engine === 'argocd'
            ? [appProject(scope, source), applicationSet(scope, source)]
            : [
                gitRepository(scope, tenant.repositoryUrl),
                tenantKustomization(scope, cluster.name),
              ]),
        ],
      },
    ]
  },
})

export const tenantBase = tenantBaseAt('1.1.0')
export const earlierTenantBases = [tenantBaseAt('1.0.0', TenantBaseParameters10)]
