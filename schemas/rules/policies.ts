// Policies on what is rendered: what a reviewer of manifests expects. Source of the set: Pod Security Standards
// (Kubernetes docs) and what each service's own hardening guide asks for.
import type { RuleTable } from '../rule.ts'

const EXCUSABLE = { excusable: true } as const

export const policiesRules = {
  'PSS-RESTRICTED': [
    'block',
    'A pod is less than restricted',
    'Namespaces of tenants enforce the Pod Security Standard “restricted”: the cluster would refuse the pod.',
    'Run as a numbered user that is not 0, drop all capabilities, forbid privilege escalation, set seccompProfile RuntimeDefault, and use no part of the host.',
    EXCUSABLE,
  ],
  'IMG-PINNED': [
    'block',
    'An image without a fixed version',
    'What `latest` is changes without a commit, so nobody has approved what runs.',
    'Name a tag other than latest, better a digest.',
    EXCUSABLE,
  ],
  'IMG-DIGEST': [
    'warn',
    'An image by tag alone',
    'Whoever may push to the registry can move a tag; a digest is the image itself.',
    'Name the image with its digest: repository:tag@sha256:….',
  ],
  'IMG-REGISTRY': [
    'warn',
    'An image from a registry that is not on the list',
    'Nobody here has looked at who may publish there.',
    'Copy the image to a registry on the list, or have an operator add this one.',
  ],
  'IMG-SIGNED': [
    'warn',
    'An image without a digest and a signature attestation',
    'Without both nobody can check who built what runs.',
    'Give the image by digest, and the reference of its signature attestation as `attestation`; it is kept in the pods’ annotation phoenix.cloud/attestation.',
  ],
  'RES-LIMITS': [
    'block',
    'A container without requests or limits',
    'Without them one container can take a node from everybody on it.',
    'Set requests and limits of cpu and memory.',
    EXCUSABLE,
  ],
  PROBES: [
    'warn',
    'A container that nobody looks after',
    'Without a readiness probe it gets requests too early, without a liveness probe it is never restarted.',
    'Give a liveness and a readiness probe.',
  ],
  REPLICAS: [
    'warn',
    'A single pod',
    'Each restart and each lost node is an outage.',
    'Ask for two pods or more, by `replicas` or an autoscaler’s minimum.',
  ],
  PDB: [
    'warn',
    'No disruption budget',
    'Emptying nodes one after the other may stop all pods at once.',
    'Render a PodDisruptionBudget that selects the pods.',
  ],
  'NET-DEFAULT-DENY': [
    'block',
    'The tenant’s namespace is not fenced',
    'Without default-deny in both directions every pod of the cluster can be reached, and reaches everything.',
    'Keep the policies default-deny and allow-dns of tenant-base, and open single ports to named peers.',
  ],
  'BASE-QUOTA': [
    'block',
    'The tenant’s namespace has no quota or no default limits',
    'Without a ResourceQuota and a LimitRange one tenant can take the whole cluster.',
    'Keep the quota and the container defaults of tenant-base.',
  ],
  'KV-HARDENED': [
    'block',
    'A key vault that can be emptied or reached',
    'Deleted keys must come back, and the public network must stay out.',
    'Enable soft delete and purge protection; switch the public network off, or deny by default.',
    EXCUSABLE,
  ],
  'PG-HA': [
    'block',
    'A database server without a second zone or without backups',
    'In production the loss of a zone must not lose the database. Outside production this is a warning.',
    'Set highAvailability ZoneRedundant and at least 7 days of backups.',
    {
      ...EXCUSABLE,
      arithmetic:
        'Standbys in another zone: {standbys} of 1. Backups are kept {days} days; at least {least} are asked for.',
    },
  ],
  'PG-OPEN': [
    'block',
    'A database server that everybody may knock at',
    'Azure reads 0.0.0.0 as whoever is in Azure, and a range from it as everybody, in any environment.',
    'Remove the firewall rule from 0.0.0.0, or let it begin with an address of yours.',
    EXCUSABLE,
  ],
  'STORAGE-TLS': [
    'block',
    'A storage account that is open or forgets',
    'Only HTTPS with TLS 1.2 or newer, no public blobs; what was deleted or overwritten must come back.',
    'Set supportsHttpsTrafficOnly, minimumTlsVersion TLS1_2, allowBlobPublicAccess false, and versioning with soft delete.',
    EXCUSABLE,
  ],
  'AKS-HARDENED': [
    'warn',
    'A cluster of AKS that is not hardened',
    'Local accounts and long-lived credentials pass by Entra ID.',
    'Use Entra ID, disable local accounts, and set the Azure CNI, the OIDC issuer and workload identity.',
  ],
  CHAIN: [
    'block',
    'The chain’s files contradict each other',
    'A node refuses a genesis that differs, and a peer that is not on its list.',
    'One chain id per chain, at least 4 validators, the same validators and nodes in every file, and a request timeout not below the block period.',
    {
      arithmetic:
        'Chain {chainId}: {validators} validators in the genesis >= {least}; request timeout {timeout} s >= block period {period} s',
    },
  ],
  'CHAIN-GENESIS': [
    'block',
    'The chain’s genesis cannot be read',
    'Validators are read back from its extraData: what names none starts no chain.',
    'This is a defect of the template: report it.',
  ],
  'DEPRECATED-API': [
    'block',
    'An API version that is unknown, a preview, or gone',
    'The cluster refuses it today or after its next upgrade.',
    'Use the stable version that the catalogue’s table names.',
  ],
  'ENGINE-UNIQUE': [
    'block',
    'Two engines on one cluster or one path',
    'Argo CD and Flux would undo each other for ever.',
    'Keep one engine for the cluster, and let one object lead to each path.',
  ],
} as const satisfies RuleTable
