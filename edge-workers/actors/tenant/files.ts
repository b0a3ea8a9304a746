// The files of a change, rendered again from what was planned: the object keeps no rendered file.

import { eq } from 'drizzle-orm'
import { renderAgain } from '../../../gitops/plan-again.ts'
import { ok, type Result, refuse } from '../../../schemas/result.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import { sha256Hex } from '../../digest.ts'
import type { ChangeRow, PlanRow, TenantContext } from './context.ts'
import { readPlanRow } from './context.ts'

export interface RenderedChange {
  files: { path: string; content: string | null }[]
  /** What stood before under the same paths, where this version of the templates can still render it. */
  before: Map<string, string>
}

/** A template changed since the plan was made: its files are not what was planned, so nothing is done with them. */
export class StaleTemplate extends Error {
  override name = 'StaleTemplate'
}

const renderedAgain = (
  ...[request, plan, snapshot]: [PlanRow['request'], PlanRow['plan'], PlanRow['snapshot']]
) => {
  try {
    return renderAgain(request, plan, snapshot, sha256Hex)
  } catch {
    throw new StaleTemplate()
  }
}

/** Renders a stored plan and proves that it is the same to the byte. */
const renderPlan = ({ request, plan, snapshot }: PlanRow): RenderedChange['files'] => {
  const files = renderedAgain(request, plan, snapshot)
  const digests = new Map(plan.files.map(({ path, digest }) => [path, digest]))
  const same = files.every(
    ({ path, content }) =>
      digests.get(path) === (content === null ? null : `sha256:${sha256Hex(content)}`),
  )
  if (!same || files.length !== plan.files.length) throw new StaleTemplate()
  return files
}

export const renderChange = (context: TenantContext, change: ChangeRow): RenderedChange['files'] =>
  renderPlan(readPlanRow(context.db, change))

/** The files as they stood before this change: what the change that stood there had written. */
const standingBefore = (context: TenantContext, change: ChangeRow): Map<string, string> => {
  const { snapshot } = readPlanRow(context.db, change)
  const parts = snapshot.deletion?.map((part) => ({ name: part.request.name, ...part.snapshot }))
  return new Map(
    (parts ?? [{ name: change.name, standing: snapshot.standing }]).flatMap((part) => [
      ...standingOf(context, change.id, part),
    ]),
  )
}

/** The files of one resource before a change. */
const standingOf = (
  context: TenantContext,
  changeId: string,
  { name, standing }: { name: string; standing: { path: string; digest: string }[] },
): Map<string, string> => {
  const before = new Map<string, string>()
  const wanted = new Map(standing.map(({ path, digest }) => [path, digest]))
  if (wanted.size === 0) return before
  // Earlier changes of the same resource, newest first, until every path is found.
  const earlier = context.db
    .select()
    .from(tables.changes)
    .where(eq(tables.changes.name, name))
    .all()
    .filter(({ id, liveSha }) => id !== changeId && liveSha !== null)
    .sort((a, b) => (b.livePlace ?? 0) - (a.livePlace ?? 0))
  for (const row of earlier) {
    if (before.size === wanted.size) break
    try {
      for (const { path, content } of renderChange(context, row)) {
        if (
          content !== null &&
          !before.has(path) &&
          wanted.get(path) === `sha256:${sha256Hex(content)}`
        )
          before.set(path, content)
      }
    } catch {
      // A template that moved on cannot show its old output: the diff then shows the new side only.
    }
  }
  return before
}

/** The files, or a refusal that says where they can still be read. */
const renderOrRefuse = (
  context: TenantContext,
  change: ChangeRow,
): Result<RenderedChange['files']> => {
  try {
    return ok(renderChange(context, change))
  } catch (error) {
    if (!(error instanceof StaleTemplate)) throw error
    return refuse('conflict', {
      detail: 'The template has changed since: read the files in the commit.',
    })
  }
}

/** Each file of a change, with what stood there before it. */
export const filesBeside = (
  context: TenantContext,
  change: ChangeRow,
): Result<{ path: string; content: string | null; before: string | null }[]> => {
  const files = renderOrRefuse(context, change)
  if (!files.ok) return files
  const before = standingBefore(context, change)
  return ok(files.value.map((file) => ({ ...file, before: before.get(file.path) ?? null })))
}
