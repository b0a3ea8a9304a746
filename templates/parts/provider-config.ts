// The Proxmox provider's login for one namespace. The JSON it points at: endpoint, api_token or username and password,
// ssh_username, ssh_private_key, … Source: valkiriaaquatica/provider-proxmox-bpg, internal/clients.
import type { ProviderConfigSpec } from '../../schemas/manifests/provider-config.ts'
import type { SecretKeyRef } from '../../schemas/parameters/pod.ts'
import type { Manifest } from '../../schemas/template.ts'
import { object, type Scope } from './object.ts'

/** The Secret is always the tenant's own: a reference to another namespace would borrow that one's login. */
export const providerConfig = (scope: Scope, { name, key }: SecretKeyRef): Manifest => {
  const spec: ProviderConfigSpec = {
    credentials: { source: 'Secret', secretRef: { name, key, namespace: scope.tenant } },
  }
  return object('ProviderConfig', scope.resource, scope, { spec })
}
