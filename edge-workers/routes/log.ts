// /v1/log: the platform's log, open to anybody: its signed checkpoint, and proofs out of its tree.
//
// What it tells of tenants: nothing. A leaf is shown as its hash, which binds 256 bits that nobody can guess (the root of a
// tenant's log), so neither who it is about nor how large that log is can be tried out. The text of a head's leaf, where one
// pseudonym's sizes would tell how busy it is, goes into the bundles of its own tenant only; the texts of keys' leaves are
// public. The size of the whole log does tell how many heads came in between two checkpoints: heads are appended together at
// fixed moments, all tenants' alike, so that is the traffic of the installation and nobody's in particular, once there is more
// than one tenant.
import * as z from 'zod'
import {
  CheckpointView,
  ConsistencyProof,
  EventLeaf,
  InclusionProof,
  KeyLeaf,
} from '../../schemas/log.ts'
import { refuse } from '../../schemas/result.ts'
import { logStub } from '../actors/stubs.ts'
import { answerDigested } from '../http/answer.ts'
import type { App, AppContext } from '../http/context.ts'
import { NO_FILTER, readQuery } from '../http/page.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute } from '../http/route.ts'

const TAG = 'Log'

/** As text, because that is what a query is: no sign, no leading zero, no more than a number holds exactly. */
const WholeNumber = z.string().regex(/^(?:0|[1-9][0-9]{0,14})$/, 'A whole number from 0.')

const InclusionQuery = z.strictObject({
  index: WholeNumber.describe('Of the leaf, from 0.'),
  size: WholeNumber.optional().describe('Of the tree; absent: that of the newest checkpoint.'),
})
const ConsistencyQuery = z.strictObject({
  from: WholeNumber.describe('Size of the older tree.'),
  to: WholeNumber.describe('Size of the newer tree, at most that of the newest checkpoint.'),
})

/** Of nobody in particular. */
const PublicLeaf = z.union([KeyLeaf, EventLeaf])

const ShownInclusion = InclusionProof.extend({
  /** Only of a key’s or an event’s leaf: what a tenant’s head says is shown to that tenant. */
  leaf: z.string().nullable(),
})

/** It is signed anew every few seconds or minutes. */
const BRIEFLY = 'public, max-age=5'
/** A proof between two sizes is the same for ever. */
const FOR_EVER = 'public, max-age=31536000, immutable'

const wantsText = (c: AppContext): boolean => {
  const accept = c.req.header('accept') ?? ''
  return /\btext\/plain\b/i.test(accept) && !/\bjson\b/i.test(accept)
}

const answerCheckpoint = async (c: AppContext): Promise<Response> => {
  const query = readQuery(c, NO_FILTER)
  if (!query.ok) return answerRefusal(c, query.refusal)
  const checkpoint = await logStub(c.env).checkpoint()
  if (!checkpoint)
    return answerRefusal(c, refuse('not-found', { detail: 'Nothing is signed yet.' }).refusal)
  const more = { cacheControl: BRIEFLY, headers: { vary: 'accept' } }
  return wantsText(c)
    ? answerDigested(c, checkpoint.note, 'text/plain; charset=utf-8', more)
    : answerDigested(c, JSON.stringify(CheckpointView.parse(checkpoint)), undefined, more)
}

const answerInclusion = async (c: AppContext): Promise<Response> => {
  const query = readQuery(c, InclusionQuery)
  if (!query.ok) return answerRefusal(c, query.refusal)
  const { index, size } = query.value
  const proved = await logStub(c.env).inclusion(
    Number(index),
    size === undefined ? undefined : Number(size),
  )
  if (!proved.ok) return answerRefusal(c, proved.refusal)
  const { leaf, proof } = proved.value
  const isPublic = PublicLeaf.safeParse(JSON.parse(leaf)).success
  const cacheControl = size === undefined ? BRIEFLY : FOR_EVER
  const shown = JSON.stringify({ ...proof, leaf: isPublic ? leaf : null })
  return answerDigested(c, shown, undefined, { cacheControl })
}

const answerConsistency = async (c: AppContext): Promise<Response> => {
  const query = readQuery(c, ConsistencyQuery)
  if (!query.ok) return answerRefusal(c, query.refusal)
  const { from, to } = query.value
  const proved = await logStub(c.env).consistency(Number(from), Number(to))
  if (!proved.ok) return answerRefusal(c, proved.refusal)
  return answerDigested(c, JSON.stringify(proved.value), undefined, { cacheControl: FOR_EVER })
}

export const registerLogRoutes = (app: App): void => {
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/log/checkpoint',
      summary: 'Read the newest checkpoint of the platform’s log',
      description:
        'With `Accept: text/plain` the signed note itself (C2SP tlog-checkpoint): origin, size, root, and the signatures of the edge (Ed25519) and, where the Functions have a key for it, of the second party (ES256). Otherwise what is known of it as JSON: whether both have signed, the commit of the platform’s repository that holds it, and where it was anchored.',
      tag: TAG,
      action: 'open',
      answers: {
        200: { text: 'The checkpoint.', schema: CheckpointView, name: 'Checkpoint' },
      },
      problems: ['not-found'],
    },
    answerCheckpoint,
  )
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/log/proofs/inclusion',
      summary: 'Prove a leaf of the platform’s log',
      description:
        'The Merkle audit path of a leaf (RFC 6962 §2.1.1). Leaves are shown by their hash; what is in the leaf of a tenant’s head that tenant reads in its own bundles.',
      tag: TAG,
      action: 'open',
      query: InclusionQuery,
      answers: {
        200: { text: 'The proof.', schema: ShownInclusion, name: 'PlatformInclusionProof' },
      },
    },
    answerInclusion,
  )
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/log/proofs/consistency',
      summary: 'Prove that the platform’s log only grew',
      description: 'The consistency proof between two sizes (RFC 6962 §2.1.2).',
      tag: TAG,
      action: 'open',
      query: ConsistencyQuery,
      answers: {
        200: { text: 'The proof.', schema: ConsistencyProof, name: 'ConsistencyProof' },
      },
    },
    answerConsistency,
  )
}
