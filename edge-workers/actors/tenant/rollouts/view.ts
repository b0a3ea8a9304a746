// How a rollout looks from outside: its phases with what each waits on, the graph of the whole, and who must act next.
// No decisions here.

import * as z from 'zod'
import { judgeContradictions } from '../../../../gitops/contradictions/contradictions.ts'
import { systemCost } from '../../../../gitops/cost/system.ts'
import {
  assess,
  type Outlook,
  type PhaseOutlook,
  precedents,
  resourceOf,
  taskKey,
} from '../../../../gitops/rollout.ts'
import type { NextStep } from '../../../../schemas/change.ts'
import type { Finding, Plan } from '../../../../schemas/plan.ts'
import type { Principal } from '../../../../schemas/principal.ts'
import type {
  PhaseView,
  PrerequisiteView,
  RolloutSummary,
  RolloutView,
  TaskView,
} from '../../../../schemas/rollout.ts'
import type { Phase, Prerequisite, System, Task } from '../../../../schemas/system.ts'
import type { Db, TenantContext } from '../context.ts'
import { readChangeRow } from '../context.ts'
import { sendStep } from '../views.ts'
import { costsOf } from './costs.ts'
import { keptSummary } from './fleet-summary.ts'
import { graphOf } from './graph.ts'
import { type PlannedCosts, plannedCosts } from './planned-costs.ts'
import {
  outlookOf,
  type PhaseRow,
  type ReportRow,
  type RolloutRow,
  readPhases,
  readReports,
  systemOf,
} from './rows.ts'

interface Shown {
  system: System
  name: string
  parameters: Record<string, unknown>
  outlook: Outlook
  reports: ReportRow[]
  rows: Map<string, PhaseRow>
  plans: Map<string, Plan>
  /** Of phases that have no change yet. */
  planned: PlannedCosts
  db: Db
}

export const rolloutView = (context: TenantContext, rollout: RolloutRow): RolloutView => {
  const { db } = context
  const system = systemOf(rollout)
  const slug = context.tenant().slug
  const shown: Shown = {
    system,
    name: rollout.name,
    parameters: rollout.parameters,
    outlook: outlookOf(db, rollout),
    reports: readReports(db, rollout.id),
    rows: readPhases(db, rollout.id),
    plans: new Map(),
    planned: plannedCosts(context, rollout.id),
    db,
  }
  const { state, reason, requester, createdAt, updatedAt } = rollout
  const self = `/v1/tenants/${slug}/rollouts/${rollout.id}`
  const parts = partsOf(shown)
  return {
    id: rollout.id,
    tenant: slug,
    ...parts,
    system: { ...parts.system, version: rollout.systemVersion },
    state,
    reason,
    requester,
    // What the source contradicts stays so; what was found of the parameters is in the plans of the changes.
    findings: judgeContradictions(system.name),
    confirm: null,
    next: nextSteps(state, parts.phases, self),
    createdAt,
    updatedAt,
    links: linksOf(system, self, rollout),
  }
}

/** In a list: without tasks and graph, which cost more than all the rest. */
export const rolloutSummary = (context: TenantContext, rollout: RolloutRow): RolloutSummary => {
  const { id, name, state, reason, requester, createdAt, updatedAt } = rollout
  const system = systemOf(rollout)
  const slug = context.tenant().slug
  return {
    ...{ id, tenant: slug, name, state, reason, requester, createdAt, updatedAt },
    system: { name: system.name, version: rollout.systemVersion, title: system.title },
    phases: outlookOf(context.db, rollout).phases.map(({ phase, state: at }) => ({
      ...{ id: phase.id, title: phase.title, state: at },
    })),
    links: linksOf(system, `/v1/tenants/${slug}/rollouts/${id}`, rollout),
  }
}

interface Asked {
  system: System
  name: string
  parameters: Record<string, unknown>
  plans: Map<string, Plan>
  findings: Finding[]
  confirm: string | null
}

/** The same shape for something that does not exist yet. */
export const rolloutPreview = (
  context: TenantContext,
  who: Principal,
  { system, name, parameters, plans, findings, confirm }: Asked,
): RolloutView => {
  const nothing = { phases: new Map(), done: new Set<string>(), met: new Set<string>() }
  const outlook = assess(system, parameters, { state: 'running', ...nothing })
  return {
    id: null,
    tenant: context.tenant().slug,
    ...partsOf({
      ...{ system, name, parameters, outlook, plans },
      ...{ reports: [], rows: new Map(), planned: new Map(), db: context.db },
    }),
    state: 'preview',
    reason: null,
    requester: who.subject,
    findings,
    confirm,
    next: [sendStep(confirm)],
    createdAt: null,
    updatedAt: null,
    links: {},
  }
}

const partsOf = (shown: Shown) => {
  const { system, name, parameters, outlook } = shown
  const phases = outlook.phases.map((phase) => phaseView(shown, phase))
  const prerequisites = system.prerequisites.map((row) => prerequisiteView(shown, row))
  const fleet = keptSummary(system.name, parameters)
  return {
    system: { name: system.name, version: system.version, title: system.title },
    name,
    parameters,
    ...(fleet ? { fleet } : {}),
    phases,
    prerequisites,
    graph: graphOf(system, phases, prerequisites),
    cost: systemCost(costsOf(shown, phases)),
  }
}

