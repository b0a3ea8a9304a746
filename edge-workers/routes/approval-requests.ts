// …/changes/{id}/approval-requests: where the tenant's rules ask for it, an approval is a presentation of the approver's credential.
// And what was signed with it, for auditors.
import {
  ApprovalEvidence,
  NewApprovalRequest,
  PresentationRequest,
} from '../../schemas/presentation.ts'
import { answer, answerVersioned } from '../http/answer.ts'
import type { App } from '../http/context.ts'
import { readKeyed } from '../http/idempotency.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute, param } from '../http/route.ts'
import { changeDoor, ONE, TAG } from './change-door.ts'

const LIST = `${ONE}/approval-requests`
const request = { schema: PresentationRequest, name: 'PresentationRequest' }

export const registerApprovalRequestRoutes = (app: App): void => {
  addRoute(
    app,
    {
      method: 'post',
      path: LIST,
      summary: 'Ask for the presentation that is an approval',
      description: [
        'For whoever is to approve. The answer has a link for his wallet, good for five minutes, and the address of a page that shows it as a QR code. The nonce that the wallet signs commits to the change, its revision, head and tree, and the digest of what the plan read; once the presentation is verified it is the approval, and it is kept as evidence.',
        'Taken is a `phoenix-approver` credential of this tenant’s own issuer, valid at that moment, of the member who asked. It is looked at again before the merge and before `live` moves: revoked, suspended or expired, the change is not promoted until somebody approves it again.',
      ].join('\n\n'),
      tag: TAG,
      action: 'changes.approve',
      idempotencyKey: true,
      body: NewApprovalRequest,
      bodyOptional: true,
      bodyName: 'NewApprovalRequest',
      answers: { 201: { text: 'The request, with its link and its page.', ...request } },
      problems: ['separation-of-duties', 'credential-required', 'wrong-state'],
    },
    async (c) => {
      const door = await changeDoor(c)
      if (!door.ok) return answerRefusal(c, door.refusal)
      const { tenant, caller, id } = door.value
      const target = `POST approval-requests ${id}`
      const asked = await readKeyed(c, NewApprovalRequest, target, { optional: true })
      if (!asked.ok) return answerRefusal(c, asked.refusal)
      const made = await tenant.call(caller, 'approval-requests.create', { ...asked.value, id })
      const headers = made.ok ? { location: `${c.req.path}/${made.value.value.id}` } : {}
      return answerVersioned(c, made, { status: 201, headers })
    },
  )

  addRoute(
    app,
    {
      method: 'get',
      path: `${LIST}/{request}`,
      summary: 'Read one’s own request for an approval',
      description: 'What became of it: `verified` is the approval. Only for whoever asked.',
      tag: TAG,
      action: 'changes.approve',
      answers: { 200: { text: 'The request.', ...request } },
    },
    async (c) => {
      const door = await changeDoor(c)
      if (!door.ok) return answerRefusal(c, door.refusal)
      const { tenant, caller, id } = door.value
      const input = { id, request: param(c, 'request') }
      return answerVersioned(c, await tenant.call(caller, 'approval-requests.read', input))
    },
  )

  addRoute(
    app,
    {
      method: 'get',
      path: `${ONE}/approvals/{approval}/evidence`,
      summary: 'Read what was signed with an approval',
      description:
        'Of an approval by credential: what the wallet sent, word for word, and what its nonce commits to. Whoever has the tenant’s root certificate checks the signatures without us: the issuer’s over the credential, the holder’s over the nonce.',
      tag: TAG,
      action: 'evidence.read',
      answers: {
        200: { text: 'The evidence.', schema: ApprovalEvidence, name: 'ApprovalEvidence' },
      },
    },
    async (c) => {
      const door = await changeDoor(c)
      if (!door.ok) return answerRefusal(c, door.refusal)
      const { tenant, caller, id } = door.value
      const input = { id, approval: param(c, 'approval') }
      return answer(c, await tenant.call(caller, 'approval-evidence.read', input), {
        headers: { 'cache-control': 'no-store' },
      })
    },
  )
}
