// /changes/{id}/approve-with-credential and where it leads: the page for the wallet, back to the change once it is approved. The
// browser looks again every few seconds, with or without a script.
import { PresentationRequestId } from '../../schemas/credential.ts'
import { problems } from '../../schemas/problems.ts'
import type { Entered } from '../auth/door.ts'
import type { App, AppContext } from '../http/context.ts'
import { keyed } from '../http/idempotency.ts'
import { answerRefusal } from '../http/problem.ts'
import { unpackResult } from '../packed.ts'
import { readForm, refusedPage } from './answers.tsx'
import { ApprovalRequestPage, EvidencePage } from './credential-approval-pages.tsx'
import { wordsOf } from './holder/frame.tsx'
import { answerPageHtml } from './layout.tsx'
import { handlesOf, People } from './people.tsx'
import { doorOfChange, isOwnForm } from './session.ts'

const LOOK_AGAIN_SECONDS = '5'
const HEAD = /^[0-9a-f]{40}$/

type ShowChange = (
  c: AppContext,
  door: Entered,
  id: string,
  refusal: string | null,
) => Promise<Response>

const ask = async (c: AppContext, showChange: ShowChange): Promise<Response> => {
  if (!isOwnForm(c)) return answerRefusal(c, { problem: 'forbidden' })
  const id = c.req.param('id') ?? ''
  const door = await doorOfChange(c, id)
  if (!door.ok) return refusedPage(c, door.refusal)
  const { tenant, caller } = door.value
  const headSha = (await readForm(c)).get('head') ?? ''
  const body = { mode: 'cross-device' as const, ...(HEAD.test(headSha) ? { headSha } : {}) }
  const made = await tenant.call(caller, 'approval-requests.create', {
    ...keyed(`console:${crypto.randomUUID()}`, body, `POST approval-requests ${id}`),
    id,
  })
  if (made.ok) return c.redirect(`/changes/${id}/approval-requests/${made.value.value.id}`, 303)
  const { problem, detail } = made.refusal
  if (problem === 'unauthenticated' || problem === 'not-found') return refusedPage(c, made.refusal)
  return showChange(c, door.value, id, detail ?? problems[problem].wayOut)
}

const showRequest = async (c: AppContext): Promise<Response> => {
  const { id = '', request = '' } = c.req.param() as { id?: string; request?: string }
  const door = await doorOfChange(c, id)
  if (!door.ok) return refusedPage(c, door.refusal)
  const { tenant, caller } = door.value
  if (!PresentationRequestId.safeParse(request).success)
    return refusedPage(c, { problem: 'not-found' })
  const read = await tenant.call(caller, 'approval-requests.read', { id, request })
  if (!read.ok) return refusedPage(c, read.refusal)
  const { value } = read.value
  if (value.state === 'verified') return c.redirect(`/changes/${id}`, 303)
  const change = await unpackResult(tenant.readChange(caller, id))
  if (!change.ok) return refusedPage(c, change.refusal)
  const isOpen = value.state === 'pending' || value.state === 'retrieved'
  return answerPageHtml(
    c,
    {
      title: 'Approve with a credential',
      headers: isOpen ? { refresh: LOOK_AGAIN_SECONDS } : {},
    },
    <ApprovalRequestPage
      {...{ change: id, request: value, words: wordsOf(c), now: c.get('clock')() }}
      head={change.value.value.commit?.sha ?? ''}
    />,
  )
}

const showEvidence = async (c: AppContext): Promise<Response> => {
  const { id = '', approval = '' } = c.req.param() as { id?: string; approval?: string }
  const door = await doorOfChange(c, id)
  if (!door.ok) return refusedPage(c, door.refusal)
  const { tenant, caller } = door.value
  const read = await tenant.call(caller, 'approval-evidence.read', { id, approval })
  if (!read.ok) return refusedPage(c, read.refusal)
  const people = await handlesOf(door.value, [read.value.subject])
  return answerPageHtml(
    c,
    { title: 'What was signed' },
    <People.Provider value={people}>
      <EvidencePage evidence={read.value} />
    </People.Provider>,
  )
}

/** Before `/changes/{id}/{decision}`, which takes any word. */
export const registerCredentialApprovalPages = (app: App, showChange: ShowChange): void => {
  app.post('/changes/:id/approve-with-credential', (c) => ask(c, showChange))
  app.get('/changes/:id/approval-requests/:request', showRequest)
  app.get('/changes/:id/approvals/:approval/evidence', showEvidence)
}
