// Parameters of the system the_order: where it stands, what its names begin with, which ends of the ranges, which options.
// A region can be any of Azure's; the system itself denies those of the United States (rule REGION-ALLOWED), and its
// tenant's residency the rest. Secrets are named only.

import * as z from 'zod'
import { Slug } from '../../ids.ts'
import { isUnique } from '../../unique.ts'
import { AksClusterParameters } from '../aks-cluster.ts'
import { ApplicationParameters, EnvironmentVariable } from '../application.ts'
import { AzureLocation, EntraId, hasPair } from '../azure.ts'
import { AzureMonitoringParameters } from '../azure-monitoring.ts'
import { SubscriptionId } from '../azure-reference.ts'
import { AcmeIssuer } from '../certificate.ts'
import { DnsHost } from '../dns-name.ts'
import { IngressParameters } from '../ingress.ts'
import { privateRange } from '../ip-range.ts'
import { OpenTelemetryCollectorParameters } from '../opentelemetry-collector.ts'
import { ContainerImage, PodPort } from '../pod.ts'
import { SecretName } from '../workload.ts'

const NOBODY = '00000000-0000-0000-0000-000000000000'
const PLACEHOLDER = 'The default is a placeholder: replace it'

export const ORDER_ENVIRONMENTS = ['dev', 'stage', 'prod'] as const
const Environment = z.enum(ORDER_ENVIRONMENTS)

const ImageVersion = z
  .string()
  .max(210)
  .regex(
    /^(?:(?!latest$)[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}(?:@sha256:[0-9a-f]{64})?|sha256:[0-9a-f]{64})$/,
    'a tag other than latest, or a digest sha256:…, or both as tag@sha256:…',
  )
  .default('0.1.0')
const Variables = z
  .array(EnvironmentVariable)
  .max(50)
  .refine((env) => isUnique(env.map(({ name }) => name)), 'each name only once')
  .default([])

const Workflow = z.strictObject({
  image: ContainerImage.describe('Image with the workflow, see the template logic-app'),
  storageSecret: SecretName.default('workflow-storage').describe(
    'Secret with the key connection-string, for runs and their history',
  ),
})

const Install = z.strictObject({
  certManager: z.boolean().default(false).describe('cert-manager, for certificates'),
  externalSecrets: z
    .boolean()
    .default(false)
    .describe('External Secrets, for what is in the vault'),
  monitoring: z.boolean().default(false).describe('Prometheus, Grafana and Loki'),
  openTelemetryOperator: z.boolean().default(false).describe('For the OpenTelemetry collector'),
  ingressController: z.boolean().default(false).describe('Traefik'),
  openSearch: z.boolean().default(false).describe('A search cluster: optional in the source too'),
})

/** What AKS gives pods and Services: a network that overlaps it is unreachable from inside. */
const TAKEN_RANGES = ['10.0.0.0/16', '10.244.0.0/16']

const where = {
  cluster: Slug.optional().describe(
    'Cluster whose Azure Service Operator makes the objects in Azure; absent: the only one there is',
  ),
  workloadCluster: Slug.optional().describe(
    'Cluster that runs services and portals: the AKS cluster, whose name Phoenix must know beforehand; absent: the same as cluster',
  ),
  environment: Environment.default('prod').describe(
    'Whose database and vault the services use. Promotion: the same images asked for again by an instance of the next environment',
  ),
  base: Slug.max(20)
    .optional()
    .describe(
      'Instance of this system whose network, cluster, vaults, databases and registry are used, for a second environment beside it; it must share azurePrefix and addressRange. Absent: its own are made',
    ),
  size: z
    .enum(['minimum', 'maximum'])
    .default('minimum')
    .describe('Which end of the source’s ranges is asked for'),
  location: AzureLocation.default('westeurope').describe(
    'Region of everything in Azure; never one of the United States',
  ),
  registryReplicas: z
    .array(AzureLocation)
    .max(5)
    .refine(isUnique, 'each at most once')
    .default([])
    .describe('Further regions with a copy of every image; empty: none'),
  acrGeoReplica: AzureLocation.optional().describe(
    'One further region with a copy of every image, beside registryReplicas',
  ),
}

const azure = {
  azurePrefix: z
    .string()
    .regex(/^[a-z][a-z0-9]{2,14}$/, 'lower-case letters and digits, 3 to 15')
    .default('theorder')
    .describe(
      `Begins the names that only one in all of Azure can have: vaults, servers, registry, storage. ${PLACEHOLDER}`,
    ),
  subscriptionId: SubscriptionId.default(NOBODY).describe(`Azure subscription. ${PLACEHOLDER}`),
  entraTenantId: EntraId.default(NOBODY).describe(`Entra tenant. ${PLACEHOLDER}`),
  vaultReader: EntraId.default(NOBODY).describe(
    `Client id of the identity that reads the vault, federated with the service account <name>-store-vault. ${PLACEHOLDER}`,
  ),
  addressRange: privateRange(16, 16)
    .refine((range) => !TAKEN_RANGES.includes(range), 'pods and Services of AKS have this one')
    .default('10.20.0.0/16')
    .describe('Of the virtual network; its subnets are cut from it'),
  kubernetesVersion: AksClusterParameters.shape.kubernetesVersion,
  administratorGroups: AksClusterParameters.shape.administratorGroups,
  authorizedIpRanges: AksClusterParameters.shape.authorizedIpRanges,
  separateSystemPool: z
    .boolean()
    .default(false)
    .describe('Three smaller nodes more, for the cluster’s own pods only'),
  standby: z
    .array(Environment)
    .refine(isUnique, 'each at most once')
    .default([...ORDER_ENVIRONMENTS])
    .describe(
      'Environments whose database has a standby in another zone; prod has one in any case',
    ),
  backupRetentionDays: z.int().min(7).max(35).default(35).describe('Of the databases'),
  geoRedundantBackup: z
    .boolean()
    .default(false)
    .describe('Copies of the backups in the region that Azure pairs with the location'),
  privateEndpoints: z
    .boolean()
    .default(true)
    .describe(
      'Addresses in the network for vaults, databases, storage and registry, which have no public ones. Optional in the source; false: somebody else makes them',
    ),
}