const phaseView = (shown: Shown, { phase, state, waitsOn, reason }: PhaseOutlook): PhaseView => {
  const { system, rows, plans, db, name, parameters } = shown
  const row = rows.get(phase.id)
  const change = row?.changeId ? readChangeRow(db, row.changeId) : undefined
  const renders = phase.blocks(parameters, name).length > 0
  return {
    id: phase.id,
    title: phase.title,
    duration: phase.duration,
    state,
    after: precedents(system, phase),
    needs: phase.needs,
    waitsOn,
    resource: renders ? resourceOf(phase, name) : null,
    attempt: row?.attempt ?? 0,
    change: change ? { id: change.id, state: change.state, pullRequest: change.pullUrl } : null,
    reason,
    tasks: phase.tasks.map((task) => taskView(shown, phase, task, waitsOn)),
    totals: plans.get(phase.id)?.totals ?? null,
  }
}

const taskView = (
  { reports, name, parameters }: Shown,
  phase: Phase,
  { id, title, owner, when, after, inputs, steps, source }: Task,
  waitsOn: PhaseView['waitsOn'],
): TaskView => {
  const key = taskKey(phase.id, id)
  const find = (wanted: string) =>
    reports.find((report) => report.kind === 'task' && report.id === wanted)
  const done = find(key)
  const reached = waitsOn.some((wait) => wait.id === key)
  const first = after.every((before) => find(taskKey(phase.id, before)) !== undefined)
  return {
    ...{ id, title, owner, when, after, source },
    state: done ? 'done' : reached && first ? 'due' : 'waiting',
    steps: steps({ name, parameters }),
    inputs: schemaOf(inputs),
    reported: done?.inputs ?? null,
    by: done?.by ?? null,
    at: done?.at ?? null,
  }
}

/** The same for every look at it. */
const schemas = new WeakMap<object, Record<string, unknown>>()
const schemaOf = (inputs: Task['inputs']): Record<string, unknown> => {
  const schema =
    schemas.get(inputs) ?? z.toJSONSchema(inputs, { io: 'input', target: 'draft-2020-12' })
  schemas.set(inputs, schema)
  return schema
}

const prerequisiteView = (
  { system, reports }: Shown,
  { id, title, owner, why, leadTimeWeeks, source }: Prerequisite,
): PrerequisiteView => {
  const report = reports.find((row) => row.kind === 'prerequisite' && row.id === id)
  const { least, most } = leadTimeWeeks ?? { least: 0, most: 0 }
  return {
    ...{ id, title, owner, why, source },
    leadTime: leadTimeWeeks ? `${least}${most === null ? '+' : `-${most}`} weeks` : null,
    neededBy: system.phases.filter(({ needs }) => needs.includes(id)).map((phase) => phase.id),
    state: report?.state === 'met' ? 'met' : 'missing',
    evidence: typeof report?.inputs.evidence === 'string' ? report.inputs.evidence : null,
    by: report?.by ?? null,
    at: report?.at ?? null,
  }
}

/** Who must act, and where. */
const nextSteps = (state: RolloutRow['state'], phases: PhaseView[], self: string): NextStep[] => {
  if (state === 'done' || state === 'aborted') return []
  const resume: NextStep = { who: 'the requester', what: 'resume', how: `POST ${self}/resume` }
  const abort: NextStep = { who: 'the requester', what: 'abort', how: `POST ${self}/abort` }
  const waits = phases.flatMap((phase) =>
    phase.waitsOn
      .filter(({ kind }) => kind !== 'phase')
      .filter(({ kind, id }) => kind !== 'task' || isDue(phases, id))
      .map(({ kind, id, who, what }): NextStep => {
        if (kind === 'task') {
          const [phaseId, taskId] = id.split('/')
          return { who, what, how: `POST ${self}/phases/${phaseId}/tasks/${taskId}` }
        }
        if (kind === 'prerequisite') return { who, what, how: `POST ${self}/prerequisites/${id}` }
        return {
          who,
          what: `${phase.title}: ${what}`,
          how: self.replace(/rollouts.*/, `changes/${id}`),
        }
      }),
  )
  if (state !== 'running') return [resume, abort]
  return [...waits, { who: 'the requester', what: 'pause', how: `POST ${self}/pause` }, abort]
}

const isDue = (phases: PhaseView[], key: string): boolean =>
  phases.some(({ id, tasks }) =>
    tasks.some((task) => taskKey(id, task.id) === key && task.state === 'due'),
  )

/** Documents only as far as the parameters say enough to write them. */
const linksOf = (
  system: System,
  self: string,
  rollout: Pick<RolloutRow, 'name' | 'parameters'>,
): Record<string, string> => ({
  self,
  runbook: `${self}/runbook`,
  page: self.replace('/v1/tenants/', '/t/'),
  ...Object.fromEntries(
    Object.entries(system.documents)
      .filter(([, write]) => write(rollout) !== null)
      .map(([name]) => [name, `${self}/documents/${name}`]),
  ),
})
