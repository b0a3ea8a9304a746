// The system Sankofa Phoenix: database, Kubernetes, identity and the platform's applications, second after loc_az_hci.
// The source asks for a Kubernetes cluster before its first phase; making that one is a phase of its own here.
import {
  type SankofaParameters as Parameters,
  SankofaParameters,
} from '../../../schemas/parameters/systems/sankofa.ts'
import type { System } from '../../../schemas/system.ts'
import { count, each, GB, TB } from '../size.ts'
import { clusterBlocks, databaseBlocks, machineBlocks, workloadCluster } from './blocks.ts'
import { components } from './components.ts'
import { platformBlocks } from './platform.ts'
import { prerequisites } from './prerequisites.ts'
import { clusterTasks, databaseTasks, gitopsTasks, machineTasks, tenancyTasks } from './tasks.ts'
import { platformTasks } from './tasks-platform.ts'

export const sankofa: System<Parameters> = {
  name: 'sankofa',
  version: '1.0.0',
  title: 'Sankofa Phoenix',
  description:
    'The platform that orchestrates tenants’ chains: a Kubernetes cluster, PostgreSQL, Keycloak, Crossplane, Argo CD, monitoring, and its API, frontend and portal.',
  durationWeeks: count(7, 10),
  requires: ['loc_az_hci'],
  declaredTotals: each(count(84, 496), GB(216, 396), TB(6, 12)),
  components,
  prerequisites,
  parameters: SankofaParameters,
  examples: [
    {
      title: 'As the source describes it, at the least',
      parameters: { domain: 'sankofa.example.org' },
    },
    {
      title: 'At the most, on a cluster that exists, with ways in and proxies of its own',
      parameters: {
        size: 'maximum',
        kubernetes: 'shared',
        domain: 'sankofa.example.org',
        issuer: {
          type: 'acme',
          email: 'operations@example.org',
          challenge: {
            method: 'dns01-cloudflare',
            apiToken: { name: 'cloudflare-dns', key: 'api-token' },
          },
        },
        ingress: {},
        tunnel: {
          id: '0f5c1d2e-3a4b-4c5d-8e6f-7a8b9c0d1e2f',
          credentials: { name: 'sankofa-tunnel', key: 'credentials.json' },
        },
        infrastructureVms: {},
      },
    },
  ],
  phases: [
    {
      id: 'platform-cluster',
      title: 'Prerequisite: the Kubernetes cluster',
      duration: 'part of 2-3 weeks for database and infrastructure',
      needs: ['host-capacity', 'network-connectivity', 'cluster-api'],
      tasks: clusterTasks,
      blocks: clusterBlocks,
    },
    {
      id: 'database',
      title: 'Database setup',
      duration: '3-5 days',
      needs: ['tenant-base', 'backup-store'],
      tasks: databaseTasks,
      cluster: workloadCluster,
      blocks: databaseBlocks,
    },
    {
      id: 'kubernetes',
      title: 'Kubernetes deployment',
      duration: '1-2 weeks',
      needs: ['container-registry', 'unseal-key'],
      tasks: platformTasks,
      cluster: workloadCluster,
      blocks: platformBlocks,
    },
    {
      id: 'proxmox-vms',
      title: 'Proxmox VM deployment',
      duration: '1-2 weeks',
      needs: ['cloudflare-account'],
      tasks: machineTasks,
      cluster: workloadCluster,
      blocks: machineBlocks,
    },
    {
      id: 'gitops',
      title: 'GitOps setup',
      duration: '1 week',
      needs: [],
      tasks: gitopsTasks,
      blocks: () => [],
    },
    {
      id: 'multi-tenancy',
      title: 'Multi-tenancy setup',
      duration: '1 week',
      needs: [],
      tasks: tenancyTasks,
      blocks: () => [],
    },
  ],
  documents: {},
  source: 'Deployment Requirements Scope, section 4 and resource summary 4; System Architecture',
}
