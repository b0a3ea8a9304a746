// Template postgres: a PostgreSQL cluster by CloudNativePG, its object store for backups and the daily backup.
// It holds no credentials: the operator makes the owner's, the store's come from a Secret that is only named.
import { PostgresParameters } from '../schemas/parameters/postgres.ts'
import type { Template } from '../schemas/template.ts'
import { scopeOf } from './parts/object.ts'
import { demandOfPods } from './parts/pod-demand.ts'
import {
  backupStore,
  dailyBackup,
  followedStore,
  postgresCluster,
  postgresGates,
  postgresPods,
} from './parts/postgres.ts'

const NAME = 'postgres'

export const postgres: Template<PostgresParameters> = {
  name: NAME,
  version: '1.0.0',
  title: 'PostgreSQL',
  description:
    'A PostgreSQL cluster with replicas, daily backups and point-in-time recovery. ' +
    'Needs CloudNativePG 1.26 or later and its Barman Cloud plugin on the cluster.',
  kind: NAME,
  parameters: PostgresParameters,
  examples: [
    {
      title: 'Three instances, backed up to Azure',
      name: 'ledger',
      parameters: {
        instances: 3,
        cores: 8,
        memory: { value: 32, unit: 'GiB' },
        storage: { value: 500, unit: 'GB' },
        database: 'ledger',
        owner: 'ledger',
        backup: {
          store: {
            kind: 'azure-blob',
            account: 'dbisbackups',
            container: 'postgres',
            secret: 'backup-store',
          },
        },
      },
    },
    {
      title: 'A small one for trials, backed up to a bucket',
      name: 'trial-db',
      parameters: {
        instances: 1,
        nodes: 'preferred',
        cores: 1,
        memory: { value: 2, unit: 'GiB' },
        storage: { value: 10, unit: 'GiB' },
        walStorage: { value: 2, unit: 'GiB' },
        backup: {
          store: {
            kind: 's3',
            endpoint: 'https://objects.example.com',
            bucket: 'trials',
            secret: 'backup-store',
          },
          retentionDays: 7,
        },
      },
    },
  ],
  renders: ['Cluster', 'ObjectStore', 'ScheduledBackup', 'NetworkPolicy'],
  cluster: ({ cluster }) => cluster,
  demand: (name, parameters) => demandOfPods(postgresPods(name, parameters)),
  findings: () => [],
  render: (input) => {
    const { name, parameters } = input
    const scope = scopeOf(NAME, input)
    return [
      {
        wave: 40,
        name,
        objects: [
          backupStore(scope, parameters.backup),
          ...followedStore(scope, parameters),
          postgresCluster(scope, parameters),
          dailyBackup(scope, parameters.backup),
          ...postgresGates(scope, parameters),
        ],
      },
    ]
  },
}
