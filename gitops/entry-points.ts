// Where an engine starts to read: entry points of a cluster, of a tenant on it, and of a component (Flux), as plain objects.
// Writes no YAML files (render.ts does). No object is shared by two tenants, so two changes never edit the same file.
import type { Cluster } from '../schemas/place.ts'
import type { Residency } from '../schemas/residency.ts'
import type { Component, Manifest } from '../schemas/template.ts'
import { apiVersions } from '../templates/index.ts'
import {
  ADMISSION,
  admissionOfTenant,
  admissionPolicies,
  admitsPolicies,
} from './admission-policies.ts'
import { allowedLocations } from './allowed-locations.ts'
import { ARGOCD_NAMESPACE, argocdPlatform, argocdTenant } from './argocd-entry.ts'
import { entryMetadata } from './entry-metadata.ts'
import { fluxComponent, fluxPlatform, fluxTenant, PLATFORM_NAMESPACE } from './flux-entry.ts'
import { componentName, entryDirectory, leafDirectory } from './paths.ts'

/** A ClusterRoleBinding; templates render none. */
const RBAC = apiVersions.RoleBinding

/** One leaf directory of entry points. */
export interface EntryLeaf {
  path: string
  objects: Manifest[]
}

type Place = Pick<Cluster, 'name' | 'engine' | 'owner' | 'kubernetes'>

/**
 * `clusters/<cluster>/<engine>/00-platform` of the platform repository: applied once by hand, then it follows itself.
 * `publicUrl` is where the engines reach Phoenix with their status reports.
 */
export const clusterEntry = (input: {
  cluster: Place
  platformRepositoryUrl: string
  publicUrl: string
}): EntryLeaf => {
  const { name, engine, owner } = input.cluster
  const url = input.platformRepositoryUrl
  const admits = admitsPolicies(input.cluster)
  const webhook = `${input.publicUrl.replace(/\/+$/, '')}/webhooks/${engine}/${name}`
  return {
    path: `clusters/${name}/${engine}/00-platform`,
    objects: [
      ...(engine === 'argocd'
        ? argocdPlatform(name, url, webhook, owner, admits ? ADMISSION : null)
        : fluxPlatform(name, url, webhook)),
      ...(admits ? admissionPolicies() : []),
    ],
  }
}

/** `clusters/<cluster>/<engine>/tenant-<slug>` of the platform repository: leads the engine to the tenant's base. */
export const tenantEntry = (input: {
  cluster: Place
  tenant: string
  repositoryUrl: string
  /** Where the tenant's things may be; absent: the cluster's own policy on locations does not hold for it. */
  residency?: Residency
}): EntryLeaf => {
  const { tenant, repositoryUrl, residency } = input
  const platform = input.cluster.engine === 'argocd' ? ARGOCD_NAMESPACE : PLATFORM_NAMESPACE
  const { name, engine, owner } = input.cluster
  const base = leafDirectory(name, 10, 'tenant')
  return {
    path: `clusters/${name}/${engine}/tenant-${tenant}`,
    objects: [
      ...(engine === 'argocd'
        ? argocdTenant({ name: `tenant-${tenant}`, tenant, repositoryUrl, path: base })
        : fluxTenant(name, tenant, repositoryUrl, base)),
      ...(owner === tenant ? installer(tenant) : []),
      ...(residency && admitsPolicies(input.cluster)
        ? admissionOfTenant(tenant, allowedLocations(residency), platform)
        : []),
    ],
  }
}

/**
 * What the account may do that Helm releases of the cluster's owner work under: charts bring kinds and roles of their own.
 * The account itself is in the owner's base, whose namespace is not there yet when this is first applied.
 */
const installer = (tenant: string): Manifest[] => {
  const name = 'phoenix-installer'
  return [
    {
      apiVersion: RBAC,
      kind: 'ClusterRoleBinding',
      metadata: entryMetadata(`${name}-${tenant}`, null, tenant, name),
      roleRef: {
        apiGroup: 'rbac.authorization.k8s.io',
        kind: 'ClusterRole',
        name: 'cluster-admin',
      },
      subjects: [{ kind: 'ServiceAccount', name, namespace: tenant }],
    },
  ]
}

/**
 * `clusters/<cluster>/flux/<NN-name>` of the tenant's repository, for Flux clusters only: one Kustomization per leaf.
 * `dependsOn` are leaf names of lower waves.
 */
export const componentEntry = (input: {
  cluster: string
  tenant: string
  repositoryUrl: string
  component: Component
  dependsOn: string[]
}): EntryLeaf => {
  const { cluster, tenant, repositoryUrl, component, dependsOn } = input
  const labels = component.objects[0]?.metadata.labels ?? {}
  const kustomization = fluxComponent({
    name: componentName(component.wave, component.name),
    tenant,
    repositoryUrl,
    path: leafDirectory(cluster, component.wave, component.name),
    dependsOn,
    // Flux fails on a Rollout's status (github.com/fluxcd/flux2/issues/4632), so it would wait for ever.
    wait: !component.objects.some(({ kind }) => kind === 'Rollout'),
    resource: labels['phoenix.cloud/resource'] ?? component.name,
    template: labels['phoenix.cloud/template'],
  })
  return {
    path: entryDirectory(cluster, component.wave, component.name),
    objects: [kustomization],
  }
}
