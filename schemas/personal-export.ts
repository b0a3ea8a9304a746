// Everything a tenant holds about one member, for himself (GDPR, Article 15 and 20).
import * as z from 'zod'
import { CredentialView, IssuanceView } from './credential.ts'
import { MemberDetail } from './member.ts'
import { PresentationRequestView } from './presentation.ts'
import { SessionView } from './session.ts'
import { TokenView } from './token.ts'

export const PersonalExport = z.strictObject({
  schema: z.literal('phoenix.personal-export/v1'),
  tenant: z.string(),
  at: z.iso.datetime(),
  member: MemberDetail,
  tokens: z.array(TokenView),
  sessions: z.array(SessionView),
  /** What the tenant issued to him; what it says of him is with him alone. */
  credentials: z.array(CredentialView),
  /** What was offered to him, and what came of it. */
  issuances: z.array(IssuanceView),
  /** What he was asked to present, or asked of others; what was presented is not kept here. */
  presentations: z.array(PresentationRequestView),
  /** Steps in the tenant's log that carry his pseudonym. */
  steps: z.array(z.strictObject({ subject: z.string(), to: z.string(), at: z.iso.datetime() })),
})
export type PersonalExport = z.infer<typeof PersonalExport>
