// What people do for the data of dbis_core: replication, migrations, and the way to documents.
import {
  DocumentReadBack,
  Migrated,
  Replicating,
  SecretsInVault,
} from '../../../schemas/tasks/dbis-core.ts'
import { documentKeys } from './data.ts'
import { namesOf } from './names.ts'
import { type DbisCoreTask, SCOPE, SECURITY } from './tasks.ts'

const DATABASE = 'the database administrator'

export const databaseTasks: DbisCoreTask[] = [
  {
    id: 'replication',
    title: 'Confirm replicas and backups',
    owner: DATABASE,
    when: 'after',
    after: [],
    inputs: Replicating,
    steps: ({ name }) => [
      `\`kubectl cnpg status ${namesOf(name).database}\` shows the primary, and every replica as streaming.`,
      `\`kubectl get backups\` shows a completed one of ${namesOf(name).database}; the log is archived as it is written, which is more often than hourly.`,
      'Report primary, replicas, the backup and the last archived WAL.',
    ],
    source: `${SCOPE}, critical path 1`,
  },
  {
    id: 'migrations',
    title: 'Run the Prisma migrations',
    owner: DATABASE,
    when: 'after',
    after: ['replication'],
    inputs: Migrated,
    steps: ({ name }) => {
      const { database, databaseSecret } = namesOf(name)
      return [
        `Open a way to the primary: \`kubectl port-forward service/${database}-rw 5432\`.`,
        `Take user and password from the Secret ${databaseSecret} into \`DATABASE_URL\`, with the host localhost and \`sslmode=require\`; do not write it anywhere.`,
        'At the tag to be deployed: `npx prisma migrate deploy`, then `npx prisma migrate status` says that the schema is up to date.',
        '`find prisma/migrations -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum` is the folder’s digest.',
        'Report Prisma’s version, how many are applied, that none is pending, and the digest.',
      ]
    },
    source: `${SCOPE}, deployment stack; database setup and migrations`,
  },
]

export const documentTasks: DbisCoreTask[] = [
  {
    id: 'documents-identity',
    title: 'Make the application’s identity for documents',
    owner: SECURITY,
    when: 'before',
    after: [],
    inputs: SecretsInVault,
    steps: ({ name, parameters: { documents, vault } }) => [
      documents.kind === 's3'
        ? `Make a user of the bucket ${documents.bucket} who may read and write objects, nothing more.`
        : 'Register an application in Entra with a client secret: `az ad app create`, `az ad sp create`.',
      `Put into the vault ${vault.name}: ${documentKeys(documents.kind)
        .map((key) => `${name}-documents-${key}`)
        .join(', ')}.`,
      'Report the vault and these names.',
    ],
    source: `${SCOPE}, storage`,
  },
  {
    id: 'documents-access',
    title: 'Write a document and read it back',
    owner: 'the storage operator',
    when: 'after',
    after: [],
    inputs: DocumentReadBack,
    steps: ({ parameters: { documents } }) =>
      documents.kind === 's3'
        ? [
            `\`aws s3 cp probe s3://${documents.bucket}/probe --endpoint-url ${documents.endpoint}\`, and back.`,
            'Report the bucket, and `sha256sum` of what was written and of what was read.',
          ]
        : [
            `Give the identity the role Storage Blob Data Contributor on ${documents.azureName}: \`az role assignment create\`.`,
            'From inside the network, as that identity: `az storage blob upload --auth-mode login`, then download it.',
            `Report the container ${documents.container}, and \`sha256sum\` of what was written and of what was read.`,
          ],
    source: `${SCOPE}, storage`,
  },
]
