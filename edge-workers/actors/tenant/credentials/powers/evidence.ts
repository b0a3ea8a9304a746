// What was signed with an approval by credential: for auditors, as long as the change is kept.
import { and, eq } from 'drizzle-orm'
import type { ApprovalEvidence } from '../../../../../schemas/presentation.ts'
import type { Principal } from '../../../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../../../schemas/result.ts'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import { commitsTo } from '../../../../credentials/approval-nonce.ts'
import type { TenantContext } from '../../context.ts'
import { openText } from '../issuer/secrets.ts'
import { findRequest } from '../presentations/rows.ts'
import { EVIDENCE } from '../presentations/settle.ts'
import { findCredential } from '../status/change.ts'

export const readApprovalEvidence = async (
  context: TenantContext,
  _who: Principal,
  { id, approval }: { id: string; approval: string },
): Promise<Result<ApprovalEvidence>> => {
  const { approvals } = tables
  const given = context.db
    .select()
    .from(approvals)
    .where(and(eq(approvals.id, approval), eq(approvals.changeId, id)))
    .get()
  const row = given?.presentationId ? findRequest(context.db, given.presentationId) : undefined
  const credential = row?.credentialId ? findCredential(context.db, row.credentialId) : undefined
  if (!given || !row?.about || row.evidence === null || !credential) return refuse('not-found')
  const { about, nonce } = row
  return ok({
    ...{ approval: given.id, change: id, subject: given.subject, presentation: row.id },
    ...{ at: given.at, voidedAt: given.voidedAt, voidReason: given.voidReason },
    ...{ about, nonce, commits: commitsTo(nonce, about) },
    credential: {
      ...{ id: credential.id, status: credential.status, expiresAt: credential.expiresAt },
    },
    presentation_token: JSON.parse(await openText(context, EVIDENCE, row.evidence)),
  })
}
