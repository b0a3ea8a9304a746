// Cases of the policies on Azure’s services: vaults, databases, storage, clusters.
import type { Finding } from '../../schemas/plan.ts'
import type { RuleId } from '../../schemas/rules.ts'
import type { Manifest } from '../../schemas/template.ts'
import { bent, FILE, judged, objectOf, type PolicyCase } from './policies.fixture.ts'

const vault = () => objectOf('key-vault', 'Vault')
const server = () => objectOf('azure-postgres', 'FlexibleServer')
const aks = () => objectOf('aks-cluster', 'ManagedCluster')
const storage = (path = '', value?: unknown): Finding[] =>
  judged(
    ['StorageAccount', 'StorageAccountsBlobService', 'StorageAccountsBlobServicesContainer'].map(
      (kind) => {
        const object = objectOf('storage-account', kind)
        const [own, field = ''] = path.split(' ')
        return own === kind ? bent(object, field, value) : object
      },
    ),
  )

/** One field of an object that passes, bent. */
const field = (
  rule: RuleId,
  make: () => Manifest,
  [path, value, hint, pointer = `/${path}`]: [string, unknown, string, string?],
): PolicyCase => ({
  ...{ rule, what: `${path} ${value}`, file: FILE, pointer, hint },
  passes: () => judged(make()),
  fails: () => judged(bent(make(), path, value)),
})

const PROPERTIES = 'spec/properties'
const firewallRule = (startIpAddress: string): Manifest => ({
  apiVersion: 'dbforpostgresql.azure.com/v20240801',
  kind: 'FlexibleServersFirewallRule',
  metadata: { name: 'all', namespace: 'dbis' },
  spec: { startIpAddress, endIpAddress: '255.255.255.255' },
})

export const azureCases: PolicyCase[] = [
  field('KV-HARDENED', vault, [`${PROPERTIES}/enableSoftDelete`, false, 'soft delete']),
  field('KV-HARDENED', vault, [`${PROPERTIES}/enablePurgeProtection`, undefined, 'purge']),
  {
    ...{ rule: 'KV-HARDENED', what: 'public', file: FILE, hint: 'deny by default' },
    pointer: `/${PROPERTIES}/publicNetworkAccess`,
    // Denied by default is enough.
    passes: () => judged(bent(vault(), `${PROPERTIES}/publicNetworkAccess`, 'Enabled')),
    fails: () =>
      judged(
        bent(
          bent(vault(), `${PROPERTIES}/publicNetworkAccess`, 'Enabled'),
          `${PROPERTIES}/networkAcls/defaultAction`,
          'Allow',
        ),
      ),
  },
  field('PG-HA', server, ['spec/highAvailability/mode', 'SameZone', 'ZoneRedundant']),
  field('PG-HA', server, ['spec/backup/backupRetentionDays', 6, '7 days']),
  {
    ...{ rule: 'PG-HA', what: 'outside production it is a warning', file: FILE },
    ...{ pointer: '/spec/highAvailability/mode', hint: 'ZoneRedundant', severity: 'warn' },
    passes: () => judged(bent(server(), 'spec/tags/environment', 'dev')),
    fails: () =>
      judged(
        bent(
          bent(server(), 'spec/tags/environment', 'dev'),
          'spec/highAvailability/mode',
          'Disabled',
        ),
      ),
  },
  {
    ...{ rule: 'PG-HA', what: 'production by the request', file: FILE, hint: 'ZoneRedundant' },
    pointer: '/spec/highAvailability/mode',
    passes: () => judged(server(), { environment: 'prod' }),
    fails: () =>
      judged(bent(bent(server(), 'spec/tags', {}), 'spec/highAvailability/mode', 'Disabled'), {
        environment: 'prod',
      }),
  },
  {
    ...{ rule: 'PG-OPEN', what: 'open to everybody', file: FILE, hint: 'firewall rule' },
    pointer: '/spec/startIpAddress',
    passes: () => judged(firewallRule('192.0.2.1')),
    fails: () => judged(firewallRule('0.0.0.0')),
  },
  ...(
    [
      ['StorageAccount spec/supportsHttpsTrafficOnly', false, 'supportsHttpsTrafficOnly', FILE],
      ['StorageAccount spec/minimumTlsVersion', 'TLS1_1', 'TLS1_2', FILE],
      ['StorageAccount spec/allowBlobPublicAccess', undefined, 'allowBlobPublicAccess', FILE],
      [
        'StorageAccountsBlobService spec/isVersioningEnabled',
        false,
        'versioning',
        'rendered/core/70-x/1.yaml',
      ],
      [
        'StorageAccountsBlobService spec/deleteRetentionPolicy',
        { enabled: false },
        'soft delete',
        'rendered/core/70-x/1.yaml',
      ],
      [
        'StorageAccountsBlobServicesContainer spec/publicAccess',
        'Blob',
        'allowBlobPublicAccess',
        'rendered/core/70-x/2.yaml',
      ],
    ] as const
  ).map(
    ([path, value, hint, file]): PolicyCase => ({
      ...{ rule: 'STORAGE-TLS', what: path, file, hint, pointer: `/${path.split(' ')[1]}` },
      passes: () => storage(),
      fails: () => storage(path, value),
    }),
  ),
  {
    ...{ rule: 'STORAGE-TLS', what: 'no settings of blobs at all', file: FILE, pointer: '/spec' },
    hint: 'soft delete',
    passes: () => storage(),
    fails: () => judged(objectOf('storage-account', 'StorageAccount')),
  },
  field('AKS-HARDENED', aks, ['spec/aadProfile', undefined, 'Entra ID']),
  field('AKS-HARDENED', aks, ['spec/disableLocalAccounts', false, 'local accounts']),
  field('AKS-HARDENED', aks, ['spec/networkProfile/networkPlugin', 'kubenet', 'Azure CNI']),
  field('AKS-HARDENED', aks, ['spec/securityProfile/workloadIdentity', undefined, 'identity']),
  field('AKS-HARDENED', aks, [
    'spec/oidcIssuerProfile/enabled',
    false,
    'OIDC issuer',
    '/spec/securityProfile/workloadIdentity',
  ]),
]
