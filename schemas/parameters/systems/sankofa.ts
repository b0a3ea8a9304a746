// Parameters of the system Sankofa Phoenix: how large, where, under which names, and which charts it installs for the
// cluster. Secrets are names of Secrets; every `.example` name is a stand-in (RFC 2606) that must be replaced.
import * as z from 'zod'
import { HostName, Slug } from '../../ids.ts'
import { ApplianceVmParameters } from '../appliance-vm.ts'
import { ArgocdParameters } from '../argocd.ts'
import { CertificateParameters } from '../certificate.ts'
import { DnsHost } from '../dns-name.ts'
import { K3sClusterParameters } from '../k3s-cluster.ts'
import { MonitoringParameters } from '../monitoring.ts'
import { OperatorsParameters } from '../operators.ts'
import { ContainerImage, SecretKeyRef } from '../pod.ts'
import { PostgresParameters } from '../postgres.ts'
import { VaultParameters } from '../vault.ts'
import { SecretName, StorageClass } from '../workload.ts'

const k3s = K3sClusterParameters.shape
const postgres = PostgresParameters.shape

const image = (name: string) =>
  ContainerImage.default(`registry.sankofa.example/sankofa/${name}:1.0.0`).describe(
    'A stand-in: give the image of your registry, best by digest',
  )

/** Charts have one release per tenant and cluster: off where another system of the tenant installed them. */
const Install = z
  .strictObject({
    certManager: z.boolean().default(true).describe('cert-manager, for the operators'),
    operators: z
      .boolean()
      .default(true)
      .describe('CloudNativePG with its backup plugin, and what `operators` adds'),
    crossplane: z.boolean().default(true),
    argocd: z
      .boolean()
      .default(true)
      .describe(
        'Takes over an Argo CD of the same chart and names, as a cluster that Argo CD follows has; false: leave it alone',
      ),
    monitoring: z.boolean().default(true).describe('Prometheus, Grafana and Loki'),
    vault: z.boolean().default(true).describe('The store of secrets (OpenBao)'),
  })
  .prefault({})
  .describe('What is installed for the whole cluster')

const { externalSecrets, redis, azure } = OperatorsParameters.shape
const Operators = z
  .strictObject({
    externalSecrets,
    redis,
    argoRollouts: z
      .boolean()
      .default(true)
      .describe('Argo Rollouts, for blue-green deployments of other systems'),
    azure,
  })
  .prefault({})
  .describe('Operators beside CloudNativePG, here for the other systems of the tenant')

/** Nginx proxy and Cloudflare tunnel: the source may mean those of loc_az_hci. */
const InfrastructureVms = z
  .strictObject({
    site: ApplianceVmParameters.shape.site.default('r630-01'),
    ingressAddress: z
      .ipv4()
      .default('192.168.11.70')
      .describe(
        'Address that answers for the applications in plain HTTP, without sending to https',
      ),
    cloudflaredSha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .optional()
      .describe('Of the release of cloudflared; without it the tunnel’s machine waits'),
  })
  .describe(
    'An Nginx proxy and a Cloudflare tunnel of its own. Absent: those of loc_az_hci serve, since the source counts them there too',
  )

/** Ends are those of the template vault. Without them the servers stay sealed. */
const Unseal = z
  .strictObject({
    keyVault: VaultParameters.shape.unseal.shape.keyVault.default('sankofa-unseal'),
    key: VaultParameters.shape.unseal.shape.key.default('openbao-unseal'),
    entraTenantId: VaultParameters.shape.unseal.shape.entraTenantId.default(
      '00000000-0000-4000-8000-000000000001',
    ),
    clientId: VaultParameters.shape.unseal.shape.clientId.default(
      '00000000-0000-4000-8000-000000000002',
    ),
  })
  .prefault({})
  .describe('Key in Azure that unseals the vault; the ids are stand-ins that must be replaced')

/** Names of up to this many labels and characters still take `argocd.` in front. */
const MOST_LABELS = 10
const Domain = DnsHost.max(246).refine(
  (domain) => domain.split('.').length <= MOST_LABELS,
  `at most ${MOST_LABELS} labels`,
)

