// How a change looks from outside, made from its rows. No decisions here.
import { and, asc, eq, sql } from 'drizzle-orm'
import { readStoredPlan } from '../../../gitops/stored-plan.ts'
import type { ChangeRequest, ChangeView, NextStep } from '../../../schemas/change.ts'
import { FLUX_TEMPLATE } from '../../../schemas/flux.ts'
import { obstacleOf, takerNamed } from '../../../schemas/gate.ts'
import type { Plan } from '../../../schemas/plan.ts'
import type { Principal } from '../../../schemas/principal.ts'
import { approvals, plans, targets } from '../../../schemas/tables/tenant.ts'
import { DELETION_NAME } from '../../../schemas/tenant-deletion.ts'
import { isLaptop } from '../../env.ts'
import { statement } from '../database.ts'
import { isApproved, isApprovedAgain, type Votes, votesOn, whoApproves } from './approvals.ts'
import type { ApprovalRow, ChangeRow, Db, TenantContext } from './context.ts'
import { revertedBy } from './revert-of.ts'
import { stepsOfMerged } from './waits.ts'

const ROLES = ['approver', 'owner']
const NO_VOTES: Votes = { given: 0, needed: 1, roles: ROLES, credential: false }
const APPROVER = whoApproves(NO_VOTES)

/** Who may do what next, in words; the console and the API show the same. */
export const nextSteps = (
  change: ChangeRow,
  slug: string,
  { given, needed, roles, credential }: Votes = NO_VOTES,
): NextStep[] => {
  const at = `/v1/tenants/${slug}/changes/${change.id}`
  const cancel: NextStep = {
    who: 'the requester',
    what: 'withdraw the change',
    how: `POST ${at}/cancel`,
  }
  const revise: NextStep = {
    who: 'the requester',
    what: 'revise the change',
    how: `POST ${at}/revisions`,
  }
  const reject: NextStep = {
    who: 'an approver',
    what: 'reject the change',
    how: `POST ${at}/reject`,
  }
  const away = [reject, revise, cancel]
  const gate = { state: change.gate, reason: change.gateReason }
  const obstacle = obstacleOf(gate)
  switch (change.state) {
    case 'accepted':
      return [
        { who: 'phoenix', what: 'reserve capacity and open the pull request', how: 'by itself' },
        cancel,
      ]
    case 'proposed':
      if (change.commitSha === null)
        return [{ who: 'phoenix', what: 'write the next revision', how: 'by itself' }, cancel]
      if (change.headSha !== change.commitSha) {
        return [
          { ...revise, what: 'restore the head that was changed outside Phoenix' },
          cancel,
          reject,
        ]
      }
      if (obstacle !== null) return waysOut(gate, slug, { revise, reject, cancel })
      return [
        {
          who: whoApproves({ needed, roles, credential }),
          what: needed === 1 ? 'approve' : `approve: ${given} of ${needed} have`,
          how: credential
            ? `POST ${at}/approval-requests, and present a phoenix-approver credential`
            : `POST ${at}/approvals, or an approving review on the pull request`,
        },
        ...away,
      ]
    case 'approved':
      if (obstacle !== null) return waysOut(gate, slug, { revise, reject, cancel })
      if (change.gate !== 'green')
        return [{ who: 'phoenix', what: 'turn the gate green', how: 'by itself' }, ...away]
      return [
        {
          who: APPROVER,
          what: 'merge',
          how: `POST ${at}/merge, or the merge button on the pull request`,
        },
        ...away,
      ]
    case 'merged':
      return stepsOfMerged(change.reason, { at, slug, credential })
    case 'promoted':
    case 'applying':
      return [
        {
          who: 'the engines of the target clusters',
          what: 'apply and report',
          how: 'by themselves',
        },
      ]
    case 'failed':
      if (change.name === DELETION_NAME) return [REPAIR]
      return [
        { who: 'the requester', what: 'revert or request an update', how: `POST ${at}/revert` },
      ]
    case 'applied':
      if (change.name === DELETION_NAME) return [restoreStep(slug)]
      return [
        { who: 'the requester', what: 'revert, if it was a mistake', how: `POST ${at}/revert` },
      ]
    case 'merged_unauthorised':
      if (change.undoneSha !== null) return []
      if (change.name === DELETION_NAME) return [UNMERGE]
      return [
        {
          who: 'the requester',
          what: 'revert it: until then live does not move past it',
          how: `POST ${at}/revert`,
        },
      ]
    default:
      return []
  }
}