const entrance = {
  entrance: z
    .enum(['application-gateway', 'ingress'])
    .default('application-gateway')
    .describe(
      'application-gateway: a web application firewall in Azure before a controller inside; ingress: the controller by itself',
    ),
  domain: DnsHost.default('the-order.example').describe(
    `Public portal and issuer’s DID. ${PLACEHOLDER}`,
  ),
  internalPortal: z
    .enum(['inside', 'published'])
    .default('inside')
    .describe('Whether internal.<domain> is reached from the Internet too'),
  dnsZone: z.boolean().default(true).describe('A zone for the domain in Azure'),
  issuer: AcmeIssuer.default({
    type: 'acme',
    directory: 'letsencrypt',
    email: 'operations@the-order.example',
    challenge: {
      method: 'dns01-azure',
      subscriptionId: NOBODY,
      resourceGroup: 'dbis-the-order-dns',
      zone: 'the-order.example',
      managedIdentityClientId: NOBODY,
    },
  }).describe(
    `Who issues the certificates inside the cluster, and how the domain is proved. The zone of this system is in the group <tenant>-<name>-dns. ${PLACEHOLDER}`,
  ),
  ingressClass: IngressParameters.shape.ingressClass,
  controllerNamespace: IngressParameters.shape.controllerNamespace,
}

const workloads = {
  // With the image's name, tag and digest behind it the whole stays within an image reference's 400 characters.
  registry: DnsHost.max(150)
    .optional()
    .describe(
      'Login server of the registry; absent: the system’s own, <azurePrefix>images.azurecr.io',
    ),
  pullSecret: SecretName.optional().describe('Only for a registry that AKS has no role on'),
  images: z
    .strictObject({
      identity: ImageVersion,
      intake: ImageVersion,
      finance: ImageVersion,
      dataroom: ImageVersion,
      'portal-public': ImageVersion,
      'portal-internal': ImageVersion,
    })
    .prefault({})
    .describe(
      `Of <registry>/the-order/<name>: a tag, or better the digest that was signed. ${PLACEHOLDER}`,
    ),
  servicePort: PodPort.default(8080),
  portalPort: PodPort.default(3000),
  probes: ApplicationParameters.shape.probes,
  runAsUser: z.int().min(1).max(2_000_000_000).default(1000).describe('User id in all six images'),
  cpuReservedPercent: z
    .int()
    .min(10)
    .max(100)
    .default(50)
    .describe(
      'What a pod keeps for itself of the cores it may use. At 100 the source’s pods do not fit on the source’s nodes',
    ),
  env: z
    .strictObject({
      identity: Variables,
      intake: Variables,
      finance: Variables,
      dataroom: Variables,
      'portal-public': Variables,
      'portal-internal': Variables,
    })
    .prefault({})
    .describe('Environment besides what every workload is told; the same name replaces it'),
  workflows: z
    .strictObject({
      'eidas-verification': Workflow.optional(),
      'vc-issuance': Workflow.optional(),
      'document-processing': Workflow.optional(),
    })
    .prefault({})
    .describe('Logic apps, each optional'),
}

const watching = {
  exporters: OpenTelemetryCollectorParameters.shape.exporters
    .default([
      {
        kind: 'prometheusremotewrite',
        endpoint: 'http://kube-prometheus-stack-prometheus.monitoring.svc:9090/api/v1/write',
      },
    ])
    .describe('Where telemetry goes; add azuremonitor once Application Insights is there'),
  logRetentionDays: AzureMonitoringParameters.shape.retentionDays,
  receivers: AzureMonitoringParameters.shape.receivers
    .default([{ name: 'operations', email: 'operations@the-order.example' }])
    .describe(`Who is told of alerts. ${PLACEHOLDER}`),
  grafanaSecret: SecretName.default('grafana-admin').describe(
    'Secret in the namespace monitoring with the keys admin-user and admin-password',
  ),
  searchUsersSecret: SecretName.default('search-users').describe(
    'Secret with the users of OpenSearch, see the template opensearch',
  ),
  install: Install.prefault({}).describe(
    'What a whole cluster has once; false: it is there already',
  ),
}

export const TheOrderParameters = z
  .strictObject({ ...where, ...azure, ...entrance, ...workloads, ...watching })
  .refine(({ location, registryReplicas }) => !registryReplicas.includes(location), {
    path: ['registryReplicas'],
    error: 'the registry itself already stands in one of them',
  })
  .refine(({ location, acrGeoReplica }) => acrGeoReplica !== location, {
    path: ['acrGeoReplica'],
    error: 'the registry itself already stands there',
  })
  .refine(({ location, geoRedundantBackup }) => !geoRedundantBackup || hasPair(location), {
    path: ['geoRedundantBackup'],
    error: 'the region has no pair to keep a copy in',
  })
  .refine((all) => all.entrance === 'ingress' || all.issuer.challenge.method !== 'http01', {
    path: ['issuer', 'challenge'],
    error:
      'behind the gateway a domain is proved by DNS: the gateway trusts no backend before that',
  })
  .refine((all) => all.base === undefined || all.entrance === 'ingress', {
    path: ['entrance'],
    error: 'a gateway has its subnet for itself: beside another instance only ingress is possible',
  })
export type TheOrderParameters = z.infer<typeof TheOrderParameters>
