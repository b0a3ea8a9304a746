// Clusters in Azure Arc and on AKS: what is asked for, what is shown, and the verbs by which the Functions are asked. GitOps on them
// is Microsoft.KubernetesConfiguration/fluxConfigurations of 2025-04-01 (learn.microsoft.com/rest/api/kubernetesconfiguration).
import * as z from 'zod'
import { ArmPending, AzureLocation, AzurePlace, longOf } from './arm.ts'
import type { Verbs } from './azure.ts'
import { FluxConfigurationName, FluxProperties, FluxSpec } from './flux.ts'
import { ChangeId, GitSha, Slug } from './ids.ts'

export const ArcClusterId = z.string().regex(/^acl_[a-z2-7]{26}$/)
export const FluxConfigurationId = z.string().regex(/^flx_[a-z2-7]{26}$/)
export const ARC_CLUSTERS_AT_MOST = 100
export const FLUX_CONFIGURATIONS_AT_MOST = 20
/** By it a cluster in Azure is known as ours. */
export const CLUSTER_TAG = 'phoenix-cluster'
/** A fault: what has the name in Azure has not this tag. */
export const FOREIGN = 'tags'

/**
 * `waiting`: Azure has not taken it yet. `connecting`: it has, and its agents have not been heard of. `removing`: Azure has not said
 * yet that it is gone. `error`: Azure refuses it; `fault` says what.
 */
export const ArcClusterState = z.enum([
  ...(['waiting', 'connecting', 'connected', 'offline', 'expired', 'error'] as const),
  ...(['removing', 'removed'] as const),
])
export type ArcClusterState = z.infer<typeof ArcClusterState>

/** Compliance as Azure tells it; `drifted`: what stands in Azure is not what its file in Git says. */
export const FluxState = z.enum([
  ...(['pending', 'compliant', 'non-compliant', 'suspended', 'unknown', 'drifted'] as const),
  ...(['error', 'removing', 'removed'] as const),
])
export type FluxState = z.infer<typeof FluxState>

export const ArcClusterName = z
  .string()
  .regex(/^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?$/, 'letters, digits, _ and -, 1 to 63')
export const Distribution = z.enum([
  ...(['generic', 'k3s', 'rke2', 'kind', 'microk8s', 'openshift', 'rancher_rke'] as const),
])
export const ArcKind = z.enum(['connected', 'managed'])
export type ArcKind = z.infer<typeof ArcKind>

export const CreateArcCluster = z.strictObject({
  /** In Azure. */
  name: ArcClusterName,
  /** Of the cluster here: its files are below clusters/<cluster> and rendered/<cluster>. */
  cluster: Slug,
  /** `connected`: it stands elsewhere and gets agents; `managed`: it is an AKS cluster of the tenant's resource group. */
  kind: ArcKind.default('connected'),
  distribution: Distribution.default('generic'),
  /**
   * What does not stand in Azure is connected by Microsoft's chart, with a key that Phoenix registers; or by Microsoft's command line
   * (`az connectedk8s connect`), which registers one of its own and refuses what is registered already. Absent: the chart. No default
   * stands here, as it would change the fingerprint of what was asked before there was a choice.
   */
  connectBy: z.enum(['chart', 'cli']).optional(),
})
export type CreateArcCluster = z.infer<typeof CreateArcCluster>

const Said = z.string().max(200).nullable()
export const ArcClusterRemote = z.strictObject({
  /** Of an AKS cluster: its power state. */
  connectivityStatus: z.string().max(100),
  provisioningState: z.string().max(100),
  agentVersion: Said,
  kubernetesVersion: Said,
  totalNodeCount: z.int().nullable(),
  lastConnectivityTime: Said,
  /** The agents' certificate; they renew it while they are connected. */
  certificateExpires: Said,
  distribution: Said,
})
export type ArcClusterRemote = z.infer<typeof ArcClusterRemote>

