// Whether the world still is what a plan read. Asked before every step that an approval stands for.
import { findTemplate } from '../../../gitops/catalog.ts'
import { readsDigest } from '../../../gitops/plan.ts'
import { ok, type Result, refuse } from '../../../schemas/result.ts'
import { sha256Hex } from '../../digest.ts'
import type { ChangeRow, TenantContext } from './context.ts'
import { readPlanRow } from './context.ts'
import { gatherSnapshot } from './snapshot.ts'

export const stillTrue = async (
  context: TenantContext,
  change: ChangeRow,
): Promise<Result<null>> => {
  const { plan, request } = readPlanRow(context.db, change)
  const { name, version } = plan.template
  const snapshot = await gatherSnapshot(context, { ...request, version })
  if (!snapshot.ok) return snapshot
  const template = findTemplate(name, version)
  const same = template && readsDigest(snapshot.value, template, sha256Hex) === plan.reads
  return same
    ? ok(null)
    : refuse('wrong-state', { detail: 'What the plan read has changed since: ask for a revision.' })
}
