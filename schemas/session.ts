// A person's sign-in, as the tenant sees it.
import * as z from 'zod'
import { MemberId } from './member.ts'

export const SessionView = z.strictObject({
  id: z.string(),
  member: MemberId,
  /** Name of the identity provider. */
  issuer: z.string(),
  createdAt: z.iso.datetime(),
  /** To the hour. */
  lastSeenAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  /** The one that asks. */
  current: z.boolean(),
})
export type SessionView = z.infer<typeof SessionView>

/** One's own sign-in, as one sees it without being in any tenant. */
export const OwnSession = SessionView.pick({
  ...{ id: true, issuer: true, createdAt: true, expiresAt: true },
})
export type OwnSession = z.infer<typeof OwnSession>
