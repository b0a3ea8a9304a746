// The shapes of every identifier. Ids are opaque to callers; only this file knows what is inside them.
import * as z from 'zod'

/** A DNS label: what Kubernetes, Proxmox and a branch name all accept. At most 40, so that suffixes fit in 63. */
export const Slug = z
  .string()
  .regex(/^[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?$/, 'lower-case letters, digits and hyphens, 1 to 40')
export type Slug = z.infer<typeof Slug>

/** Sites and hosts keep the names their owners gave them (`ml110-01`), still a DNS label. */
export const HostName = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, 'a DNS label')
export type HostName = z.infer<typeof HostName>

/** `ten_<jurisdiction>_<16 base32>`: the id says where the tenant's rows live. */
export const TenantId = z.string().regex(/^ten_[a-z]{2}_[a-z2-7]{16}$/)
export type TenantId = z.infer<typeof TenantId>

export const ChangeId = z.string().regex(/^chg_[a-z2-7]{26}$/)
export type ChangeId = z.infer<typeof ChangeId>

export const RolloutId = z.string().regex(/^rol_[a-z2-7]{26}$/)
export type RolloutId = z.infer<typeof RolloutId>

export const TokenId = z.string().regex(/^tok[a-z2-7]{16}$/)
export type TokenId = z.infer<typeof TokenId>

/** A commit or tree id of Git (SHA-1 repositories). */
export const GitSha = z.string().regex(/^[0-9a-f]{40}$/)
export type GitSha = z.infer<typeof GitSha>

/** `sha256:` and 64 hex digits. */
export const Digest = z.string().regex(/^sha256:[0-9a-f]{64}$/)
export type Digest = z.infer<typeof Digest>

/** 1 to 255 printable ASCII characters (Stripe's limit; draft-ietf-httpapi-idempotency-key-header). */
export const IdempotencyKey = z.string().regex(/^[\x21-\x7e]{1,255}$/)

/** Whose law holds: the European Union's for its members, otherwise the country's. Two letters, as tenant ids carry them. */
export const Jurisdiction = z.enum([
  ...(['eu', 'us', 'ch', 'uk', 'ae', 'sg', 'au', 'ca', 'jp', 'br'] as const),
  ...(['ar', 'cl', 'co', 'eg', 'hk', 'id', 'il', 'in', 'is', 'ke', 'kr', 'ma', 'mx'] as const),
  ...(['my', 'ng', 'no', 'nz', 'pe', 'ph', 'qa', 'sa', 'th', 'tr', 'tw', 'vn', 'za'] as const),
])
export type Jurisdiction = z.infer<typeof Jurisdiction>

/** ISO 3166-1 alpha-2, in lower case. */
export const Country = z.string().regex(/^[a-z]{2}$/, 'two lower-case letters (ISO 3166-1)')

/** Names a tenant cannot have: its namespace would be one that a cluster or Phoenix itself uses. */
const RESERVED = new Set([
  'argo-rollouts',
  'argocd',
  'azureserviceoperator-system',
  'cert-manager',
  'cnpg-system',
  'crossplane-system',
  'default',
  'external-secrets',
  'flux-system',
  'monitoring',
  'opentelemetry-operator-system',
  'platform',
  'redis-operator',
  'rook-ceph',
  'traefik',
  'velero',
])
export const isReservedSlug = (slug: string): boolean =>
  RESERVED.has(slug) || /^(kube|phoenix|openshift|azure)(-|$)/.test(slug)

/** The tenant that owns the platform repository; its people are the operators. The only reserved slug that one tenant has. */
export const PLATFORM_SLUG = 'platform'

/** Names of devices, with or without an extension: a Windows checkout cannot hold a file that is called so. */
export const isDeviceName = (name: string): boolean =>
  /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/i.test(name)
