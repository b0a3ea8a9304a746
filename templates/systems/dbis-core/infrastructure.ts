// What of dbis_core comes before its data: what the cluster may lack, gates, secrets, and the way to the HSM.
import type { DbisCoreParameters } from '../../../schemas/parameters/systems/dbis-core.ts'
import type { Block } from '../../../schemas/system.ts'
import { certManager } from '../../cert-manager.ts'
import { externalSecretTemplate } from '../../external-secret.ts'
import { monitoring } from '../../monitoring.ts'
import { networkPolicies } from '../../network-policies.ts'
import { operators } from '../../operators.ts'
import { secretStoreTemplate } from '../../secret-store.ts'
import { block } from '../block.ts'
import { namesOf } from './names.ts'

export type Blocks = (parameters: DbisCoreParameters, instance: string) => Block[]
type Store = DbisCoreParameters['backup']['store']

/** `cluster` as every block takes it: left out where it is not named. */
export const on = (cluster: string | undefined) => (cluster === undefined ? {} : { cluster })

export const installBlocks: Blocks = ({ cluster, install }) => [
  ...(install.certManager ? [block(certManager, 'cert-manager', on(cluster))] : []),
  ...(install.operators
    ? [
        block(operators, 'operators', {
          ...on(cluster),
          argoRollouts: true,
          waitForCertManager: install.certManager,
          ...(install.azure ? { azure: install.azure } : {}),
        }),
      ]
    : []),
  ...(install.monitoring
    ? [block(monitoring, 'watch', { ...on(cluster), grafana: { adminSecret: 'grafana-admin' } })]
    : []),
]

/** A Secret for a store of backups, from a vault where its values are kept under the names of `prefix`. */
export const storeSecret = ({ kind, secret }: Store, prefix: string) => ({
  name: secret,
  keys: (kind === 's3'
    ? ['access-key-id', 'secret-access-key']
    : ['storage-account', 'storage-sas-token']
  ).map((key) => ({ key, vaultSecret: `${prefix}-${key}` })),
})

export const infrastructureBlocks: Blocks = (parameters, instance) => {
  const { cluster, vault, backup } = parameters
  const { cacheSecret } = namesOf(instance)
  return [
    block(networkPolicies, 'rules', { ...on(cluster), rules: rulesOf(parameters, instance) }),
    block(secretStoreTemplate, 'secrets', {
      ...on(cluster),
      ...{ vault: vault.name, entraTenantId: vault.entraTenantId, clientId: vault.clientId },
      secrets: [
        storeSecret(backup.store, `${instance}-backup`),
        {
          name: cacheSecret,
          keys: [{ key: 'password', vaultSecret: `${instance}-cache-password` }],
        },
      ],
    }),
  ]
}

/** What the application may call. The others open their own gates. */
const rulesOf = ({ documents, partners }: DbisCoreParameters, instance: string) => {
  const { application, database, cache } = namesOf(instance)
  const rule = (name: string, to: object, ...ports: number[]) => ({
    name,
    from: { resource: application },
    to,
    ports: ports.map((port) => ({ port })),
  })
  const https = documents.kind === 's3' ? Number(new URL(documents.endpoint).port || 443) : 443
  const { network } = documents
  return [
    rule('database', { resource: database }, 5432),
    rule('cache', { resource: cache }, 6379, 26_379),
    ...(network === undefined ? [] : [rule('documents', { cidr: network }, https)]),
    // An account's clients sign in at Entra, which has no range of its own.
    ...(documents.kind === 'storage-account' ? [rule('sign-in', { internet: true }, 443)] : []),
    ...(network === undefined ? [rule('documents', { internet: true }, https)] : []),
    ...partners.map(({ name, network: cidr, port }) => rule(`to-${name}`, { cidr }, port)),
  ]
}

export const hsmBlocks: Blocks = ({ cluster, hsm }, instance) => {
  const { application, store, hsmSecret } = namesOf(instance)
  return [
    block(networkPolicies, 'hsm-rules', {
      ...on(cluster),
      rules: [
        {
          name: 'hsm',
          from: { resource: application },
          to: { cidr: hsm.network },
          ports: [{ port: hsm.port }],
        },
      ],
    }),
    block(externalSecretTemplate, 'hsm-secret', {
      ...on(cluster),
      store,
      secrets: [
        { name: hsmSecret, keys: [{ secretKey: 'pin', remoteKey: `${instance}-hsm-pin` }] },
      ],
    }),
  ]
}
