// External Secrets: a store that reads Azure Key Vault as an identity of this namespace alone, and one object for each
// Secret it keeps. Source: external-secrets.io, "Azure Key Vault", workload identity.
import type { SecretStoreSpec } from '../../schemas/manifests/secret-store.ts'
import type { SecretStoreParameters } from '../../schemas/parameters/secret-store.ts'
import type { Manifest } from '../../schemas/template.ts'
import { externalSecret } from './external-secret.ts'
import { object, type Scope } from './object.ts'

const accountOf = ({ resource }: Scope): string => `${resource}-vault`

/** Without an account of its own the store would read the vault as the operator, whose identity all tenants share. */
export const vaultAccount = (
  scope: Scope,
  { clientId, entraTenantId }: SecretStoreParameters,
): Manifest =>
  object(
    'ServiceAccount',
    accountOf(scope),
    scope,
    { automountServiceAccountToken: false },
    {
      annotations: {
        'azure.workload.identity/client-id': clientId,
        'azure.workload.identity/tenant-id': entraTenantId,
      },
    },
  )

export const secretStore = (scope: Scope, { vault }: SecretStoreParameters): Manifest => {
  const spec: SecretStoreSpec = {
    provider: {
      azurekv: {
        authType: 'WorkloadIdentity',
        vaultUrl: `https://${vault}.vault.azure.net`,
        serviceAccountRef: { name: accountOf(scope) },
      },
    },
  }
  return object('SecretStore', scope.resource, scope, { spec })
}

export const externalSecrets = (
  scope: Scope,
  { secrets, refreshMinutes }: SecretStoreParameters,
): Manifest[] =>
  secrets.map(({ name, keys }) =>
    externalSecret(scope, {
      name,
      store: scope.resource,
      refreshMinutes,
      keys: keys.map(({ key, vaultSecret, version }) => ({
        secretKey: key,
        remoteKey: vaultSecret,
        version,
      })),
    }),
  )
