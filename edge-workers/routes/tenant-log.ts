// /v1/tenants/{tenant}/log: the tenant's tamper-evident log, with proofs that anybody checks offline, and /audit, the same steps
// for people.
import * as z from 'zod'
import {
  AuditEntry,
  CheckpointView,
  ConsistencyProof,
  Hash,
  InclusionProof,
  LeafType,
  LeafView,
  ProofBundle,
} from '../../schemas/log.ts'
import { ok, type Result, refuse } from '../../schemas/result.ts'
import type { InputOf, OperationName } from '../actors/operations-contracts.ts'
import type { LeafRef } from '../actors/tenant/log/contracts.ts'
import { tenantDoor } from '../auth/door.ts'
import { answerDigested } from '../http/answer.ts'
import type { App, AppContext } from '../http/context.ts'
import { answerPage, NO_FILTER, readPage, readQuery } from '../http/page.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute, param } from '../http/route.ts'

const TAG = 'Log'
const BASE = '/v1/tenants/{tenant}/log'

/** As text, because that is what a query is: no sign, no leading zero, no more than a number holds exactly. */
const WholeNumber = z.string().regex(/^(?:0|[1-9][0-9]{0,14})$/, 'A whole number from 0.')
/** An id as leaves have it. */
const Subject = z.string().regex(/^[A-Za-z0-9_-]{1,100}$/, 'An id.')
const Actor = z.string().regex(/^[A-Za-z0-9._-]{1,100}$/, 'A pseudonym or a handle.')

const InclusionQuery = z.strictObject({
  index: WholeNumber.optional().describe('Of the leaf, from 0.'),
  leafHash: Hash.optional().describe('Of the leaf, as a receipt or evidence names it.'),
  subject: Subject.optional().describe('Id of what took the step; with `version`.'),
  version: WholeNumber.optional().describe('Of the subject after that step, from 1.'),
  size: WholeNumber.optional().describe('Of the tree; absent: that of the newest head.'),
})
const ConsistencyQuery = z.strictObject({
  from: WholeNumber.describe('Size of the older tree.'),
  to: WholeNumber.optional().describe('Size of the newer tree; absent: that of the newest head.'),
})
const LeafQuery = z.strictObject({ subject: Subject.optional(), type: LeafType.optional() })
const AuditQuery = LeafQuery.extend({
  actor: Actor.optional().describe('Pseudonym or handle of who did it.'),
  from: z.iso.date().optional().describe('The first day, of UTC.'),
  to: z.iso.date().optional().describe('The last day, of UTC.'),
})
const BundleQuery = z.strictObject({ subject: Subject })

const numberOf = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number(text)

const wrong = (pointer: string, detail: string): Result<never> =>
  refuse('invalid-parameters', {
    detail: 'The query does not fit; pointers name its parameters.',
    errors: [{ pointer, detail }],
  })

/** Exactly one way to name the leaf. */
const leafOf = ({
  index,
  leafHash,
  subject,
  version,
}: z.infer<typeof InclusionQuery>): Result<LeafRef> => {
  const ways = [index, leafHash, subject].filter((way) => way !== undefined)
  if (ways.length !== 1)
    return wrong('/index', 'Name one leaf: by index, by leafHash, or by subject and version.')
  if ((version !== undefined) !== (subject !== undefined))
    return wrong('/version', 'A subject and its version go together.')
  if (leafHash !== undefined) return ok({ leafHash })
  return ok(
    subject === undefined ? { index: Number(index) } : { subject, version: Number(version) },
  )
}

/** What is asked of the tenant, out of a query that fits. */
type Asking<Query, Name extends OperationName> = (query: Query) => Result<InputOf<Name>>

type ReadingName = 'log.checkpoint' | 'log.inclusion' | 'log.consistency' | 'log.bundle'

const answerRead =
  <Query, Name extends ReadingName>(
    name: Name,
    schema: z.ZodType<Query>,
    asking: Asking<Query, Name>,
  ) =>
  async (c: AppContext): Promise<Response> => {
    const door = await tenantDoor(c, param(c, 'tenant'))
    if (!door.ok) return answerRefusal(c, door.refusal)
    const { tenant, caller } = door.value
    const query = readQuery(c, schema)
    const input = query.ok ? asking(query.value) : query
    if (!input.ok) {
      // What is wrong with a question is said to whoever may ask it.
      const who = await tenant.whoAmI(caller, 'log.read')
      return answerRefusal(c, who.ok ? input.refusal : who.refusal)
    }
    const read = await tenant.call(caller, name, input.value)
    return read.ok ? answerDigested(c, JSON.stringify(read.value)) : answerRefusal(c, read.refusal)
  }

