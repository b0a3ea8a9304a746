// A rollout: a system asked for, phase by phase. What may be asked, its life, and how it looks from outside.
import * as z from 'zod'
import { ChangeState, NextStep, ReasonRequest } from './change.ts'
import { FleetSummary } from './fleet-plan.ts'
import { ChangeId, Digest, RolloutId, Slug } from './ids.ts'
import { Cost, Finding, Totals } from './plan.ts'

/** Instances are short: their resources carry the name of a phase or a block behind it, and stay within 40. */
const InstanceName = Slug.max(20)

export const RolloutRequest = z.strictObject({
  system: z.string().min(1).max(40),
  /** Prefix of everything it makes. Absent: the system's own name. */
  name: InstanceName.optional(),
  /** Checked against the system's own schema. */
  parameters: z.record(z.string(), z.unknown()).default({}),
  /** Where phases that stand already would lose objects: the digest that the preview returned. */
  confirm: Digest.optional(),
})
export type RolloutRequest = z.infer<typeof RolloutRequest>

export const RolloutCommand = ReasonRequest

/** What a task asks for is checked against the task's own schema. */
export const TaskReport = z.strictObject({
  inputs: z.record(z.string(), z.unknown()).default({}),
})
export type TaskReport = z.infer<typeof TaskReport>

export const PrerequisiteReport = z.strictObject({
  state: z.enum(['met', 'missing']),
  /** Where it can be looked up: a ticket, a contract number, an address. Never a secret. */
  evidence: z
    .string()
    .max(300)
    .regex(/^[^\p{C}]*$/u, 'one line of plain text')
    .optional(),
})
export type PrerequisiteReport = z.infer<typeof PrerequisiteReport>

export const RolloutState = z.enum(['running', 'paused', 'failed', 'aborted', 'done'])
export type RolloutState = z.infer<typeof RolloutState>

/** Every legal move. What is done runs again when a phase's resource has gone since. */
export const rolloutMoves: Record<RolloutState, readonly RolloutState[]> = {
  running: ['paused', 'failed', 'aborted', 'done'],
  paused: ['running', 'aborted'],
  failed: ['running', 'aborted'],
  aborted: [],
  done: ['running'],
}

/**
 * `waiting`: something must come first. `acting`: people must do something. `opening`: its change is about to be made.
 * `open`: its change is under way. `degraded`: it was healthy and is not now.
 */
export const PhaseState = z.enum([
  'waiting',
  'acting',
  'opening',
  'open',
  'healthy',
  'degraded',
  'failed',
])
export type PhaseState = z.infer<typeof PhaseState>

/** What a phase waits on, and who can end the waiting. */
export const Wait = z.strictObject({
  kind: z.enum(['phase', 'prerequisite', 'task', 'change', 'system']),
  id: z.string(),
  who: z.string(),
  what: z.string(),
})
export type Wait = z.infer<typeof Wait>

export const TaskView = z.strictObject({
  id: z.string(),
  title: z.string(),
  owner: z.string(),
  when: z.enum(['before', 'after']),
  after: z.array(z.string()),
  state: z.enum(['waiting', 'due', 'done']),
  /** What is to be done, in order; words between back-ticks are code. */
  steps: z.array(z.string()),
  /** JSON Schema of what must be reported. */
  inputs: z.record(z.string(), z.unknown()),
  reported: z.record(z.string(), z.unknown()).nullable(),
  by: z.string().nullable(),
  at: z.iso.datetime().nullable(),
  source: z.string(),
})
export type TaskView = z.infer<typeof TaskView>

export const PhaseView = z.strictObject({
  id: z.string(),
  title: z.string(),
  duration: z.string(),
  state: PhaseState,
  after: z.array(z.string()),
  needs: z.array(z.string()),
  waitsOn: z.array(Wait),
  /** The resource its change makes; null where only people act. */
  resource: z.string().nullable(),
  attempt: z.int(),
  change: z
    .strictObject({ id: ChangeId, state: ChangeState, pullRequest: z.string().nullable() })
    .nullable(),
  /** Why its change was refused or failed. */
  reason: z.string().nullable(),
  tasks: z.array(TaskView),
  /** Only in a preview: what it asks for. */
  totals: Totals.nullable(),
})
export type PhaseView = z.infer<typeof PhaseView>

export const PrerequisiteView = z.strictObject({
  id: z.string(),
  title: z.string(),
  owner: z.string(),
  why: z.string(),
  leadTime: z.string().nullable(),
  neededBy: z.array(z.string()),
  state: z.enum(['missing', 'met']),
  evidence: z.string().nullable(),
  by: z.string().nullable(),
  at: z.iso.datetime().nullable(),
  source: z.string(),
})
export type PrerequisiteView = z.infer<typeof PrerequisiteView>

const Node = z.strictObject({
  id: z.string(),
  kind: z.enum(['system', 'prerequisite', 'phase', 'task']),
  title: z.string(),
  state: z.string(),
})
/** `to` waits on `from`. */
const Edge = z.strictObject({ from: z.string(), to: z.string() })

export const RolloutView = z.strictObject({
  /** Null in a preview: nothing exists yet. */
  id: RolloutId.nullable(),
  tenant: z.string(),
  system: z.strictObject({ name: z.string(), version: z.string(), title: z.string() }),
  name: z.string(),
  parameters: z.record(z.string(), z.unknown()),
  state: z.union([RolloutState, z.literal('preview')]),
  reason: z.string().nullable(),
  requester: z.string(),
  phases: z.array(PhaseView),
  prerequisites: z.array(PrerequisiteView),
  graph: z.strictObject({ nodes: z.array(Node), edges: z.array(Edge) }),
  findings: z.array(Finding),
  /** Only of a fleet: how many regions are alike, over all its waves together, as planned when it was asked for. */
  fleet: FleetSummary.optional(),
  /** A month of all its phases together; phases that are not planned yet are named as unpriced. */
  cost: Cost.pick({ now: true, after: true, difference: true }),
  /** Only in a preview: what `confirm` must be; null when nothing is destroyed. */
  confirm: Digest.nullable(),
  next: z.array(NextStep),
  createdAt: z.iso.datetime().nullable(),
  updatedAt: z.iso.datetime().nullable(),
  links: z.record(z.string(), z.string()),
})
export type RolloutView = z.infer<typeof RolloutView>

/** In a list: where each stands, without tasks and graph. */
export const RolloutSummary = RolloutView.pick({
  ...{ id: true, tenant: true, system: true, name: true, state: true, reason: true },
  ...{ requester: true, createdAt: true, updatedAt: true, links: true },
}).extend({
  phases: z.array(PhaseView.pick({ id: true, title: true, state: true })),
})
export type RolloutSummary = z.infer<typeof RolloutSummary>

/** What people order and report. */
export type RolloutAct =
  | { kind: 'order'; order: 'pause' | 'resume' | 'abort'; reason: string | null }
  | { kind: 'task'; phase: string; task: string; inputs: Record<string, unknown> }
  | { kind: 'prerequisite'; prerequisite: string; report: PrerequisiteReport }
