// What a commit of main differs by from `live`, and whether that is what approved changes wrote: all of it and nothing else.
import { eq } from 'drizzle-orm'
import {
  type Contents,
  ENTRY_POINTS,
  explains,
  unexplained,
  unseen,
} from '../../../gitops/promote.ts'
import { commitFiles } from '../../../gitops/propose.ts'
import { PLATFORM_SLUG } from '../../../schemas/ids.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import { gitBlobId } from '../../digest.ts'
import { throwIfOutage } from '../outage.ts'
import type { Difference } from '../repository-contracts.ts'
import type { ChangeRow, TenantContext } from './context.ts'
import { readPlanRow } from './context.ts'
import { renderChange, StaleTemplate } from './files.ts'
import { strays } from './strays.ts'

export const byHand = (context: TenantContext): RegExp | undefined =>
  context.tenant().slug === PLATFORM_SLUG ? ENTRY_POINTS : undefined

export const differenceOf = async (
  context: TenantContext,
  base: string,
  head: string,
): Promise<Difference | null> => {
  const read = await context.repository().difference(context.tenant().repository, base, head)
  throwIfOutage(read)
  return read.ok ? read.value : null
}

/** Whether the commit differs from `live` by what the lawful changes wrote, all of it and nothing else. */
export const isExplained = async (
  context: TenantContext,
  { forward, files, filesComplete }: Difference,
  lawful: ChangeRow[],
  head: string,
): Promise<boolean> => {
  if (!forward || !filesComplete) return false
  const written = new Map<string, string | null>()
  for (const change of lawful) {
    for (const { path, blob } of writtenBy(context, change)) written.set(path, blob)
  }
  if (!explains(files, written, byHand(context))) return false
  const paths = unseen(files, written)
  if (paths.length === 0) return true
  // As in `live` already, which is fine if it is what was approved; taken out again on main, which is not.
  const blobs = await context.repository().blobs(context.tenant().repository, head, paths)
  throwIfOutage(blobs)
  return blobs.ok && paths.every((path, index) => written.get(path) === blobs.value[index])
}

/** Whether a commit has all that the change wrote for engines, as it was proposed. */
export const isHeldBy = async (
  context: TenantContext,
  change: ChangeRow,
  head: string,
): Promise<boolean> => {
  const files = unexplained(writtenIfKnown(context, change) ?? [], new Map())
  const paths = files.map(({ path }) => path)
  const blobs = await context.repository().blobs(context.tenant().repository, head, paths)
  throwIfOutage(blobs)
  return blobs.ok && files.every(({ blob }, index) => blob === blobs.value[index])
}

/** Every file of the change's commit, as it was proposed. What an earlier release proposed is rendered again. */
export const writtenBy = (
  context: TenantContext,
  change: ChangeRow,
): { path: string; blob: string | null }[] => {
  const { written, plan } = readPlanRow(context.db, change)
  if (written) return written
  const files = renderChange(context, change)
  const { PUBLIC_URL: publicUrl } = context.env
  return commitFiles({ change, plan, files, publicUrl }).map(({ path, content }) => ({
    path,
    blob: content === null ? null : gitBlobId(content),
  }))
}

/** Null where an earlier release wrote them and nobody knows them any more. */
export const writtenIfKnown = (
  context: TenantContext,
  change: ChangeRow,
): ReturnType<typeof writtenBy> | null => {
  try {
    return writtenBy(context, change)
  } catch (error) {
    if (error instanceof StaleTemplate) return null
    throw error
  }
}

/** What merged changes wrote that are not promoted yet, and merges that went around the gate: those have a revert of their own. */
export const waiting = (context: TenantContext): Contents => {
  const written = new Map<string, string | null>()
  const rows = context.db
    .select()
    .from(tables.changes)
    .where(eq(tables.changes.state, 'merged'))
    .all()
  for (const change of strays(context.db))
    for (const { path, blob } of readPlanRow(context.db, change).written ?? [])
      written.set(path, blob)
  for (const change of rows)
    for (const { path, blob } of writtenIfKnown(context, change) ?? []) written.set(path, blob)
  return written
}