const answerFiltered =
  (name: 'log.leaves' | 'log.audit', schema: typeof LeafQuery | typeof AuditQuery) =>
  async (c: AppContext): Promise<Response> => {
    const door = await tenantDoor(c, param(c, 'tenant'))
    if (!door.ok) return answerRefusal(c, door.refusal)
    const { tenant, caller, tenantId } = door.value
    const query = readQuery(c, schema)
    if (!query.ok) return answerRefusal(c, query.refusal)
    const scope = { tenantId, filter: query.value }
    const page = readPage(c, scope)
    if (!page.ok) return answerRefusal(c, page.refusal)
    const input = { page: page.value, filter: query.value }
    return answerPage<unknown>(c, await tenant.call(caller, name, input), scope)
  }

const registerProofs = (app: App): void => {
  addRoute(
    app,
    {
      method: 'get',
      path: `${BASE}/checkpoint`,
      summary: 'Read the newest checkpoint of a tenant’s log',
      description:
        'Size and root of the log now, signed by the edge (C2SP tlog-checkpoint). The platform’s log has the heads of all tenants’ logs, and its checkpoints are signed by the edge, by a second party where there is one, and anchored: `/v1/log/checkpoint`.',
      tag: TAG,
      action: 'log.read',
      answers: { 200: { text: 'The checkpoint.', schema: CheckpointView, name: 'Checkpoint' } },
    },
    answerRead('log.checkpoint', NO_FILTER, () => ok(null)),
  )
  addRoute(
    app,
    {
      method: 'get',
      path: `${BASE}/proofs/inclusion`,
      summary: 'Prove a leaf of a tenant’s log',
      description:
        'The Merkle audit path (RFC 6962 §2.1.1) of one leaf: named by `index`, by `leafHash`, or by `subject` and `version`.',
      tag: TAG,
      action: 'log.read',
      query: InclusionQuery,
      answers: { 200: { text: 'The proof.', schema: InclusionProof, name: 'InclusionProof' } },
    },
    answerRead('log.inclusion', InclusionQuery, (query) => {
      const leaf = leafOf(query)
      return leaf.ok ? ok({ leaf: leaf.value, size: numberOf(query.size) }) : leaf
    }),
  )
  addRoute(
    app,
    {
      method: 'get',
      path: `${BASE}/proofs/consistency`,
      summary: 'Prove that a tenant’s log only grew',
      description: 'The consistency proof between two sizes (RFC 6962 §2.1.2).',
      tag: TAG,
      action: 'log.read',
      query: ConsistencyQuery,
      answers: {
        200: { text: 'The proof.', schema: ConsistencyProof, name: 'ConsistencyProof' },
      },
    },
    answerRead('log.consistency', ConsistencyQuery, ({ from, to }) =>
      ok({ from: Number(from), to: numberOf(to) }),
    ),
  )
  addRoute(
    app,
    {
      method: 'get',
      path: `${BASE}/bundle`,
      summary: 'Read a proof bundle',
      description:
        'Every leaf of one subject (a change, a member, an invoice …) with its proof, the signed checkpoint, where that stands in the platform’s log, and the keys: all that `node verify-log.mjs bundle.json --key keys.json` needs, with no network. `keys.json` is `/v1/log/keys`, kept from earlier or from somebody else; without it a bundle only shows that it is whole. The verifier is `GET /log/verify-log.mjs`. Words that go with a step come with the key of their digest.',
      tag: TAG,
      action: 'log.read',
      query: BundleQuery,
      answers: { 200: { text: 'The bundle.', schema: ProofBundle, name: 'ProofBundle' } },
    },
    answerRead('log.bundle', BundleQuery, ({ subject }) => ok(subject)),
  )
}

export const registerTenantLogRoutes = (app: App): void => {
  registerProofs(app)
  addRoute(
    app,
    {
      method: 'get',
      path: `${BASE}/leaves`,
      summary: 'List the leaves of a tenant’s log',
      description:
        'Newest first, each as it is hashed: SHA-256 over a zero byte and its text (RFC 6962 §2.1). A leaf has pseudonyms and keyed digests only; words are shown beside it, with the key of their digest, to whoever may read changes.',
      tag: TAG,
      action: 'log.read',
      query: LeafQuery,
      answers: { 200: { text: 'The leaves.', schema: LeafView, name: 'LogLeaf', list: true } },
    },
    answerFiltered('log.leaves', LeafQuery),
  )
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/tenants/{tenant}/audit',
      summary: 'List who did what when',
      description:
        'Newest first: every step of every change, rollout, member, token, invoice and of the tenant itself. The same as the leaves of the log, for people.',
      tag: TAG,
      action: 'log.read',
      query: AuditQuery,
      answers: { 200: { text: 'The steps.', schema: AuditEntry, name: 'AuditEntry', list: true } },
    },
    answerFiltered('log.audit', AuditQuery),
  )
}