export const ArcClusterView = z.strictObject({
  id: ArcClusterId,
  name: z.string(),
  cluster: z.string(),
  kind: ArcKind,
  distribution: z.string().nullable(),
  state: ArcClusterState,
  /** Its id in Azure Resource Manager. */
  resourceId: z.string(),
  remote: ArcClusterRemote.nullable(),
  readAt: z.iso.datetime().nullable(),
  /** Code or field that Azure names; null: it refuses nothing. */
  fault: z.string().nullable(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  /** What happens next, or what stays to be done by somebody. */
  next: z.string(),
})
export type ArcClusterView = z.infer<typeof ArcClusterView>

/** For whoever connects the cluster by the chart. Shown once: it has the agents' private key, which is kept nowhere. */
export const ConnectBundle = z.strictObject({
  /** Values of the chart azure-arc-k8sagents, as YAML. Holds the private key. */
  values: z.string(),
  /** What to run where `kubectl` and `helm` reach the cluster, with the values in a file of their own. */
  script: z.string(),
})
export type ConnectBundle = z.infer<typeof ConnectBundle>
export const MadeArcCluster = z.strictObject({
  cluster: ArcClusterView,
  /**
   * Null: it was shown in the first answer under this Idempotency-Key, or the cluster needs none; what connects it by the command line
   * is in its `next`. POST …/keys makes another.
   */
  connect: ConnectBundle.nullable(),
})
export type MadeArcCluster = z.infer<typeof MadeArcCluster>

export const FluxObject = z.strictObject({
  name: z.string().max(300),
  namespace: z.string().max(300),
  kind: z.string().max(100),
  complianceState: z.string().max(100),
  /** The kustomization that applied it. */
  appliedBy: Said,
  message: z.string().max(500).nullable(),
})
export type FluxObject = z.infer<typeof FluxObject>
export const FLUX_OBJECTS_AT_MOST = 200

/** As Azure told last. */
export const FluxStatus = z.strictObject({
  complianceState: z.string().max(100),
  provisioningState: z.string().max(100),
  errorMessage: z.string().max(500).nullable(),
  /** Out of `sourceSyncedCommitId`. */
  syncedCommit: GitSha.nullable(),
  sourceUpdatedAt: Said,
  statusUpdatedAt: Said,
  objects: z.array(FluxObject).max(FLUX_OBJECTS_AT_MOST),
  /** Fields in which what stands in Azure is not what its file in Git says. */
  differs: z.array(z.string().max(200)).max(50),
})
export type FluxStatus = z.infer<typeof FluxStatus>

export const FluxConfigurationView = z.strictObject({
  id: FluxConfigurationId,
  arcCluster: ArcClusterId,
  name: z.string(),
  state: FluxState,
  spec: FluxSpec,
  /** Its file in the tenant's repository, and the commit of `live` at which that was read; null: made by an earlier release, and in no file. */
  file: z.string().nullable(),
  commit: GitSha.nullable(),
  /** The change that wrote the file. */
  change: ChangeId.nullable(),
  status: FluxStatus.nullable(),
  /**
   * What the synced commit is here: the change that made it, and whether it is what `live` says now; null: nothing of this tenant
   * was promoted yet.
   */
  applied: z
    .strictObject({ commit: GitSha, change: z.string().nullable(), isLive: z.boolean().nullable() })
    .nullable(),
  readAt: z.iso.datetime().nullable(),
  /** `absent`, `denied`, `unreachable` and such, with the code or field that Azure names; null: nothing is wrong. */
  fault: z.string().nullable(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
})
export type FluxConfigurationView = z.infer<typeof FluxConfigurationView>

const cluster = { place: AzurePlace, kind: ArcKind, name: ArcClusterName }
const flux = { ...cluster, configuration: FluxConfigurationName }
const Found = z.strictObject({
  /** What its tag says; null: it has none of ours. */
  cluster: ArcClusterId.nullable(),
  remote: ArcClusterRemote,
})
const PutFlux = z.strictObject({ ...flux, properties: FluxProperties })
export type PutFlux = z.infer<typeof PutFlux>

const path = (verb: string) => `/api/arc/${verb}`
export const clusterVerbs = {
  /** Conflict: what has this name there is not this cluster. The same key again changes nothing. */
  connect: {
    path: path('clusters/connect'),
    input: z.strictObject({
      ...{ place: AzurePlace, name: ArcClusterName, cluster: ArcClusterId },
      location: AzureLocation,
      agentPublicKey: z.base64().max(2_000),
      distribution: Distribution,
    }),
    output: longOf(ArcClusterRemote),
  },
  /** Null: there is none of the name. */
  readCluster: {
    path: path('clusters/read'),
    input: z.strictObject(cluster),
    output: z.strictObject({ found: Found.nullable() }),
  },
  /** Only what is connected: an AKS cluster is never deleted from here. */
  removeCluster: {
    path: path('clusters/remove'),
    input: z.strictObject({ place: AzurePlace, name: ArcClusterName, cluster: ArcClusterId }),
    output: longOf(z.null()),
  },
  /** The extension microsoft.flux, where it is not there. */
  ensureFlux: {
    path: path('flux/extension'),
    input: z.strictObject(cluster),
    output: longOf(z.null()),
  },
  putFlux: { path: path('flux/put'), input: PutFlux, output: longOf(FluxStatus) },
  readFlux: {
    path: path('flux/read'),
    input: PutFlux,
    output: z.strictObject({ found: FluxStatus.nullable() }),
  },
  removeFlux: {
    path: path('flux/remove'),
    input: z.strictObject(flux),
    output: longOf(z.null()),
  },
  /** Work that went on. */
  followArc: {
    path: path('clusters/follow'),
    input: z.strictObject({ ...cluster, pending: ArmPending }),
    output: longOf(z.null()),
  },
} as const satisfies Verbs
