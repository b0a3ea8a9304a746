// What the_order runs: secrets from the vault, infrastructure services, four services, two portals, and the way in to
// them. Rendered to the cluster of the workloads.
import type { TheOrderParameters as Parameters } from '../../../schemas/parameters/systems/the-order.ts'
import type { Block } from '../../../schemas/system.ts'
import { application } from '../../application.ts'
import { certManager } from '../../cert-manager.ts'
import { certificate } from '../../certificate.ts'
import { ingress } from '../../ingress.ts'
import { ingressController } from '../../ingress-controller.ts'
import { logicApp } from '../../logic-app.ts'
import { monitoring } from '../../monitoring.ts'
import { networkPolicies } from '../../network-policies.ts'
import { openSearch } from '../../opensearch.ts'
import { openTelemetryCollector } from '../../opentelemetry-collector.ts'
import { openTelemetryOperator } from '../../opentelemetry-operator.ts'
import { operators } from '../../operators.ts'
import { secretStoreTemplate } from '../../secret-store.ts'
import { block } from '../block.ts'
import { environmentOf } from './environment.ts'
import {
  gatewayRange,
  hostsInside,
  imageOf,
  insideAddress,
  PORTALS,
  SECRETS,
  SERVICES,
  vaultName,
  WORKFLOWS,
  type Workload,
} from './names.ts'
import { portalRules, serviceRules } from './paths.ts'
import { ORDER_SIZES, podResources, replicasOf } from './sizes.ts'

type Blocks = (parameters: Parameters, name: string) => Block[]

export const workloadCluster = ({ cluster, workloadCluster }: Parameters): string | undefined =>
  workloadCluster ?? cluster

const on = (parameters: Parameters) => {
  const cluster = workloadCluster(parameters)
  return cluster === undefined ? {} : { cluster }
}

const when = (wanted: boolean, wantedBlock: () => Block): Block[] => (wanted ? [wantedBlock()] : [])

export const secretsOperator: Blocks = (parameters) =>
  when(parameters.install.externalSecrets, () =>
    block(operators, 'operators', { ...on(parameters), cloudNativePg: false, redis: false }),
  )

const clusterServices: Blocks = (parameters) => {
  const { install, size, grafanaSecret, ingressClass, entrance } = parameters
  const behindGateway = {
    exposure: 'azure-internal',
    address: insideAddress(parameters),
    trustedProxies: [gatewayRange(parameters)],
  }
  return [
    ...when(install.certManager, () => block(certManager, 'cert-manager', on(parameters))),
    ...when(install.monitoring, () =>
      block(monitoring, 'monitoring', {
        ...on(parameters),
        size: ORDER_SIZES[size].monitoring,
        grafana: { adminSecret: grafanaSecret },
      }),
    ),
    ...when(install.openTelemetryOperator, () =>
      block(openTelemetryOperator, 'telemetry-operator', {
        ...on(parameters),
        waitForCertManager: install.certManager,
      }),
    ),
    ...when(install.ingressController, () =>
      block(ingressController, 'entry', {
        ...on(parameters),
        ingressClass,
        ...(entrance === 'application-gateway' ? behindGateway : {}),
      }),
    ),
    ...when(install.openSearch, () =>
      block(openSearch, 'search', {
        ...on(parameters),
        usersSecret: parameters.searchUsersSecret,
      }),
    ),
  ]
}

export const infrastructureServices: Blocks = (parameters, name) => [
  ...clusterServices(parameters, name),
  block(secretStoreTemplate, 'store', {
    ...on(parameters),
    vault: vaultName(parameters, parameters.environment),
    entraTenantId: parameters.entraTenantId,
    clientId: parameters.vaultReader,
    secrets: Object.entries(SECRETS).map(([secret, keys]) => ({
      name: `${name}-${secret}`,
      keys: Object.entries(keys).map(([key, vaultSecret]) => ({ key, vaultSecret })),
    })),
  }),
  block(openTelemetryCollector, 'telemetry', {
    ...on(parameters),
    exporters: parameters.exporters,
  }),
]

const workload = (
  parameters: Parameters,
  name: string,
  id: Workload,
  { port, most }: { port: number; most: number },
): Block => {
  const { pullSecret, probes, runAsUser } = parameters
  return block(application, id, {
    ...on(parameters),
    image: imageOf(parameters, id),
    ...(pullSecret === undefined ? {} : { pullSecret }),
    ...{ port, probes, runAsUser },
    env: environmentOf(parameters, name, id),
    resources: podResources(parameters),
    replicas: replicasOf(parameters, most),
  })
}

export const backend: Blocks = (parameters, name) => [
  ...SERVICES.map((id) =>
    workload(parameters, name, id, { port: parameters.servicePort, most: 4 }),
  ),
  block(networkPolicies, 'service-paths', {
    ...on(parameters),
    rules: serviceRules(parameters, name),
  }),
  ...WORKFLOWS.flatMap((id) => {
    const workflow = parameters.workflows[id]
    return workflow === undefined
      ? []
      : [
          block(logicApp, id, {
            ...on(parameters),
            image: workflow.image,
            storage: { name: workflow.storageSecret, key: 'connection-string' },
          }),
        ]
  }),
]

/** Names of the cluster and their certificate. Identity answers for the issuer's DID and for callbacks of Verified ID. */
export const routes: Blocks = (parameters, name) => {
  const { ingressClass, controllerNamespace, servicePort, portalPort, issuer } = parameters
  const hosts = Object.entries(hostsInside(parameters))
  const identity = { service: `${name}-identity`, port: servicePort }
  return [
    block(certificate, 'portal-cert', {
      ...on(parameters),
      issuer,
      dnsNames: hosts.map(([, host]) => host),
    }),
    ...hosts.map(([portal, host]) =>
      block(ingress, portal.replace('portal', 'entry'), {
        ...on(parameters),
        ...{ ingressClass, controllerNamespace },
        hosts: [host],
        tlsSecret: `${name}-portal-cert-tls`,
        paths: [
          { path: '/', service: `${name}-${portal}`, port: portalPort },
          ...(portal === 'portal-public'
            ? [
                { path: '/.well-known', ...identity },
                { path: '/api/identity', ...identity },
              ]
            : []),
        ],
      }),
    ),
  ]
}

/** Behind a gateway the names are made with the portals: the gateway's phase is another cluster's, and opens them. */
export const frontend: Blocks = (parameters, name) => [
  ...PORTALS.map((id) => workload(parameters, name, id, { port: parameters.portalPort, most: 3 })),
  block(networkPolicies, 'portal-paths', {
    ...on(parameters),
    rules: portalRules(parameters, name),
  }),
  ...(parameters.entrance === 'application-gateway' ? routes(parameters, name) : []),
]
