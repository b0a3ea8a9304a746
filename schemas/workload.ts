// Workload identity: tokens of other issuers that a service account's programs bring instead of a secret (RFC 8693).
import * as z from 'zod'
import { MemberId } from './member.ts'
import { Scope } from './principal.ts'
import { DisplayName } from './tenant.ts'

export const WorkloadId = z.string().regex(/^wkl_[a-z2-7]{20}$/)
export type WorkloadId = z.infer<typeof WorkloadId>

export const LIFETIME_SECONDS = { least: 60, default: 900, most: 3600 }
export const WORKLOADS_AT_MOST = 100

/** Said by fields of their own, or different in every token. */
const NOT_BOUND = new Set(['iss', 'aud', 'exp', 'iat', 'nbf', 'jti', 'nonce'])
const MACHINERY = new Set(Object.getOwnPropertyNames(Object.prototype))

/** A claim at the top of the token: a name with a dot would be read as a path by half of the world. */
export const ClaimName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_:/-]{0,99}$/, 'the name of a claim at the top of the token, no path')
  .refine((name) => !NOT_BOUND.has(name), 'a claim that says who the workload is')
  .refine((name) => !MACHINERY.has(name), 'the name of a claim')

/** Compared as it is. */
export const ClaimValue = z
  .string()
  .min(1)
  .max(500)
  .regex(
    /^[^\s\p{Cc}\p{Cf}*](?:[^\p{Cc}\p{Cf}*]*[^\s\p{Cc}\p{Cf}*])?$/u,
    'an exact value, without wildcards',
  )

export const WorkloadClaims = z
  .record(ClaimName, ClaimValue)
  .refine((claims) => Object.keys(claims).length > 0, 'at least one claim besides iss and aud')
  .refine((claims) => Object.keys(claims).length <= 10, 'at most ten claims')
export type WorkloadClaims = z.infer<typeof WorkloadClaims>

/** As `iss` says it, to the character (OpenID Connect Discovery 1.0 §3). */
export const WorkloadIssuer = z
  .url({ protocol: /^https?$/ })
  .max(500)
  .regex(/^[a-z]+:\/\/[^\s?#@\\]+$/, 'an https address without query, fragment or user')

export const Audience = z
  .string()
  .max(500)
  .regex(/^[\x21-\x7e]+$/, 'printable ASCII without spaces')

/** Issuers that sign for the whole world: without one of these claims anybody there could come. */
const SHARED_ISSUERS: Record<string, readonly string[]> = {
  'https://token.actions.githubusercontent.com': [
    ...['sub', 'repository', 'repository_id', 'repository_owner', 'repository_owner_id'],
    ...['workflow_ref', 'enterprise', 'enterprise_id'],
  ],
  'https://gitlab.com': ['sub', 'project_id', 'project_path', 'namespace_id', 'namespace_path'],
  'https://accounts.google.com': ['sub', 'email', 'azp'],
  'https://agent.buildkite.com': ['sub', 'organization_id', 'organization_slug', 'pipeline_id'],
  'https://app.terraform.io': ['sub', 'terraform_organization_id', 'terraform_workspace_id'],
}

export const CreateWorkload = z
  .strictObject({
    name: DisplayName,
    /** Id or handle. */
    serviceAccount: MemberId,
    issuer: WorkloadIssuer,
    /** Absent: the tenant's own address in this API. */
    audience: Audience.optional(),
    /** Each claim must have exactly this value; of a list, one member must. */
    claims: WorkloadClaims,
    /** Absent: all of the service account. */
    scopes: z.array(Scope).min(1).max(Scope.options.length).optional(),
    /** Of the tokens; never beyond the end of the token that was brought. */
    lifetimeSeconds: z
      .int()
      .min(LIFETIME_SECONDS.least)
      .max(LIFETIME_SECONDS.most)
      .default(LIFETIME_SECONDS.default),
  })
  .superRefine(({ issuer, claims }, context) => {
    const needed = Object.hasOwn(SHARED_ISSUERS, issuer) ? SHARED_ISSUERS[issuer] : undefined
    if (needed === undefined || needed.some((name) => Object.hasOwn(claims, name))) return
    context.addIssue({
      code: 'custom',
      path: ['claims'],
      message: `This issuer signs for everybody: name one of ${needed.join(', ')}.`,
    })
  })
export type CreateWorkload = z.infer<typeof CreateWorkload>

export const WorkloadView = z.strictObject({
  id: WorkloadId,
  name: z.string(),
  serviceAccount: MemberId,
  issuer: z.string(),
  audience: z.string(),
  claims: z.record(z.string(), z.string()),
  scopes: z.array(Scope),
  lifetimeSeconds: z.int(),
  createdAt: z.iso.datetime(),
  createdBy: z.string(),
  /** The tenant was restored from a backup after it was made: its tokens are refused until an owner confirms it. */
  setAside: z.boolean(),
})
export type WorkloadView = z.infer<typeof WorkloadView>

/** What to fill in for the issuers that most people have. */
export const WORKLOAD_PRESETS = [
  {
    name: 'GitHub Actions',
    issuer: 'https://token.actions.githubusercontent.com',
    audience: 'the default; the job asks for it: `core.getIDToken(audience)`',
    claims: { sub: 'repo:octo-org/octo-repo:ref:refs/heads/main' },
    note: 'Its tokens live for about five minutes, and so do ours. `job_workflow_ref` alone binds nobody: others may call the same workflow.',
  },
  {
    name: 'Kubernetes',
    issuer: 'what `kubectl get --raw /.well-known/openid-configuration` says, if it is public',
    audience: 'the default, as the audience of a projected service account token',
    claims: { sub: 'system:serviceaccount:my-namespace:my-account' },
    note: 'AKS, EKS and GKE have public issuers. A cluster of one’s own needs its discovery documents on a public address.',
  },
  {
    name: 'Azure (Entra ID)',
    issuer: 'https://login.microsoftonline.com/<directory id>/v2.0',
    audience: 'the application id of an app registration: Entra gives no other audience',
    claims: { oid: '<object id of the managed identity or service principal>' },
    note: 'Set `requestedAccessTokenVersion` of the app registration to 2; tokens of version 1 have the issuer https://sts.windows.net/<directory id>/.',
  },
] as const
