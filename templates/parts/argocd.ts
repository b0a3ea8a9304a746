// Argo CD's side of a tenant: a project that fences it in, and one ApplicationSet that makes an Application of
// every leaf directory on `live`. It never deletes Applications or what they hold: only a destroying change does.

import type { IApplicationSet } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/ApplicationSet'
import type { IAppProject } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/AppProject'
import type { Manifest } from '../../schemas/template.ts'
import { object, type Scope } from './object.ts'

const NAMESPACE = 'argocd'
const IN_CLUSTER = 'https://kubernetes.default.svc'
const WAVE_LABEL = 'phoenix.cloud/wave'
/** Waves a tenant's leaves can have, in order; each waits until the one before is healthy. */
const WAVES = ['20', '30', '40', '50', '60', '70', '80', '90']
/**
 * The tenant's fence is not for its own leaves to change. Network policies are not in this list: resources open gates
 * beside those of the fence, under names that cannot be the fence's (network-policy.ts).
 */
const FENCE = [
  { group: '', kind: 'ResourceQuota' },
  { group: '', kind: 'LimitRange' },
  { group: 'rbac.authorization.k8s.io', kind: 'Role' },
  { group: 'rbac.authorization.k8s.io', kind: 'RoleBinding' },
]

interface Input {
  repositoryUrl: string
  cluster: string
}

export const appProject = (scope: Scope, { repositoryUrl }: Input): Manifest => {
  const spec: IAppProject['spec'] = {
    description: `What the tenant ${scope.tenant} may deploy, and where`,
    sourceRepos: [repositoryUrl],
    destinations: [{ server: IN_CLUSTER, namespace: scope.tenant }],
    clusterResourceWhitelist: [],
    namespaceResourceBlacklist: FENCE,
  }
  return object('AppProject', scope.tenant, scope, { spec }, { namespace: NAMESPACE })
}

export const applicationSet = (scope: Scope, { repositoryUrl, cluster }: Input): Manifest => {
  const leaves = `rendered/${cluster}`
  const spec: IApplicationSet['spec'] = {
    goTemplate: true,
    goTemplateOptions: ['missingkey=error'],
    generators: [
      {
        git: {
          repoURL: repositoryUrl,
          revision: 'live',
          directories: [
            { path: `${leaves}/*` },
            // The base is applied by the platform, not by the tenant it fences in.
            { path: `${leaves}/10-tenant`, exclude: true },
          ],
        },
      },
    ],
    syncPolicy: { preserveResourcesOnDeletion: true, applicationsSync: 'create-update' },
    strategy: {
      type: 'RollingSync',
      rollingSync: {
        steps: WAVES.map((wave) => ({
          matchExpressions: [{ key: WAVE_LABEL, operator: 'In', values: [wave] }],
        })),
      },
    },
    template: {
      metadata: {
        name: `${scope.tenant}-{{ .path.basename }}`,
        labels: {
          'phoenix.cloud/tenant': scope.tenant,
          [WAVE_LABEL]: '{{ index (splitList "-" .path.basename) 0 }}',
        },
        annotations: {
          'argocd.argoproj.io/manifest-generate-paths': '.',
        },
      },
      spec: {
        project: scope.tenant,
        source: { repoURL: repositoryUrl, targetRevision: 'live', path: '{{ .path.path }}' },
        destination: { server: IN_CLUSTER, namespace: scope.tenant },
        syncPolicy: {
          automated: { prune: true, selfHeal: true },
          retry: { limit: 5, backoff: { duration: '10s', factor: 2, maxDuration: '5m' } },
        },
      },
    },
  }
  return object('ApplicationSet', scope.tenant, scope, { spec }, { namespace: NAMESPACE })
}
