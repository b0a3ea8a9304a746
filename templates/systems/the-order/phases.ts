// The 15 phases of the_order in the order of the source. What is in Azure goes to one cluster, what runs to another one.
import type { TheOrderParameters as Parameters } from '../../../schemas/parameters/systems/the-order.ts'
import type { Phase } from '../../../schemas/system.ts'
import { data, gateway, infrastructure, observability, registry } from './azure.ts'
import {
  backendTasks,
  buildTasks,
  infrastructureTasks,
  migrationTasks,
  secretTasks,
} from './tasks-delivery.ts'
import {
  azureTasks,
  dataTasks,
  entraTasks,
  prerequisiteTasks,
  registryTasks,
} from './tasks-foundation.ts'
import {
  frontendTasks,
  gatewayTasks,
  hardeningTasks,
  observabilityTasks,
  testTasks,
} from './tasks-operation.ts'
import {
  backend,
  frontend,
  infrastructureServices,
  routes,
  secretsOperator,
  workloadCluster,
} from './workloads.ts'

type OrderPhase = Phase<Parameters>
const hasGateway = ({ entrance }: Parameters): boolean => entrance === 'application-gateway'

const people = (
  id: string,
  title: string,
  duration: string,
  rest: Pick<OrderPhase, 'tasks'> & Partial<Pick<OrderPhase, 'needs'>>,
): OrderPhase => ({ id, title, duration, needs: [], blocks: () => [], ...rest })

const foundation: OrderPhase[] = [
  people('prerequisites', 'Prerequisites', '1-2 days', {
    needs: ['azure-subscription', 'entra-tenant', 'domain'],
    tasks: prerequisiteTasks,
  }),
  {
    id: 'azure-infra',
    title: 'Azure infrastructure: network, AKS and key vaults',
    duration: '4-6 weeks',
    needs: ['azure-quota', 'azure-operator', 'vault-reader'],
    tasks: azureTasks,
    blocks: infrastructure,
  },
  people('entra', 'Entra ID and Verified ID', '1-2 days', { tasks: entraTasks }),
  {
    id: 'data',
    title: 'Databases and storage',
    duration: '1-2 days',
    needs: [],
    tasks: dataTasks,
    blocks: data,
  },
  {
    id: 'registry',
    title: 'Container registry',
    duration: '1 day',
    needs: [],
    tasks: registryTasks,
    blocks: registry,
  },
  people('build', 'Build, package and sign', '2-4 hours', {
    needs: ['source-code'],
    tasks: buildTasks,
  }),
  people('migrations', 'Database migrations', '1-2 hours', { tasks: migrationTasks }),
]

const delivery: OrderPhase[] = [
  {
    id: 'secrets',
    title: 'Secrets',
    duration: '2-4 hours',
    needs: [],
    tasks: secretTasks,
    cluster: workloadCluster,
    blocks: secretsOperator,
  },
  {
    id: 'infra-services',
    title: 'Infrastructure services',
    duration: '1-2 days',
    needs: ['cluster-services'],
    tasks: infrastructureTasks,
    cluster: workloadCluster,
    blocks: infrastructureServices,
  },
  {
    id: 'backend',
    title: 'Backend services',
    duration: '2-4 days',
    needs: [],
    tasks: backendTasks,
    cluster: workloadCluster,
    blocks: backend,
  },
  {
    id: 'frontend',
    title: 'Frontend applications',
    duration: '1-2 days',
    needs: [],
    tasks: frontendTasks,
    cluster: workloadCluster,
    blocks: frontend,
  },
  {
    id: 'gateway',
    title: 'Networking and gateways',
    duration: '2-3 days',
    needs: [],
    tasks: gatewayTasks,
    cluster: (parameters) =>
      hasGateway(parameters) ? parameters.cluster : workloadCluster(parameters),
    blocks: (parameters, name) => (hasGateway(parameters) ? gateway : routes)(parameters, name),
  },
]

const confidence: OrderPhase[] = [
  {
    id: 'observability',
    title: 'Monitoring and observability',
    duration: '2-3 days',
    needs: [],
    tasks: observabilityTasks,
    blocks: observability,
  },
  people('testing', 'Testing and validation', '3-5 days', { tasks: testTasks }),
  people('hardening', 'Production hardening', '2-3 days', { tasks: hardeningTasks }),
]

export const phases: OrderPhase[] = [...foundation, ...delivery, ...confidence]
