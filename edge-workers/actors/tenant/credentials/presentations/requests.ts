// Presentation requests as a tenant's own systems and people use them: asked for, looked at.
import { desc, lt, or, sql } from 'drizzle-orm'
import {
  type NewPresentationRequest,
  PRESENTATION_SECONDS,
  type PresentationRequest,
  type PresentationRequestView,
} from '../../../../../schemas/presentation.ts'
import type { Principal } from '../../../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../../../schemas/result.ts'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import { unanswerable } from '../../../../credentials/driver-limits.ts'
import type { Page, PageRequest, Versioned } from '../../../contracts.ts'
import { pageOf } from '../../../page.ts'
import type { TenantContext } from '../../context.ts'
import type { Keyed } from '../../operation-inputs.ts'
import { ageRequest } from './age.ts'
import { askPresentation } from './ask.ts'
import { bareView, findRequest, isLate, type RequestRow, requestView } from './rows.ts'

const { presentationRequests: requests } = tables

export const createRequest = async (
  context: TenantContext,
  who: Principal,
  { key, fingerprint, body }: Keyed<NewPresentationRequest>,
): Promise<Result<Versioned<PresentationRequest>>> => {
  const refused = unanswerable(body)
  if (refused) return { ok: false, refusal: refused }
  const { dcql_query: query, purpose, mode, response } = body
  const { expiresInSeconds: seconds = PRESENTATION_SECONDS.default } = body
  const asked = await askPresentation(context, {
    ...{ kind: 'request', about: null, query, purpose, mode, response, seconds, fingerprint },
    ...{ createdBy: who.subject, key: `${who.subject} ${key}`, sessionDigest: null },
    ...{ driver: body.driver, faceCheck: body.faceCheck },
  })
  if (!asked.ok) return asked
  const version = findRequest(context.db, asked.value.id)?.version ?? 1
  return ok({ value: asked.value, version })
}

const placeOf = ({ createdAt, id }: RequestRow): string => `${createdAt} ${id}`

/** The newest first, without what was presented. */
export const listRequests = (
  { db, now }: TenantContext,
  _who: Principal,
  { limit, after }: PageRequest,
): Result<Page<PresentationRequestView>> => {
  const [createdAt = '', id = ''] = after?.split(' ') ?? []
  const rows = db
    .select()
    .from(requests)
    .where(
      after === null
        ? undefined
        : or(
            lt(requests.createdAt, createdAt),
            sql`${requests.createdAt} = ${createdAt} and ${requests.id} < ${id}`,
          ),
    )
    .orderBy(desc(requests.createdAt), desc(requests.id))
    .limit(limit + 1)
    .all()
  return ok(pageOf(rows, limit, placeOf, (row) => bareView(row, now())))
}

export const readRequest = async (
  context: TenantContext,
  _who: Principal,
  id: string,
): Promise<Result<Versioned<PresentationRequestView>>> => {
  const found = findRequest(context.db, id)
  // The alarm may be late, and a version says one thing only.
  if (found && isLate(found, context.now())) ageRequest(context, id)
  const row = findRequest(context.db, id)
  if (!row) return refuse('not-found')
  return ok({ value: await requestView(context, row), version: row.version })
}