export const SankofaParameters = z
  .strictObject({
    cluster: Slug.optional().describe(
      'Cluster whose Cluster API and Crossplane make the machines; absent: the only one there is',
    ),
    workloadCluster: Slug.optional().describe(
      'Cluster that carries database and platform: the dedicated one, once it is registered and the tenant has its base there. Absent: the same as cluster',
    ),
    size: z
      .enum(['minimum', 'maximum'])
      .default('minimum')
      .describe('Which end of the source’s ranges machines and databases get'),
    kubernetes: z
      .enum(['dedicated', 'shared'])
      .default('dedicated')
      .describe(
        'dedicated: a K3s cluster of its own on Proxmox, as the source has it. shared: a cluster that exists',
      ),
    workers: z.int().min(5).max(50).default(5).describe('Workers of the dedicated cluster'),
    sites: z
      .array(HostName)
      .min(1)
      .max(16)
      .default(['r630-01', 'ml110-01'])
      .describe(
        'Sites of the dedicated cluster. All of its control plane is on the first, which therefore has shared storage or one host',
      ),
    endpoint: k3s.endpoint.default('192.168.11.62'),
    podCidr: k3s.podCidr.unwrap().default('10.44.0.0/16'),
    serviceCidr: k3s.serviceCidr.unwrap().default('10.45.0.0/16'),
    kubernetesVersion: k3s.version,
    vmTemplates: k3s.templates.default([
      { host: 'r630-01', vmId: 9000 },
      { host: 'ml110-01', vmId: 9001 },
    ]),
    proxmoxCredentials: k3s.credentials.default('proxmox-api'),
    databaseReplicas: z.int().min(2).max(8).default(2).describe('Beside the primary'),
    postgresVersion: postgres.version,
    storageClass: StorageClass,
    backup: postgres.backup.prefault({
      store: {
        kind: 's3',
        endpoint: 'https://objects.sankofa.example',
        bucket: 'sankofa-postgres',
        secret: 'sankofa-backup-store',
      },
    }),
    domain: Domain.default('sankofa.example').describe(
      'The frontend’s name; api., portal., id. and argocd. stand before it. The default is a stand-in',
    ),
    tlsSecret: SecretName.default('sankofa-tls').describe(
      'Secret with tls.crt and tls.key for the domain and the names before it, where no issuer is given',
    ),
    issuer: CertificateParameters.shape.issuer
      .optional()
      .describe('Who certifies the names; absent: tlsSecret exists'),
    ingress: z
      .strictObject({
        className: HostName.default('traefik'),
        controllerNamespace: HostName.default('traefik'),
      })
      .optional()
      .describe('Leads the names of frontend, API and portal to them; absent: no ingress'),
    tunnel: z
      .strictObject({
        id: z.uuid().describe('Id of the tunnel, as cloudflared tunnel create answered'),
        credentials: SecretKeyRef.describe('Its credentials file (JSON), in a Secret'),
      })
      .optional()
      .describe(
        'Connectors of a Cloudflare tunnel in the cluster, for the same names; absent: none',
      ),
    images: z
      .strictObject({ api: image('api'), frontend: image('frontend'), portal: image('portal') })
      .prefault({})
      .describe('What the applications run'),
    pullSecret: SecretName.optional().describe('Secret of the registry; absent: none is needed'),
    portalSecret: SecretName.default('sankofa-portal').describe(
      'Secret with the keys nextauth-secret and client-secret (of the client portal in Keycloak)',
    ),
    proxmoxLogin: SecretKeyRef.default({ name: 'proxmox-login', key: 'credentials' }).describe(
      'Login of Crossplane’s provider to the Proxmox hosts',
    ),
    argocdLogin: ArgocdParameters.shape.login,
    grafanaSecret: SecretName.default('grafana-admin').describe(
      'Secret in the namespace monitoring with the keys admin-user and admin-password',
    ),
    alerts: MonitoringParameters.shape.alerts,
    vaultTlsSecret: SecretName.default('sankofa-vault-tls').describe(
      'Secret with tls.crt, tls.key and ca.crt for openbao.<namespace>.svc',
    ),
    unseal: Unseal,
    install: Install,
    operators: Operators,
    infrastructureVms: InfrastructureVms.optional(),
  })
  .refine(({ podCidr, serviceCidr }) => podCidr !== serviceCidr, {
    path: ['serviceCidr'],
    error: 'pods and Services need ranges of their own',
  })
export type SankofaParameters = z.infer<typeof SankofaParameters>
