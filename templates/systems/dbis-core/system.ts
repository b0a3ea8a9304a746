// The system dbis_core: a core banking system with its database, cache, documents, HSM, and its central banks as tenants.
import {
  DbisCoreParameters,
  type DbisCoreParameters as Parameters,
} from '../../../schemas/parameters/systems/dbis-core.ts'
import type { System } from '../../../schemas/system.ts'
import { count, each, GB, TB } from '../size.ts'
import { tenantRequests } from './central-banks.ts'
import { components } from './components.ts'
import { phases } from './phases.ts'
import { prerequisites } from './prerequisites.ts'

export const dbisCore: System<Parameters> = {
  name: 'dbis_core',
  version: '1.0.0',
  title: 'DBIS Core Banking System',
  description:
    'Core banking for the DBIS and 33 central banks: a blue-green application, PostgreSQL with replicas, Redis, documents and an HSM.',
  durationWeeks: count(5, 7),
  requires: [],
  residency: ({ residency: { refused } }) => ({
    deny: refused,
    source: 'multi-region replication with the residency of each central bank',
  }),
  declaredTotals: each(count(32, 68), GB(104, 224), TB(1.6, 6.2)),
  components,
  prerequisites,
  parameters: DbisCoreParameters,
  examples: [
    { title: 'As the source describes it, at its least', parameters: {} },
    {
      title: 'At its most, over two regions, with nothing in the United States',
      parameters: {
        cluster: 'loc-mgmt',
        size: 'maximum',
        domain: 'core.dbis.example',
        partners: [{ name: 'iso-20022', network: '198.51.100.0/24', port: 8443 }],
        residency: { primary: 'eu', refused: ['us'] },
        secondRegion: {
          cluster: 'weu-aks',
          jurisdiction: 'ch',
          backup: {
            store: {
              kind: 's3',
              endpoint: 'https://objects.example.com',
              bucket: 'dbis-core-second',
              secret: 'dbis-core-second-backup',
            },
          },
          vault: 'dbis-core-second',
          clientId: '00000000-0000-4000-8000-000000000002',
        },
        centralBanks: [
          { slug: 'first-central-bank', name: 'First Central Bank', jurisdiction: 'eu' },
          { slug: 'second-central-bank', name: 'Second Central Bank', jurisdiction: 'ch' },
        ],
      },
    },
  ],
  phases,
  documents: { tenants: ({ parameters }) => tenantRequests(parameters) },
  source: 'Deployment Requirements Scope, section 1 and resource summary 1',
}
