// The phases of dbis_core: the source's timeline, cut where its critical path waits (database, HSM, regions, audit).
import type { DbisCoreParameters } from '../../../schemas/parameters/systems/dbis-core.ts'
import type { Phase } from '../../../schemas/system.ts'
import { applicationBlocks } from './application.ts'
import { cacheStorageBlocks, databaseBlocks, secondRegionBlocks } from './data.ts'
import { databaseTasks, documentTasks } from './data-tasks.ts'
import { auditTasks, regionTasks, testTasks } from './final-tasks.ts'
import { hsmBlocks, infrastructureBlocks, installBlocks } from './infrastructure.ts'
import { applicationTasks, hsmTasks, quotaTask, secretsTask } from './tasks.ts'

export const phases: Phase<DbisCoreParameters>[] = [
  {
    id: 'prerequisites',
    title: 'Prerequisites',
    duration: 'before everything else',
    needs: ['azure-subscription'],
    tasks: [quotaTask],
    blocks: installBlocks,
  },
  {
    id: 'infrastructure',
    title: 'Infrastructure: network policies and secrets',
    duration: '1-2 weeks',
    needs: ['operators', 'network-security', 'secret-vault', 'backup-store'],
    tasks: [secretsTask],
    blocks: infrastructureBlocks,
  },
  {
    id: 'database',
    title: 'Database, replication and migrations',
    duration: '3-5 days',
    needs: ['database-admin'],
    tasks: databaseTasks,
    blocks: databaseBlocks,
  },
  {
    id: 'hsm',
    title: 'HSM and keys',
    duration: 'part of a week of security hardening, once the module is there',
    needs: ['hsm'],
    tasks: hsmTasks,
    blocks: hsmBlocks,
  },
  {
    id: 'cache-storage',
    title: 'Cache and documents',
    duration: 'beside the database',
    after: ['infrastructure'],
    needs: [],
    tasks: documentTasks,
    blocks: cacheStorageBlocks,
  },
  {
    id: 'application',
    title: 'Application, load balancer and certificate',
    duration: '1 week',
    after: ['database', 'hsm', 'cache-storage'],
    needs: ['ci-cd'],
    tasks: applicationTasks,
    blocks: applicationBlocks,
  },
  {
    id: 'multi-region',
    title: 'Multi-region replication',
    duration: 'beside the application',
    after: ['hsm'],
    needs: [],
    tasks: regionTasks,
    cluster: ({ secondRegion }) => secondRegion?.cluster,
    blocks: secondRegionBlocks,
  },
  {
    id: 'audit',
    title: 'Security hardening and audit',
    duration: '1 week',
    after: ['application', 'multi-region'],
    needs: [],
    tasks: auditTasks,
    blocks: () => [],
  },
  {
    id: 'testing',
    title: 'Testing and validation',
    duration: '2 weeks',
    needs: ['iso-20022', 'fx-engine', 'cbdc', 'compliance'],
    tasks: testTasks,
    blocks: () => [],
  },
]