/** Of a red gate that no approval turns green: what does. */
const waysOut = (
  { state, reason }: { state: string; reason: string },
  slug: string,
  { revise, reject, cancel }: Record<'revise' | 'reject' | 'cancel', NextStep>,
): NextStep[] => {
  if (obstacleOf({ state, reason }) === 'plan') {
    return [
      { ...revise, what: 'revise the change: it is planned again on the world as it is' },
      reject,
      cancel,
    ]
  }
  const taker = takerNamed(reason)
  return [
    { ...revise, what: 'revise the change: it is planned again for the room that is left' },
    { who: 'phoenix', what: 'turn the gate green again when room comes back', how: 'by itself' },
    ...(taker === null
      ? []
      : [
          {
            who: 'anybody',
            what: 'read the change that took the room',
            how: `GET /v1/tenants/${slug}/changes/${taker}`,
          },
        ]),
    reject,
    cancel,
  ]
}

/** The deletion of a tenant is no change that has an inverse. */
const REPAIR: NextStep = {
  who: 'the operators of the cluster',
  what: 'find out why it is not gone: the deletion goes on when the engine says so',
  how: 'on the cluster',
}
const UNMERGE: NextStep = {
  who: 'whoever may push to main',
  what: 'revert the merge: nothing of it was applied',
  how: 'on the forge',
}
const restoreStep = (slug: string): NextStep => ({
  who: 'an owner or an operator',
  what: 'restore the tenant, if it was a mistake; what was removed is asked for again',
  how: `POST /v1/tenants/${slug}/restore`,
})

/** What goes is confirmed by its digest. */
export const sendStep = (digest: string | null): NextStep => ({
  who: 'you',
  what:
    digest === null
      ? 'send the same request without validateOnly'
      : `send the same request without validateOnly and with confirm=${digest}`,
  how: 'POST with an Idempotency-Key',
})

const links = (slug: string, { id, rollout }: ChangeRow): Record<string, string> => {
  const self = `/v1/tenants/${slug}/changes/${id}`
  return {
    self,
    plan: `${self}/plan`,
    diff: `${self}/diff`,
    files: `${self}/files`,
    events: `${self}/events`,
    page: `/changes/${id}`,
    ...(rollout === null ? {} : { rollout: `/v1/tenants/${slug}/rollouts/${rollout}` }),
  }
}

/** Counted only where more than one person must approve, or fewer may: a read of any other change costs nothing more. */
const votesOf = (context: TenantContext, change: ChangeRow, plan: Plan): Votes | undefined => {
  const { needed, roles } = plan.reviewers
  const ruled = (context.tenant().settings.approvals ?? []).length > 0
  const special = ruled || needed > 1 || roles.length < ROLES.length
  if (!special) return undefined
  if (change.state === 'proposed') return votesOn(context.db, change)
  const lost = change.state === 'merged' && isApprovedAgain(context.db, change)
  return lost && !isApproved(context.db, change) ? votesOn(context.db, change) : undefined
}

const approvalView = (row: ApprovalRow) => ({
  id: row.id,
  subject: row.subject,
  source: row.source,
  headSha: row.headSha,
  treeSha: row.treeSha,
  reads: row.reads,
  at: row.at,
  voidedAt: row.voidedAt,
  voidReason: row.voidReason,
})

