// A change: what may be asked, its life as a table of legal moves, and how it looks from outside.
import * as z from 'zod'
import { FailoverParameters } from './failover.ts'
import { ChangeId, Digest, GitSha, RolloutId, Slug } from './ids.ts'
import { Finding, Plan, Totals } from './plan.ts'

/** A failover is an update that changes places and nothing else, under rules of its own. */
export const Action = z.enum(['create', 'update', 'delete', 'failover'])
export type Action = z.infer<typeof Action>

export const ChangeRequest = z.strictObject({
  action: Action,
  template: z.string().min(1).max(60),
  /** Of the template. Absent: for a new resource the newest, else the one that the resource has. */
  version: z
    .string()
    .regex(/^\d{1,4}\.\d{1,4}\.\d{1,4}$/)
    .optional(),
  name: Slug,
  /** Checked against the template's own schema; of a failover `from` and `to`, two sites or two regions. */
  parameters: z.record(z.string(), z.unknown()).default({}),
  /** Where something goes: the digest of the destroy list that the preview returned. */
  confirm: Digest.optional(),
  /** Where a resource was changed in Git by hand: the digest of its drift, which this change then replaces by what it writes. */
  overwrite: Digest.optional(),
})
export type ChangeRequest = z.infer<typeof ChangeRequest>

export const ReviseRequest = z.strictObject({
  /** Absent: the same parameters, planned again on the present base (restores a head that somebody touched). */
  parameters: z.record(z.string(), z.unknown()).optional(),
})
export const ReasonRequest = z.strictObject({
  reason: z
    .string()
    .max(500)
    .regex(/^[^\p{C}]*$/u, 'one line of plain text')
    .optional(),
})
/** Naming the head makes an approval refuse to bind to anything else. */
export const ApproveRequest = z.strictObject({ headSha: GitSha.optional() })

export const ChangeState = z.enum([
  'accepted',
  'proposed',
  'approved',
  'merged',
  'promoted',
  'applying',
  'applied',
  'failed',
  'rejected',
  'expired',
  'closed',
  'superseded',
  'merged_unauthorised',
])
export type ChangeState = z.infer<typeof ChangeState>

/** Every legal move. Nothing else changes a state. */
export const moves: Record<ChangeState, readonly ChangeState[]> = {
  accepted: ['proposed', 'rejected', 'closed', 'failed'],
  proposed: [
    'proposed',
    'approved',
    'rejected',
    'closed',
    'expired',
    'superseded',
    'merged_unauthorised',
    'failed',
  ],
  approved: [
    'proposed',
    'merged',
    'rejected',
    'closed',
    'expired',
    'superseded',
    'merged_unauthorised',
  ],
  merged: ['promoted', 'merged_unauthorised'],
  promoted: ['applying', 'applied', 'failed'],
  applying: ['applied', 'failed'],
  // Its end does not keep anybody on the forge from merging it all the same.
  failed: ['applying', 'applied', 'merged_unauthorised'],
  applied: [],
  rejected: ['merged_unauthorised'],
  expired: ['merged_unauthorised'],
  closed: ['merged_unauthorised'],
  superseded: ['merged_unauthorised'],
  merged_unauthorised: [],
}
export const mayMove = (from: ChangeState, to: ChangeState): boolean => moves[from].includes(to)

/** States in which a change still holds its resource. */
export const OPEN_STATES: readonly ChangeState[] = [
  'accepted',
  'proposed',
  'approved',
  'merged',
  'promoted',
  'applying',
]
/** Nothing that Phoenix or its people do can follow any more. */
export const isOver = (state: ChangeState): boolean =>
  moves[state].every((next) => next === 'merged_unauthorised')
export const isOpen = (state: ChangeState): boolean => OPEN_STATES.includes(state)

export const ApprovalView = z.strictObject({
  id: z.string(),
  subject: z.string(),
  source: z.enum(['api', 'forge', 'credential']),
  headSha: GitSha,
  treeSha: GitSha,
  reads: Digest,
  at: z.iso.datetime(),
  voidedAt: z.iso.datetime().nullable(),
  voidReason: z.string().nullable(),
})
export type ApprovalView = z.infer<typeof ApprovalView>

export const NextStep = z.strictObject({ who: z.string(), what: z.string(), how: z.string() })
export type NextStep = z.infer<typeof NextStep>

export const PullRequestView = z.strictObject({
  number: z.int(),
  url: z.string(),
  branch: z.string(),
  headSha: GitSha,
  baseSha: GitSha,
})

export const ChangeView = z.strictObject({
  /** Null in a preview: nothing exists yet. */
  id: ChangeId.nullable(),
  tenant: z.string(),
  action: Action,
  template: z.strictObject({ name: z.string(), version: z.string() }),
  name: z.string(),
  /** Of the resource, with every default. */
  parameters: z.record(z.string(), z.unknown()),
  /** Only of a failover: the two places that were named. */
  move: FailoverParameters.optional(),
  state: z.union([ChangeState, z.literal('preview')]),
  /** Why it is in this state, in one public sentence; null when the state says it all. */
  reason: z.string().nullable(),
  revision: z.int(),
  requester: z.string(),
  /** The rollout whose phase this is; null for a change of its own. */
  rollout: RolloutId.nullable(),
  /** The change that this one takes back; null: none. */
  reverts: ChangeId.nullable(),
  totals: Totals,
  findings: z.array(Finding),
  pullRequest: PullRequestView.nullable(),
  commit: z.strictObject({ sha: GitSha, tree: GitSha }).nullable(),
  mergeSha: GitSha.nullable(),
  liveSha: GitSha.nullable(),
  gate: z.strictObject({ state: z.enum(['absent', 'red', 'green']), reason: z.string() }),
  approvals: z.array(ApprovalView),
  targets: z.array(
    z.strictObject({
      cluster: z.string(),
      component: z.string(),
      state: z.string(),
      revision: GitSha.nullable(),
      message: z.string(),
      simulated: z.boolean(),
    }),
  ),
  next: z.array(NextStep),
  simulated: z.array(z.string()),
  createdAt: z.iso.datetime().nullable(),
  updatedAt: z.iso.datetime().nullable(),
  links: z.record(z.string(), z.string()),
  /** Only in the answer to a POST and in a preview; otherwise GET …/plan. */
  plan: Plan.optional(),
  /** JWS over (change, fingerprint, leaf), only in the answer to the POST that created it. */
  receipt: z.string().optional(),
})
export type ChangeView = z.infer<typeof ChangeView>
