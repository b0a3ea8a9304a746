// Asks an approver for the presentation that is his approval. What the nonce commits to is read here, once: whatever moves
// afterwards makes the answer worth nothing.
import { eq } from 'drizzle-orm'
import type {
  NewApprovalRequest,
  PresentationRequest,
} from '../../../../../schemas/presentation.ts'
import type { Principal } from '../../../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../../../schemas/result.ts'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import type { Versioned } from '../../../contracts.ts'
import { isByCredential } from '../../approvals.ts'
import { approvable } from '../../approve.ts'
import { type ChangeRow, readChangeRow, readPlanRow, type TenantContext } from '../../context.ts'
import type { Keyed } from '../../operation-inputs.ts'
import { stillTrue } from '../../reads.ts'
import { stillFits } from '../../room.ts'
import { APPROVER_CONFIGURATION, configurationOf } from '../issuer/configurations.ts'
import { issuerOf } from '../issuer/issuer.ts'
import { askedView, askPresentation } from '../presentations/ask.ts'
import { findRequest, type RequestRow } from '../presentations/rows.ts'
import { usableCredentials } from './members.ts'
import { offererOf } from './offerers.ts'

/** He has the change before him; a wallet is at hand or it is not. */
const SECONDS = 300

/** Also the way to ask for it, where an approval is refused for want of a credential. */
const askable = (context: TenantContext, who: Principal, change: ChangeRow): Result<null> => {
  for (const check of approvable(context.db, who, change)) if (!check.ok) return check
  if (!isByCredential(context.db, change))
    return refuse('wrong-state', {
      detail: 'The tenant’s rules ask for no credential here: approve it directly.',
    })
  const usable = usableCredentials(context, who.subject)
  if (usable.length === 0)
    return refuse('credential-required', {
      detail:
        'You hold no valid phoenix-approver credential: an owner or admin offers you one (POST …/credential-offers with your member id).',
    })
  const asked = [change.requester, ...change.behind]
  return usable.some((one) => !offererOf(context.db, one).some((by) => asked.includes(by)))
    ? ok(null)
    : refuse('separation-of-duties', {
        detail:
          'Whoever asked for this change offered you your phoenix-approver credential, and could have taken it himself: another owner has to offer you one.',
      })
}

/** As before any other approval. A merge is judged again as a whole before it is promoted. */
const stillStands = async (context: TenantContext, change: ChangeRow): Promise<Result<null>> => {
  if (change.mergeSha !== null) return ok(null)
  const current = await stillTrue(context, change)
  return current.ok ? stillFits(context, change) : current
}

const purposeOf = (context: TenantContext, change: ChangeRow): string => {
  const { action, template } = change.request
  const head = (change.commitSha ?? '').slice(0, 12)
  return `Approve a change of ${context.tenant().slug}: ${action} ${template} ${change.name}, revision ${change.revision}, head ${head}`
}

const versioned = (context: TenantContext, value: PresentationRequest) =>
  ok({ value, version: findRequest(context.db, value.id)?.version ?? 1 })

/** Refuses as an approval would be, and with `credential-required` whoever holds none. A repeat gives the same request. */
export const createApprovalRequest = async (
  context: TenantContext,
  who: Principal,
  { id, key: sent, fingerprint, body }: Keyed<NewApprovalRequest> & { id: string },
): Promise<Result<Versioned<PresentationRequest>>> => {
  const { presentationRequests: requests } = tables
  const key = `${who.subject} approval ${sent}`
  const before = context.db.select().from(requests).where(eq(requests.idempotencyKey, key)).get()
  if (before)
    return before.fingerprint === fingerprint
      ? versioned(context, await askedView(context, before))
      : refuse('idempotency-key-reused')
  const found = readChangeRow(context.db, id)
  if (!found) return refuse('not-found')
  const may = askable(context, who, found)
  if (!may.ok) return may
  if (body.headSha !== undefined && body.headSha !== found.commitSha)
    return refuse('wrong-state', { detail: 'That is not the head of the pull request now.' })
  const stands = await stillStands(context, found)
  if (!stands.ok) return stands
  await issuerOf(context)
  const vct = configurationOf(context.db, APPROVER_CONFIGURATION)?.vct
  const change = readChangeRow(context.db, id)
  if (!change || !vct) return refuse('not-found')
  const again = askable(context, who, change)
  if (!again.ok) return again
  const { reads } = readPlanRow(context.db, change).plan
  const asked = await askPresentation(context, {
    about: {
      ...{ changeId: id, revision: change.revision, reads, member: who.subject },
      ...{ headSha: change.commitSha ?? '', treeSha: change.treeSha ?? '' },
    },
    query: {
      credentials: [
        {
          ...{ id: 'approver', format: 'dc+sd-jwt', meta: { vct_values: [vct] } },
          claims: [{ path: ['member'] }, { path: ['tenant'] }],
        },
      ],
    },
    ...{ kind: 'approval', purpose: purposeOf(context, change), mode: body.mode },
    ...{ response: 'direct_post.jwt', seconds: SECONDS, createdBy: who.subject },
    ...{ key, fingerprint, sessionDigest: null },
  })
  return asked.ok ? versioned(context, asked.value) : asked
}

const isHis = (who: Principal, id: string, row: RequestRow | undefined): row is RequestRow =>
  row?.kind === 'approval' && row.about?.changeId === id && row.createdBy === who.subject

/** Only for whoever asked: it has the link that is for his wallet. */
export const readApprovalRequest = async (
  context: TenantContext,
  who: Principal,
  { id, request }: { id: string; request: string },
): Promise<Result<Versioned<PresentationRequest>>> => {
  const row = findRequest(context.db, request)
  return isHis(who, id, row)
    ? versioned(context, await askedView(context, row))
    : refuse('not-found')
}