const planShown = statement((db: Db) =>
  db
    .select({ plan: plans.plan })
    .from(plans)
    .where(
      and(
        eq(plans.changeId, sql.placeholder('id')),
        eq(plans.revision, sql.placeholder('revision')),
      ),
    )
    .prepare(),
)
const approvalsShown = statement((db: Db) =>
  db
    .select()
    .from(approvals)
    .where(eq(approvals.changeId, sql.placeholder('id')))
    .orderBy(asc(approvals.at))
    .prepare(),
)
const targetsShown = statement((db: Db) =>
  db
    .select()
    .from(targets)
    .where(eq(targets.changeId, sql.placeholder('id')))
    .prepare(),
)

/** The view of a stored change. */
export const changeView = (
  context: TenantContext,
  change: ChangeRow,
  more: { plan?: boolean; receipt?: string } = {},
): ChangeView => {
  const { id, revision } = change
  const slug = context.tenant().slug
  const planned = planShown(context.db).get({ id, revision })
  if (!planned) throw new Error('a change without its plan')
  const plan = readStoredPlan(planned.plan)
  const approved = approvalsShown(context.db).all({ id })
  const reached = targetsShown(context.db).all({ id })
  const simulated = [
    ...plan.simulated,
    ...(reached.some((target) => target.simulated)
      ? ['the reconciler and its reports are simulated']
      : []),
    ...(plan.template.name === FLUX_TEMPLATE && isLaptop(context.env)
      ? ['Azure Resource Manager is simulated']
      : []),
  ]
  return {
    id: change.id,
    tenant: slug,
    action: change.request.action,
    template: plan.template,
    name: change.name,
    parameters: plan.parameters,
    ...(plan.move ? { move: plan.move } : {}),
    state: change.state,
    reason: change.reason,
    revision: change.revision,
    requester: change.requester,
    rollout: change.rollout,
    reverts: revertedBy(change),
    totals: plan.totals,
    findings: plan.findings,
    pullRequest: pullView(change),
    commit:
      change.commitSha && change.treeSha ? { sha: change.commitSha, tree: change.treeSha } : null,
    mergeSha: change.mergeSha,
    liveSha: change.liveSha,
    gate: { state: change.gate, reason: change.gateReason },
    approvals: approved.map(approvalView),
    targets: reached.map(
      ({ cluster, component, state, revision, message, simulated: isSimulated }) => ({
        cluster,
        component,
        state,
        revision,
        message,
        simulated: isSimulated,
      }),
    ),
    next: nextSteps(change, slug, votesOf(context, change, plan)),
    simulated,
    createdAt: change.acceptedAt,
    updatedAt: change.updatedAt,
    links: links(slug, change),
    ...(more.plan ? { plan } : {}),
    ...(more.receipt ? { receipt: more.receipt } : {}),
  }
}

const pullView = ({
  pullNumber,
  pullUrl,
  branch,
  headSha,
  commitSha,
  baseSha,
}: ChangeRow): ChangeView['pullRequest'] => {
  const head = headSha ?? commitSha
  return pullNumber !== null && pullUrl !== null && head !== null && baseSha !== null
    ? { number: pullNumber, url: pullUrl, branch, headSha: head, baseSha }
    : null
}

/** The same shape for something that does not exist yet. */
export const previewView = (
  context: TenantContext,
  who: Principal,
  request: ChangeRequest,
  plan: Plan,
): ChangeView => ({
  id: null,
  tenant: context.tenant().slug,
  action: request.action,
  template: plan.template,
  name: request.name,
  parameters: plan.parameters,
  ...(plan.move ? { move: plan.move } : {}),
  state: 'preview',
  reason: null,
  revision: 1,
  requester: who.subject,
  rollout: null,
  reverts: null,
  totals: plan.totals,
  findings: plan.findings,
  pullRequest: null,
  commit: null,
  mergeSha: null,
  liveSha: null,
  gate: { state: 'absent', reason: 'a preview has no pull request' },
  approvals: [],
  targets: plan.targets.map(({ cluster, component }) => ({
    cluster,
    component,
    state: 'planned',
    revision: null,
    message: '',
    simulated: false,
  })),
  next: [sendStep(plan.destroys && request.confirm === undefined ? plan.destroys.digest : null)],
  simulated: plan.simulated,
  createdAt: null,
  updatedAt: null,
  links: {},
  plan,
})
