// One Secret that External Secrets keeps up to date from a store of the same namespace: names, never values.
// Source: external-secrets.io, "ExternalSecret".
import type { ExternalSecretSpec } from '../../schemas/manifests/secret-store.ts'
import type { Manifest } from '../../schemas/template.ts'
import { object, type Scope } from './object.ts'

interface Key {
  secretKey: string
  remoteKey: string
  property?: string | undefined
  version?: string | undefined
}

interface Wanted {
  /** Of the Secret; the object is called after the resource and it. */
  name: string
  store: string
  refreshMinutes: number
  keys: Key[]
}

export const externalSecret = (
  scope: Scope,
  { name, store, refreshMinutes, keys }: Wanted,
): Manifest => {
  const spec: ExternalSecretSpec = {
    refreshInterval: `${refreshMinutes}m`,
    secretStoreRef: { kind: 'SecretStore', name: store },
    // A value that vanishes from the vault stays in the cluster: a slip there must not stop what runs here.
    target: { name, creationPolicy: 'Owner', deletionPolicy: 'Retain' },
    data: keys.map(({ secretKey, remoteKey, property, version }) => ({
      secretKey,
      remoteRef: {
        key: remoteKey,
        ...(property === undefined ? {} : { property }),
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
}
