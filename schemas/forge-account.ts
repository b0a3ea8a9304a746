// Whose an account on the forge is: the proofs that a member brings, and what is shown of one.
import * as z from 'zod'
import { MemberId } from './member.ts'

/** As GitHub writes logins, those of managed users (`name_company`) too. No robot's has only these characters. */
export const ForgeLogin = z
  .string()
  .regex(/^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,62}[A-Za-z0-9])?$/, 'letters, digits and hyphens, 1 to 64')

export const ForgeChallengeId = z.string().regex(/^fch_[a-z2-7]{26}$/)

/** Namespace of the signature (`ssh-keygen -Y sign -n`): one made for anything else proves nothing here. */
export const FORGE_ACCOUNT_NAMESPACE = 'phoenix-forge-account'

export const NewForgeChallenge = z.strictObject({ login: ForgeLogin })
export type NewForgeChallenge = z.infer<typeof NewForgeChallenge>

export const ForgeChallenge = z.strictObject({
  id: ForgeChallengeId,
  /** To be signed, with the line end at its end. */
  text: z.string(),
  namespace: z.literal(FORGE_ACCOUNT_NAMESPACE),
  /** For a shell: writes the text and signs it. */
  commands: z.array(z.string()),
  expiresAt: z.iso.datetime(),
})
export type ForgeChallenge = z.infer<typeof ForgeChallenge>

export const LinkForgeAccount = z.strictObject({
  challenge: ForgeChallengeId,
  /** What `ssh-keygen -Y sign` wrote. */
  signature: z.string().min(1).max(8_000),
})
export type LinkForgeAccount = z.infer<typeof LinkForgeAccount>

export const ForgeAccountView = z.strictObject({
  member: MemberId,
  login: z.string(),
  method: z.enum(['oauth', 'signature']),
  provedAt: z.iso.datetime(),
})
export type ForgeAccountView = z.infer<typeof ForgeAccountView>

const https = z.url({ protocol: /^https?$/ }).max(500)
/** The environment's `FORGE_OAUTH`: an OAuth application of the forge. */
export const ForgeOAuth = z.strictObject({
  clientId: z.string().min(1).max(200),
  clientSecret: z.string().min(1).max(200),
  authorizeUrl: https,
  tokenUrl: https,
})
export type ForgeOAuth = z.infer<typeof ForgeOAuth>
