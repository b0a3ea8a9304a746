// What all Proxmox objects share: which provider credentials they use, and what their files are called on a host.
import type { Cluster, Image } from '../../schemas/place.ts'
import type { Scope } from './object.ts'

/** Name of the ClusterProviderConfig where the cluster does not name one. */
const DEFAULT_PROVIDER_CONFIG = 'default'

export const providerConfigRef = ({
  proxmoxProviderConfig = DEFAULT_PROVIDER_CONFIG,
}: Pick<Cluster, 'proxmoxProviderConfig'>): { kind: string; name: string } => ({
  kind: 'ClusterProviderConfig',
  name: proxmoxProviderConfig,
})

/** A host's datastore is shared by tenants, so its files carry tenant and resource in their names. */
export const imageFileName = ({ tenant, resource }: Scope, { name }: Image): string => {
  const format = /\.(raw|vmdk|qcow2)$/.exec(name)?.[1] ?? 'qcow2'
  return `phoenix.${tenant}.${resource}.${name.replace(/\.(?:img|raw|vmdk|qcow2)$/, '')}.${format}`
}

export const snippetFileName = ({ tenant }: Scope, vm: string): string =>
  `phoenix.${tenant}.${vm}.yaml`

/** Proxmox volume ids: what the provider takes as the external name, so a rebuilt cluster finds what exists. */
export const imageVolume = (scope: Scope, image: Image): string =>
  `${image.datastore}:import/${imageFileName(scope, image)}`

export const snippetVolume = (scope: Scope, image: Image, vm: string): string =>
  `${image.datastore}:snippets/${snippetFileName(scope, vm)}`

/** Files come before the machines that read them (Argo CD sync waves inside one Application). */
export const BEFORE_MACHINES = { 'argocd.argoproj.io/sync-wave': '-1' }
