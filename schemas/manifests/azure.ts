// What we emit of Azure Service Operator's kinds, exactly. Whatever would open or weaken a resource has no
// place in these shapes, so that no template can render it: public networks, keys, purging, old TLS.
import * as z from 'zod'
import { AzureLocation } from '../parameters/azure.ts'
import { subnetTarget } from './azure-reference.ts'
import { ObjectName, SecretKey } from './words.ts'

export const AzureName = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,88}[a-z0-9])?$/)
/** Another object of the same namespace: ASO knows no other owner by name. */
export const owner = z.strictObject({ name: ObjectName })
export const tags = z.strictObject({
  'managed-by': z.literal('phoenix'),
  'phoenix-tenant': ObjectName,
  'phoenix-resource': ObjectName,
  'phoenix-template': ObjectName,
})
export const inGroup = { azureName: AzureName, location: AzureLocation, owner, tags }
const days = z.int().min(1).max(365)
const Enabled = z.strictObject({ enabled: z.literal(true) })
/** Where ASO writes what is not secret: one key of a ConfigMap. */
export const MapKey = SecretKey
const EnabledOrNot = z.enum(['Enabled', 'Disabled'])

const pool = {
  type: z.literal('VirtualMachineScaleSets'),
  osType: z.literal('Linux'),
  osSKU: z.literal('Ubuntu'),
  vmSize: z.string().regex(/^Standard_[A-Za-z0-9_]+$/),
  count: z.int().min(1).max(1000),
  availabilityZones: z.tuple([z.literal('1'), z.literal('2'), z.literal('3')]),
  osDiskType: z.literal('Managed'),
  osDiskSizeGB: z.int().min(64).max(2048),
  enableNodePublicIP: z.literal(false),
  upgradeSettings: z.strictObject({ maxSurge: z.literal('33%') }),
  vnetSubnetReference: subnetTarget.optional(),
  nodeTaints: z.array(z.string().max(200)).min(1).optional(),
}
const version = z.string().regex(/^1\.[0-9]{2}$/)
const poolName = z.string().regex(/^[a-z][a-z0-9]{0,11}$/)

const ManagedCluster = z.strictObject({
  ...inGroup,
  dnsPrefix: ObjectName,
  sku: z.strictObject({ name: z.literal('Base'), tier: z.enum(['Free', 'Standard']) }),
  kubernetesVersion: version.optional(),
  identity: z.strictObject({ type: z.literal('SystemAssigned') }),
  aadProfile: z.strictObject({
    managed: z.literal(true),
    enableAzureRBAC: z.literal(true),
    adminGroupObjectIDs: z.array(z.guid()).min(1).optional(),
  }),
  disableLocalAccounts: z.literal(true),
  enableRBAC: z.literal(true),
  apiServerAccessProfile: z.union([
    z.strictObject({ enablePrivateCluster: z.literal(true) }),
    z.strictObject({
      enablePrivateCluster: z.literal(false),
      authorizedIPRanges: z.array(z.cidrv4()).min(1),
    }),
  ]),
  networkProfile: z.strictObject({
    networkPlugin: z.literal('azure'),
    networkPluginMode: z.literal('overlay'),
    networkDataplane: z.literal('cilium'),
    networkPolicy: z.literal('cilium'),
    loadBalancerSku: z.literal('standard'),
    outboundType: z.literal('loadBalancer'),
  }),
  oidcIssuerProfile: Enabled,
  securityProfile: z.strictObject({
    workloadIdentity: Enabled,
    imageCleaner: z.strictObject({ enabled: z.literal(true), intervalHours: z.int() }),
  }),
  autoUpgradeProfile: z.strictObject({
    upgradeChannel: z.literal('patch'),
    nodeOSUpgradeChannel: z.literal('NodeImage'),
  }),
  storageProfile: z.strictObject({ diskCSIDriver: Enabled, snapshotController: Enabled }),
  agentPoolProfiles: z
    .array(z.strictObject({ name: poolName, mode: z.literal('System'), ...pool }))
    .length(1),
  operatorSpec: z.strictObject({
    configMaps: z.strictObject({ oidcIssuerProfile: MapKey }),
  }),
})

const ManagedClustersAgentPool = z.strictObject({
  azureName: poolName,
  owner,
  mode: z.literal('User'),
  ...pool,
  orchestratorVersion: version.optional(),
  nodeLabels: z.record(z.string(), z.string()).optional(),
  tags,
})

