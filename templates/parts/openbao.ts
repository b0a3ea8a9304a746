// Values of OpenBao's chart: servers that keep one log (raft), unsealed by a key in Azure that they reach as a
// workload identity. Sources: github.com/openbao/openbao-helm 0.29.2; openbao.org, "Azure Key Vault seal",
// "Declarative audit devices"; openbao/go-kms-wrapping, azurekeyvault.go.
import type { OpenbaoConfig, OpenbaoValues } from '../../schemas/charts/openbao.ts'
import type { VaultParameters } from '../../schemas/parameters/vault.ts'
import type { Manifest, PodDemand } from '../../schemas/template.ts'
import { allowIn, allowOut, OWN_PODS, podsOfNamespace } from './network-policy.ts'
import type { Scope } from './object.ts'
import { podsOf } from './pod.ts'
import { podDemand } from './pod-demand.ts'
import { amountsOf, quantity, resourcesOf } from './resources.ts'
import { restrictedContainer } from './restricted.ts'

const API = 8200
const PEERS = 8201
const OFF = { enabled: false } as const
/** Sealed or new is no reason to be killed: only a person can change the latter. */
const HEALTH = '/v1/sys/health?standbyok=true&sealedcode=204&uninitcode=204'

const fileOf = (secret: string, file: string): string => `/openbao/userconfig/${secret}/${file}`
/** One name for all: the certificate need not list the servers. */
const serverName = ({ tenant }: Scope): string => `openbao.${tenant}.svc`

const config = (scope: Scope, { replicas, unseal, tlsSecret }: VaultParameters): OpenbaoConfig => ({
  ui: false,
  listener: [
    {
      tcp: {
        address: '[::]:8200',
        cluster_address: '[::]:8201',
        tls_cert_file: fileOf(tlsSecret, 'tls.crt'),
        tls_key_file: fileOf(tlsSecret, 'tls.key'),
        tls_min_version: 'tls12',
        tls_disable_client_certs: true,
      },
    },
  ],
  storage: {
    raft: {
      path: '/openbao/data',
      retry_join: Array.from({ length: replicas }, (_, index) => ({
        leader_api_addr: `https://openbao-${index}.openbao-internal:${API}`,
        leader_ca_cert_file: fileOf(tlsSecret, 'ca.crt'),
        leader_tls_servername: serverName(scope),
      })),
    },
  },
  seal: [
    {
      azurekeyvault: {
        tenant_id: unseal.entraTenantId,
        vault_name: unseal.keyVault,
        key_name: unseal.key,
      },
    },
  ],
  audit: [
    {
      file: {
        'to-disk': {
          description: 'Every request and its answer',
          options: { file_path: '/openbao/audit/audit.log' },
        },
      },
    },
  ],
  service_registration: { kubernetes: {} },
})

const server = (scope: Scope, parameters: VaultParameters): OpenbaoValues['server'] => {
  const { replicas, unseal, tlsSecret, storageClass } = parameters
  const volume = (size: VaultParameters['storage']) => ({
    enabled: true as const,
    size: quantity(size),
    ...(storageClass === undefined ? {} : { storageClass }),
  })
  return {
    extraLabels: {
      'phoenix.cloud/resource': scope.resource,
      'azure.workload.identity/use': 'true',
    },
    serviceAccount: {
      annotations: {
        'azure.workload.identity/client-id': unseal.clientId,
        'azure.workload.identity/tenant-id': unseal.entraTenantId,
      },
    },
    authDelegator: { enabled: parameters.kubernetesAuth },
    resources: resourcesOf(amountsOf(parameters)),
    extraEnvironmentVars: {
      // Left to itself it would take the client id in its environment for a managed identity of the node.
      BAO_AZUREKEYVAULT_AUTH_METHOD: 'workload_identity',
      BAO_CACERT: fileOf(tlsSecret, 'ca.crt'),
      BAO_TLS_SERVER_NAME: serverName(scope),
    },
    extraVolumes: [{ type: 'secret', name: tlsSecret, defaultMode: 0o440 }],
    // The start script writes its configuration there, and nothing else may be written.
    volumes: [{ name: 'tmp', emptyDir: { sizeLimit: '64Mi' } }],
    volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
    livenessProbe: { enabled: true, path: HEALTH },
    statefulSet: {
      securityContext: { container: { ...restrictedContainer(), readOnlyRootFilesystem: true } },
    },
    dataStorage: volume(parameters.storage),
    auditStorage: volume(parameters.auditStorage),
    ha: {
      enabled: true,
      replicas,
      raft: {
        enabled: true,
        setNodeId: true,
        config: `${JSON.stringify(config(scope, parameters), null, 2)}\n`,
      },
    },
  }
}

export const openbao = (scope: Scope, parameters: VaultParameters): OpenbaoValues => ({
  global: { tlsDisable: false },
  injector: OFF,
  csi: OFF,
  ui: OFF,
  server: server(scope, parameters),
})

export const openbaoPods = (name: string, parameters: VaultParameters): PodDemand[] => {
  const { replicas, storage, auditStorage } = parameters
  return [
    podDemand(name, {
      count: replicas,
      containers: [amountsOf(parameters)],
      volumes: [quantity(storage), quantity(auditStorage)],
    }),
  ]
}

const tcp = (port: number) => ({ protocol: 'TCP' as const, port })

export const openbaoGates = (scope: Scope, { allowNamespaces }: VaultParameters): Manifest[] => {
  const pods = podsOf(scope.resource)
  const servers = { podSelector: { matchLabels: pods } }
  return [
    allowIn(scope, {
      name: 'clients',
      pods,
      peers: [OWN_PODS, ...allowNamespaces.map(podsOfNamespace)],
      ports: [tcp(API)],
    }),
    allowIn(scope, { name: 'peers', pods, peers: [servers], ports: [tcp(PEERS)] }),
    allowOut(scope, { name: 'to-peers', pods, peers: [servers], ports: [API, PEERS].map(tcp) }),
    // Key vault, Entra and the API server: none of their addresses is known here, and the first may be private.
    allowOut(scope, {
      name: 'control-and-key',
      pods,
      peers: [{ ipBlock: { cidr: '0.0.0.0/0' } }],
      ports: [443, 6443].map(tcp),
    }),
  ]
}
