// What keeps the data of dbis_core: database, cache, documents, and the database's replica in another region. Sizes come
// from the rows in components.ts.
import type { DbisCoreParameters } from '../../../schemas/parameters/systems/dbis-core.ts'
import { externalSecretTemplate } from '../../external-secret.ts'
import { postgres } from '../../postgres.ts'
import { privateEndpoint } from '../../private-endpoint.ts'
import { redis } from '../../redis.ts'
import { secretStoreTemplate } from '../../secret-store.ts'
import { storageAccount } from '../../storage-account.ts'
import { block } from '../block.ts'
import { SIZES } from './components.ts'
import { type Blocks, on, storeSecret } from './infrastructure.ts'
import { namesOf } from './names.ts'
import { sizesAt } from './sizes.ts'

/** The parameters that the databases of both regions share. */
const databaseParameters = ({ size, nodes, storageClass, database }: DbisCoreParameters) => ({
  ...sizesAt(SIZES.database, size),
  ...{ nodes, version: database.version, requireTls: true },
  ...{ database: 'dbis_core', owner: 'dbis_core' },
  ...(storageClass === undefined ? {} : { storageClass }),
})

export const databaseBlocks: Blocks = (parameters) => [
  block(postgres, 'db', {
    ...on(parameters.cluster),
    ...databaseParameters(parameters),
    instances: 1 + parameters.database.replicas,
    backup: parameters.backup,
  }),
]

/** Keys of the application's Secret for documents; in the vault they are `<instance>-documents-<key>`. */
export const documentKeys = (kind: DbisCoreParameters['documents']['kind']): string[] =>
  kind === 's3' ? ['access-key-id', 'secret-access-key'] : ['client-id', 'client-secret']

export const cacheStorageBlocks: Blocks = (parameters, instance) => {
  const { cluster, size, nodes, storageClass, cache, documents } = parameters
  const { store, cacheSecret, documentsSecret } = namesOf(instance)
  return [
    block(redis, 'cache', {
      ...on(cluster),
      ...sizesAt(SIZES.cache, size),
      ...{ nodes, instances: cache.instances, passwordSecret: cacheSecret },
      ...(storageClass === undefined ? {} : { storageClass }),
    }),
    ...documentBlocks(parameters, instance),
    block(externalSecretTemplate, 'documents-auth', {
      ...on(cluster),
      store,
      secrets: [
        {
          name: documentsSecret,
          keys: documentKeys(documents.kind).map((key) => ({
            secretKey: key,
            remoteKey: `${instance}-documents-${key}`,
          })),
        },
      ],
    }),
  ]
}

const documentBlocks: Blocks = ({ cluster, documents }, instance) => {
  if (documents.kind === 's3') return []
  const { location, azureName, redundancy, container, subnet } = documents
  return [
    block(storageAccount, 'documents', {
      ...on(cluster),
      ...{ location, azureName, redundancy, containers: [container] },
    }),
    ...(subnet === undefined
      ? []
      : [
          block(privateEndpoint, 'documents-net', {
            ...on(cluster),
            ...{ location, subnet },
            target: { service: 'storage-blob', resource: namesOf(instance).documents },
          }),
        ]),
  ]
}

/** Nothing without a second region. Its cluster has a vault of its own, and reads the first one's archive. */
export const secondRegionBlocks: Blocks = (parameters, instance) => {
  const { backup: first, vault, secondRegion } = parameters
  if (!secondRegion) return []
  const { cluster, instances, backup } = secondRegion
  return [
    block(secretStoreTemplate, 'secrets-second', {
      cluster,
      vault: secondRegion.vault,
      ...{ entraTenantId: vault.entraTenantId, clientId: secondRegion.clientId },
      secrets: [
        storeSecret(first.store, `${instance}-backup`),
        storeSecret(backup.store, `${instance}-backup-second`),
      ],
    }),
    block(postgres, 'db-second', {
      cluster,
      ...databaseParameters(parameters),
      ...{ instances, backup },
      replicaOf: { name: namesOf(instance).database, store: first.store },
    }),
  ]
}
