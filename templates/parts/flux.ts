// Flux's side of a tenant: its repository, and one Kustomization over the entries of its components, under the
// tenant's own account. Fields that Arc's Flux knows as well; nothing newer.
import type { IKustomization } from '@kubernetes-models/flux-cd/kustomize.toolkit.fluxcd.io/v1/Kustomization'
import type { IGitRepository } from '@kubernetes-models/flux-cd/source.toolkit.fluxcd.io/v1/GitRepository'
import type { Manifest } from '../../schemas/template.ts'
import { object, type Scope } from './object.ts'
import { reconcilerName } from './reconciler.ts'

const SOURCE = 'phoenix'

export const gitRepository = (scope: Scope, url: string): Manifest => {
  const spec: IGitRepository['spec'] = {
    interval: '1m',
    timeout: '1m',
    url,
    ref: { branch: 'live' },
  }
  return object('GitRepository', SOURCE, scope, { spec })
}

export const tenantKustomization = (scope: Scope, cluster: string): Manifest => {
  const spec: IKustomization['spec'] = {
    interval: '10m',
    retryInterval: '1m',
    timeout: '10m',
    path: `./clusters/${cluster}/flux`,
    sourceRef: { kind: 'GitRepository', name: SOURCE },
    serviceAccountName: reconcilerName(scope),
    prune: true,
    // The components report for themselves: a slow one must not make this one fail.
    wait: false,
  }
  return object('Kustomization', 'tenant', scope, { spec })
}
