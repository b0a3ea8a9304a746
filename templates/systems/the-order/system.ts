// The system the_order: digital identity and verifiable credentials in Azure, West Europe, in the 15 phases of the source.
// Promotion: dev, stage and prod have each a vault and a database from the first phases on. Services run once per
// instance, for its environment; the next environment is another instance, given the same images.
import {
  type TheOrderParameters as Parameters,
  TheOrderParameters,
} from '../../../schemas/parameters/systems/the-order.ts'
import type { System } from '../../../schemas/system.ts'
import { count, each, GB, TB } from '../size.ts'
import { components } from './components.ts'
import { phases } from './phases.ts'
import { prerequisites } from './prerequisites.ts'

export const theOrder: System<Parameters> = {
  name: 'the_order',
  many: true,
  version: '1.0.0',
  title: 'The Order, digital identity and verifiable credentials',
  description:
    'Four services and two portals on AKS, with PostgreSQL, Key Vault, storage and registry in West Europe, behind a web application firewall.',
  durationWeeks: count(8, 12),
  requires: [],
  residency: { deny: ['us'], source: 'West Europe, no US regions' },
  declaredTotals: each(count(60, 156), GB(240, 480), TB(2.1, 8.5)),
  components,
  prerequisites,
  parameters: TheOrderParameters,
  examples: [
    { title: 'At the smaller end, on one cluster', parameters: { domain: 'order.example.org' } },
    {
      title: 'At the larger end, services on a new AKS cluster with everything that it needs',
      parameters: {
        size: 'maximum',
        cluster: 'loc-mgmt',
        workloadCluster: 'weu-aks',
        azurePrefix: 'orderexample',
        domain: 'order.example.org',
        registryReplicas: ['northeurope'],
        geoRedundantBackup: true,
        separateSystemPool: true,
        workflows: {
          'eidas-verification': {
            image: 'orderexampleimages.azurecr.io/the-order/eidas-verification:1.0.0',
          },
          'vc-issuance': { image: 'orderexampleimages.azurecr.io/the-order/vc-issuance:1.0.0' },
          'document-processing': {
            image: 'orderexampleimages.azurecr.io/the-order/document-processing:1.0.0',
          },
        },
        install: {
          certManager: true,
          externalSecrets: true,
          monitoring: true,
          openTelemetryOperator: true,
          ingressController: true,
          openSearch: true,
        },
      },
    },
    {
      title: 'The environment dev beside an instance the-order, behind an ingress controller',
      parameters: {
        environment: 'dev',
        base: 'the-order',
        entrance: 'ingress',
        internalPortal: 'published',
        domain: 'dev.order.example.org',
      },
    },
  ],
  phases,
  documents: {},
  source: 'Deployment Requirements Scope, section 5',
}
