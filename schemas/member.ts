// Members of a tenant: people and machines, with their roles. Ids are pseudonyms; what is personal is kept apart.
import * as z from 'zod'
import { Slug } from './ids.ts'
import { Scope, TenantRole } from './principal.ts'

/**
 * `usr_…` people, `svc_…` machines; `usr_operator` is whoever has the installation's first token. A plain word for those who
 * were there before members had ids.
 */
export const MemberId = z
  .string()
  .regex(/^(?:(?:usr|svc)_[a-z2-7]{20}|usr_operator|[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?)$/)
export type MemberId = z.infer<typeof MemberId>

/** `operator` is given in the operators' own tenant only. */
export const MemberRole = z.union([TenantRole, z.literal('operator')])
export type MemberRole = z.infer<typeof MemberRole>

export const MemberRoles = z
  .array(MemberRole)
  .min(1)
  .max(6)
  .refine((roles) => new Set(roles).size === roles.length, 'each role once')

export const PersonName = z
  .string()
  .min(1)
  .max(120)
  .regex(/^[\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N} .,'’()-]*$/u, 'letters, digits and plain punctuation')
export const Email = z.email().max(254)

/** Personal data; sealed at rest, exported and erased on request. */
export const Profile = z.strictObject({ name: PersonName.optional(), email: Email.optional() })
export type Profile = z.infer<typeof Profile>

/** Whom an identity provider vouches for. */
export const SignIn = z.strictObject({
  /** Configured name or address of the identity provider. */
  issuer: z.string().min(1).max(500),
  /** What it calls the person: the claim `sub`, or `oid` where that is configured. */
  subject: z
    .string()
    .min(1)
    .max(255)
    .regex(/^[\x21-\x7e]+$/),
})
export type SignIn = z.infer<typeof SignIn>

/** A person before his first sign-in. */
export const CreateMember = z.strictObject({
  handle: Slug,
  roles: MemberRoles,
  name: PersonName.optional(),
  email: Email.optional(),
  /** Who he is when he signs in; absent: he does not. */
  signIn: SignIn.optional(),
})
export type CreateMember = z.infer<typeof CreateMember>

/** What a machine may be: it never approves, and never decides about people. */
export const ServiceRole = TenantRole.extract(['requester', 'auditor'])
export const CreateServiceAccount = z.strictObject({
  handle: Slug,
  roles: z.array(ServiceRole).min(1).max(2),
})
export type CreateServiceAccount = z.infer<typeof CreateServiceAccount>

export const UpdateMember = z
  .strictObject({
    handle: Slug.optional(),
    roles: MemberRoles.optional(),
    name: PersonName.nullable().optional(),
    email: Email.nullable().optional(),
    /** For operators, where he does not sign in yet. */
    signIn: SignIn.optional(),
  })
  .refine((fields) => Object.values(fields).some((field) => field !== undefined), 'name a field')
export type UpdateMember = z.infer<typeof UpdateMember>

export const MemberView = z.strictObject({
  id: MemberId,
  /** What people call him here; null once erased. */
  handle: z.string().nullable(),
  kind: z.enum(['person', 'service']),
  roles: z.array(MemberRole),
  state: z.enum(['active', 'removed', 'erased']),
  /** Whether he can sign in with an identity provider. */
  signsIn: z.boolean(),
  /** His account on the forge, where he has proved that it is his. */
  forgeLogin: z.string().nullable(),
  createdAt: z.iso.datetime(),
  createdBy: z.string(),
  endedAt: z.iso.datetime().nullable(),
})
export type MemberView = z.infer<typeof MemberView>

/** One member with what is personal of him; for himself, owners and admins. */
export const MemberDetail = MemberView.extend({
  name: z.string().nullable(),
  email: z.string().nullable(),
})
export type MemberDetail = z.infer<typeof MemberDetail>

/** Who the caller is. */
export const Me = z.strictObject({
  tenant: Slug,
  member: MemberId,
  handle: z.string().nullable(),
  person: z.boolean(),
  roles: z.array(MemberRole),
  scopes: z.array(Scope),
  /** Id of the token or session, `oidc`, or `operator`. */
  credential: z.string(),
})
export type Me = z.infer<typeof Me>
