// KV-HARDENED, PG-HA, PG-OPEN, STORAGE-TLS, AKS-HARDENED: Azure Service Operator's objects, as they are written.
import type { Manifest } from '../../schemas/template.ts'
import type { PolicyContext } from './context.ts'
import { at, type Fields, type FileHit, fieldsOf, type Hit, type RenderedObject } from './walk.ts'

const BACKUP_DAYS_AT_LEAST = 7

type Judge = (spec: Fields, manifest: Manifest, context: PolicyContext) => Hit[]

const keyVault: Judge = (spec) => {
  const properties = fieldsOf(spec.properties)
  const closed =
    properties.publicNetworkAccess === 'Disabled' ||
    at(properties.networkAcls, 'defaultAction') === 'Deny'
  const faults: [boolean, string, string][] = [
    [
      properties.enableSoftDelete !== true,
      'enableSoftDelete',
      'What is deleted from the vault does not come back.',
    ],
    [
      properties.enablePurgeProtection !== true,
      'enablePurgeProtection',
      'The vault can be purged before its time.',
    ],
    [!closed, 'publicNetworkAccess', 'The vault is open to the public network.'],
  ]
  return hits('KV-HARDENED', '/spec/properties/', faults)
}

const aks: Judge = (spec) =>
  hits('AKS-HARDENED', '/spec/', [
    [at(spec.aadProfile, 'managed') !== true, 'aadProfile', 'Entra ID does not guard the cluster.'],
    [
      spec.disableLocalAccounts !== true,
      'disableLocalAccounts',
      'Local accounts pass by Entra ID.',
    ],
    [
      at(spec.networkProfile, 'networkPlugin') !== 'azure',
      'networkProfile/networkPlugin',
      'The network is not the Azure CNI.',
    ],
    [
      at(spec.securityProfile, 'workloadIdentity', 'enabled') !== true ||
        at(spec.oidcIssuerProfile, 'enabled') !== true,
      'securityProfile/workloadIdentity',
      'Pods have no workload identity.',
    ],
  ])

const storage: Judge = (spec) =>
  hits('STORAGE-TLS', '/spec/', [
    [
      spec.supportsHttpsTrafficOnly !== true,
      'supportsHttpsTrafficOnly',
      'The account answers without TLS.',
    ],
    [
      !['TLS1_2', 'TLS1_3'].includes(`${spec.minimumTlsVersion}`),
      'minimumTlsVersion',
      'The account takes TLS older than 1.2.',
    ],
    [
      spec.allowBlobPublicAccess !== false,
      'allowBlobPublicAccess',
      'Blobs of the account can be made public.',
    ],
  ])

const blobService: Judge = (spec) =>
  hits('STORAGE-TLS', '/spec/', [
    [spec.isVersioningEnabled !== true, 'isVersioningEnabled', 'What is overwritten is gone.'],
    [
      at(spec.deleteRetentionPolicy, 'enabled') !== true,
      'deleteRetentionPolicy',
      'What is deleted is gone.',
    ],
  ])

const blobContainer: Judge = (spec) =>
  hits('STORAGE-TLS', '/spec/', [
    [(spec.publicAccess ?? 'None') !== 'None', 'publicAccess', 'A container is public.'],
  ])

/** The object's own word comes before the request's: one plan may hold servers of several environments. */
const environmentOf = ({ metadata }: Manifest, spec: Fields, context: PolicyContext): unknown =>
  at(spec.tags, 'environment') ??
  metadata.labels?.['phoenix.cloud/environment'] ??
  context.environment

const postgres: Judge = (spec, manifest, context) => {
  const days = Number(at(spec.backup, 'backupRetentionDays') ?? 0)
  const mild =
    environmentOf(manifest, spec, context) === 'prod' ? {} : ({ severity: 'warn' } as const)
  const zones = hits('PG-HA', '/spec/', [
    [
      at(spec.highAvailability, 'mode') !== 'ZoneRedundant',
      'highAvailability/mode',
      'The server has no standby in another zone.',
    ],
  ])
  const kept = hits('PG-HA', '/spec/', [
    [days < BACKUP_DAYS_AT_LEAST, 'backup/backupRetentionDays', 'Backups are kept too few days.'],
  ])
  const standbys = zones.length === 0 ? 1 : 0
  const numbers = { standbys, days, least: BACKUP_DAYS_AT_LEAST }
  return [...zones, ...kept].map((hit) => ({ ...hit, numbers, ...mild }))
}

/** In any environment: Azure reads 0.0.0.0 as "whoever is in Azure", and a range from it as everybody. */
const firewallRule: Judge = (spec) =>
  hits('PG-OPEN', '/spec/', [
    [
      spec.startIpAddress === '0.0.0.0',
      'startIpAddress',
      'A firewall rule lets in addresses from 0.0.0.0 on.',
    ],
  ])

const hits = (
  rule: Hit['rule'],
  base: string,
  faults: readonly [broken: boolean, where: string, message: string][],
): Hit[] =>
  faults.flatMap(([broken, where, message]) =>
    broken ? [{ rule, pointer: `${base}${where}`, message }] : [],
  )

const JUDGES: Record<string, Judge> = {
  Vault: keyVault,
  ManagedCluster: aks,
  StorageAccount: storage,
  StorageAccountsBlobService: blobService,
  StorageAccountsBlobServicesContainer: blobContainer,
  FlexibleServer: postgres,
  FlexibleServersFirewallRule: firewallRule,
}

export const azure = (manifest: Manifest, context: PolicyContext): Hit[] =>
  manifest.apiVersion.includes('.azure.com/') && Object.hasOwn(JUDGES, manifest.kind)
    ? (JUDGES[manifest.kind]?.(fieldsOf(manifest.spec), manifest, context) ?? [])
    : []

/** Versions and soft delete are settings of an object of their own: an account without one has neither. */
export const blobServices = (objects: readonly RenderedObject[]): FileHit[] => {
  const served = new Set(
    objects
      .filter(({ manifest }) => manifest.kind === 'StorageAccountsBlobService')
      .map(({ manifest }) => at(manifest, 'spec', 'owner', 'name')),
  )
  return objects
    .filter(
      ({ manifest }) => manifest.kind === 'StorageAccount' && !served.has(manifest.metadata.name),
    )
    .map(({ path }) => ({
      rule: 'STORAGE-TLS',
      file: path,
      pointer: '/spec',
      message: 'The account keeps neither versions nor what was deleted.',
    }))
}