const FlexibleServer = z
  .strictObject({
    ...inGroup,
    tags: tags.extend({ environment: z.enum(['dev', 'stage', 'prod']) }),
    version: z.enum(['14', '15', '16']),
    sku: z.strictObject({
      name: z.string().regex(/^Standard_[A-Za-z0-9_]+$/),
      tier: z.enum(['Burstable', 'GeneralPurpose', 'MemoryOptimized']),
    }),
    administratorLogin: z.string().regex(/^[a-z][a-z0-9_]{0,62}$/),
    administratorLoginPassword: SecretKey,
    storage: z.strictObject({
      storageSizeGB: z.int().min(32).max(4096),
      autoGrow: z.literal('Enabled'),
    }),
    backup: z.strictObject({
      backupRetentionDays: z.int().min(7).max(35),
      geoRedundantBackup: EnabledOrNot,
    }),
    highAvailability: z.strictObject({ mode: z.enum(['ZoneRedundant', 'Disabled']) }),
    network: z.strictObject({ publicNetworkAccess: z.literal('Disabled') }),
    operatorSpec: z.strictObject({
      configMaps: z.strictObject({ fullyQualifiedDomainName: MapKey }),
    }),
  })
  .refine(
    ({ tags: { environment }, highAvailability: { mode } }) =>
      environment !== 'prod' || mode === 'ZoneRedundant',
    { path: ['highAvailability', 'mode'] },
  )

const Vault = z.strictObject({
  ...inGroup,
  properties: z.strictObject({
    tenantId: z.guid(),
    sku: z.strictObject({ family: z.literal('A'), name: z.enum(['premium', 'standard']) }),
    enableRbacAuthorization: z.literal(true),
    enableSoftDelete: z.literal(true),
    softDeleteRetentionInDays: z.int().min(7).max(90),
    enablePurgeProtection: z.literal(true),
    publicNetworkAccess: z.literal('Disabled'),
    networkAcls: z.strictObject({
      defaultAction: z.literal('Deny'),
      bypass: z.enum(['AzureServices', 'None']),
    }),
  }),
})

const Registry = z.strictObject({
  ...inGroup,
  sku: z.strictObject({ name: z.literal('Premium') }),
  adminUserEnabled: z.literal(false),
  publicNetworkAccess: z.literal('Disabled'),
  networkRuleBypassOptions: z.literal('None'),
  dataEndpointEnabled: z.literal(true),
  zoneRedundancy: z.literal('Enabled'),
  policies: z.strictObject({
    exportPolicy: z.strictObject({ status: z.literal('disabled') }),
    retentionPolicy: z.strictObject({ status: z.literal('enabled'), days }).optional(),
  }),
})

const StorageAccount = z.strictObject({
  ...inGroup,
  kind: z.literal('StorageV2'),
  sku: z.strictObject({ name: z.enum(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS']) }),
  accessTier: z.enum(['Hot', 'Cool']),
  supportsHttpsTrafficOnly: z.literal(true),
  minimumTlsVersion: z.literal('TLS1_2'),
  allowBlobPublicAccess: z.literal(false),
  allowSharedKeyAccess: z.literal(false),
  allowCrossTenantReplication: z.literal(false),
  defaultToOAuthAuthentication: z.literal(true),
  publicNetworkAccess: z.literal('Disabled'),
  networkAcls: z.strictObject({ defaultAction: z.literal('Deny'), bypass: z.literal('None') }),
})

const SoftDelete = z.strictObject({ enabled: z.literal(true), days })

export const azureShapes = {
  ResourceGroup: { spec: z.strictObject({ azureName: AzureName, location: AzureLocation, tags }) },
  ManagedCluster: { spec: ManagedCluster },
  ManagedClustersAgentPool: { spec: ManagedClustersAgentPool },
  FlexibleServer: { spec: FlexibleServer },
  FlexibleServersDatabase: {
    spec: z.strictObject({
      azureName: z.string().regex(/^[a-z][a-z0-9_]{0,30}$/),
      owner,
      charset: z.literal('UTF8'),
      collation: z.literal('en_US.utf8'),
    }),
  },
  Vault: { spec: Vault },
  Registry: { spec: Registry },
  RegistryReplication: {
    spec: z.strictObject({
      ...inGroup,
      regionEndpointEnabled: z.literal(true),
      zoneRedundancy: z.literal('Enabled'),
    }),
  },
  StorageAccount: { spec: StorageAccount },
  StorageAccountsBlobService: {
    spec: z.strictObject({
      owner,
      isVersioningEnabled: z.literal(true),
      deleteRetentionPolicy: SoftDelete,
      containerDeleteRetentionPolicy: SoftDelete,
    }),
  },
  StorageAccountsBlobServicesContainer: {
    spec: z.strictObject({ azureName: AzureName, owner, publicAccess: z.literal('None') }),
  },
} satisfies Partial<Record<string, z.ZodRawShape>>
