// Whether the world still is what a plan read. Asked before every step that an approval stands for.
import { findTemplate } from '../../../gitops/catalog.ts'
import { readsDigest } from '../../../gitops/plan.ts'
import { judgeAgain } from '../../../gitops/plan-again.ts'
import { outOfDate } from '../../../schemas/gate.ts'
import { ok, type Result, refuse } from '../../../schemas/result.ts'
import type { Snapshot } from '../../../schemas/snapshot.ts'
import { sha256Hex } from '../../digest.ts'
import type { ChangeRow, PlanRow, TenantContext } from './context.ts'
import { readPlanRow } from './context.ts'
import type { Judged } from './drift/made.ts'
import { gatherSnapshot } from './snapshot.ts'

export const stillTrue = async (
  context: TenantContext,
  change: ChangeRow,
  /** Whether the forge shows it as merged: what is made by hand after that it does not write over. */
  merged = false,
): Promise<Result<null>> => {
  const { plan, request, snapshot, written } = readPlanRow(context.db, change)
  // Of what removes many things each must still be as it was read.
  const parts = snapshot.deletion ?? [{ ...plan, request, snapshot }]
  for (const part of parts) {
    const { handMade: planned } = part.snapshot
    const still = await partHolds(context, part, { written: written ?? [], planned, merged })
    if (!still.ok) return still
  }
  return ok(null)
}

type Part = Pick<PlanRow['plan'], 'phase' | 'placement' | 'template' | 'reads'> &
  Pick<PlanRow, 'request'>

const partHolds = async (
  context: TenantContext,
  part: Part,
  proposed: Judged,
): Promise<Result<null>> => {
  const { request, reads } = part
  const { name, version } = part.template
  const snapshot = await gatherSnapshot(context, { ...request, version }, undefined, proposed)
  if (!snapshot.ok) return snapshot
  const template = findTemplate(name, version)
  const same = template && readsDigest(snapshot.value, template, sha256Hex) === reads
  if (!same) {
    return refuse('wrong-state', {
      detail: 'What the plan read has changed since: ask for a revision.',
    })
  }
  const findings = judged(part, snapshot.value)
  if (!findings) {
    return refuse('wrong-state', { detail: 'The template has changed since: ask for a revision.' })
  }
  const rules = [...new Set(findings.map(({ rule }) => rule))].join(', ')
  return findings.length === 0
    ? ok(null)
    : refuse('wrong-state', { detail: `It would be blocked now: ${rules}.`, findings })
}

const asReason = (sentence: string): string => {
  const words = sentence.replace(/\.$/, '')
  return words.slice(0, 1).toLowerCase() + words.slice(1)
}

/** Why nobody may approve or merge what was planned any more, as the gate says it; null while what it read stands. */
export const planLost = async (
  context: TenantContext,
  change: ChangeRow,
): Promise<string | null> => {
  const open = change.state === 'proposed' || change.state === 'approved'
  if (!open || change.commitSha === null) return null
  const current = await stillTrue(context, change)
  if (current.ok) return null
  const { detail = 'It cannot be planned any more as it was: ask for a revision.' } =
    current.refusal
  return outOfDate(asReason(detail))
}

/** Null when the template cannot render any more what was planned. */
const judged = (part: Part, snapshot: Snapshot) => {
  try {
    return judgeAgain(part.request, part, snapshot, sha256Hex)
  } catch {
    return null
  }
}
