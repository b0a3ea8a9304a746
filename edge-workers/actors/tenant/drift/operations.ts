// The rows of drift in the table of operations.
import { ne } from 'drizzle-orm'
import type { RepositoryDrift } from '../../../../schemas/drift.ts'
import { ok } from '../../../../schemas/result.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import type { TenantContext } from '../context.ts'
import { lastLive } from '../lives.ts'
import type { OperationRows } from '../operation.ts'
import type { DriftOperations } from './contracts.ts'
import { describe, isAbout } from './differences.ts'

const FIX =
  'Nothing of this is applied, and nothing is promoted past it. Undo it on the forge: `git revert` each commit on main. Or, where it is a resource’s file, ask for a change of that resource: keep what was made by hand by asking for the parameters that make it, or drop it; either way name the digest of the resource’s drift as `overwrite`.'

const NOTHING: RepositoryDrift = {
  ...{ lookedAt: null, main: null, commits: [], differences: [], complete: true, fix: null },
  live: null,
}

const putBack = (left: string): string =>
  `Somebody else has moved live, and the clusters follow it there. Nothing is promoted until it is back: git push --force <remote> ${left}:live`

/** What the last look at the repository found; the forge is not asked for it. */
const readDrift = ({ db }: TenantContext): RepositoryDrift => {
  const looked = db.select().from(tables.mainLooks).get()
  if (!looked) return NOTHING
  const { files, commits, complete, mainSha: main, liveMoved: moved } = looked
  const left = lastLive(db)
  const live = moved === null || left === null || moved === left ? null : { moved, left }
  const standing =
    files.length === 0
      ? []
      : db.select().from(tables.resources).where(ne(tables.resources.state, 'removed')).all()
  const differences = files.map((file) => {
    const owner = standing.find((row) => isAbout(row, file))
    return { ...describe(owner?.stands ?? [], file), resource: owner?.name ?? null }
  })
  return {
    ...{ lookedAt: new Date(looked.at).toISOString(), main, commits, differences, complete, live },
    fix: live ? putBack(live.left) : differences.length === 0 && complete ? null : FIX,
  }
}

export const driftOperations: OperationRows<DriftOperations> = {
  'drift.read': { action: 'resources.read', run: (context) => ok(readDrift(context)) },
}
