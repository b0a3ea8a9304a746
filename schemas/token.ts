// API tokens of a tenant's members.
import * as z from 'zod'
import { MemberId } from './member.ts'
import { Scope } from './principal.ts'
import { DisplayName } from './tenant.ts'

export const SECONDS_OF_OVERLAP = { default: 86_400, most: 7 * 86_400 }

export const CreateToken = z.strictObject({
  name: DisplayName,
  /** Id or handle of the member. Absent: oneself. Owners and admins name a machine, the installation's own token anybody. */
  member: MemberId.optional(),
  /** Absent: all scopes of the member's roles. */
  scopes: z.array(Scope).min(1).max(Scope.options.length).optional(),
  expiresAt: z.iso.datetime().optional(),
})
export type CreateToken = z.infer<typeof CreateToken>

/** A new token in the place of this one, which goes on for the overlap. */
export const RotateToken = z.strictObject({
  overlapSeconds: z.int().min(0).max(SECONDS_OF_OVERLAP.most).default(SECONDS_OF_OVERLAP.default),
  expiresAt: z.iso.datetime().optional(),
})
export type RotateToken = z.infer<typeof RotateToken>

export const TokenView = z.strictObject({
  id: z.string(),
  name: z.string(),
  member: MemberId,
  scopes: z.array(Scope),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().nullable(),
  revokedAt: z.iso.datetime().nullable(),
  /** To the hour. */
  lastUsedAt: z.iso.datetime().nullable(),
  /** The token that takes its place. */
  rotatedTo: z.string().nullable(),
  /** The workload it was exchanged for. */
  workload: z.string().nullable(),
  /** The tenant was restored from a backup after it was made: refused until an owner confirms it. */
  setAside: z.boolean(),
})
export type TokenView = z.infer<typeof TokenView>
