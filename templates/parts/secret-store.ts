// External Secrets: a store that reads Azure Key Vault as an identity of this namespace alone, and one object for each
// Secret it keeps. Source: external-secrets.io, "Azure Key Vault", workload identity.
import type { ExternalSecretSpec, SecretStoreSpec } from '../../schemas/manifests/secret-store.ts'
import type { SecretStoreParameters } from '../../schemas/parameters/secret-store.ts'
import type { Manifest } from '../../schemas/template.ts'
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
  secrets.map(({ name, keys }) => {
    const spec: ExternalSecretSpec = {
      refreshInterval: `${refreshMinutes}m`,
      secretStoreRef: { kind: 'SecretStore', name: scope.resource },
      // A value that vanishes from the vault stays in the cluster: a slip there must not stop what runs here.
      target: { name, creationPolicy: 'Owner', deletionPolicy: 'Retain' },
      data: keys.map(({ key, vaultSecret, version }) => ({
        secretKey: key,
        remoteRef: {
          key: vaultSecret,
          ...(version === undefined ? {} : { version }),
          // The defaults, said aloud: engines see a default inside a list as a difference.
          conversionStrategy: 'Default',
          decodingStrategy: 'None',
          metadataPolicy: 'None',
          nullBytePolicy: 'Ignore',
        },
      })),
    }
    return object('ExternalSecret', `${scope.resource}-${name}`, scope, { spec })
  })
