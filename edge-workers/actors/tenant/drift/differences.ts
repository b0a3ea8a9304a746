// What a resource's row says of its drift: put together from Git and from every engine that reports, each replacing its own.
import { eq, ne, sql } from 'drizzle-orm'
import { canonicalJson } from '../../../../schemas/canonical-json.ts'
import { DIFFERENCES_SHOWN, type Difference, type Drift } from '../../../../schemas/drift.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { sha256Hex } from '../../../digest.ts'
import type { ResourceRow, Tx } from '../context.ts'

/** A path where main, or `live`, holds something else than what approved changes wrote. */
export interface HandMade {
  path: string
  /** Git's id of what is there; null: it was taken away. */
  blob: string | null
  where: 'git' | 'live'
}

/** What somebody confirms who wants these replaced: another edit of the same file is another digest. */
export const digestOf = (files: readonly HandMade[]): string => {
  const sorted = files.map(({ path, blob }) => `${path}\u0000${blob}`).sort()
  return `sha256:${sha256Hex(canonicalJson(sorted))}`
}

const directoryOf = (path: string): string => path.slice(0, path.lastIndexOf('/'))

/** Whose file it is: the resource's that wrote it, or the one whose directory it was put into. */
export const isAbout = (
  { stands }: Pick<ResourceRow, 'stands'>,
  { path }: { path: string },
): boolean =>
  stands.some((file) => file.path === path || directoryOf(file.path) === directoryOf(path))

export const describe = (
  stands: ResourceRow['stands'],
  { path, blob, where }: HandMade,
): Difference => {
  const known = stands.some((file) => file.path === path)
  const how = blob === null ? 'removed' : known ? 'changed' : 'added'
  const branch = where === 'live' ? 'live' : 'main'
  return { where, what: path, how, message: `${how} by hand on ${branch}, by no change of Phoenix` }
}

export interface Said {
  /** Which of the earlier differences this replaces. */
  replaces: (difference: Difference) => boolean
  differences: Difference[]
  /** Beyond those listed. */
  more?: number
  /** The commit of main, or the revision of the engine, that was looked at. */
  at: string | null
  digest?: string | null
  simulated: boolean
  now: string
}

const same = (a: unknown, b: unknown): boolean =>
  canonicalJson(a as object) === canonicalJson(b as object)

/** Writes what is new; where nothing differs any more the drift goes. */
export const noteDifferences = (tx: Tx, row: ResourceRow, said: Said): void => {
  const before = row.drift
  const others = (before?.differences ?? []).filter((one) => !said.replaces(one))
  const differences = [...others, ...said.differences]
  const digest = said.digest === undefined ? (before?.digest ?? null) : said.digest
  const drift: Drift | null =
    differences.length === 0
      ? null
      : {
          since: before?.since ?? said.now,
          at: said.differences.length > 0 ? said.at : (before?.at ?? said.at),
          differences: differences.slice(0, DIFFERENCES_SHOWN),
          more: (said.more ?? 0) + Math.max(0, differences.length - DIFFERENCES_SHOWN),
          digest,
          simulated:
            said.simulated && said.differences.length > 0
              ? true
              : others.length > 0
                ? (before?.simulated ?? false)
                : false,
        }
  const unchanged =
    drift === null ? before === null : before !== null && same({ ...drift }, { ...before })
  if (unchanged) return
  tx.update(tables.resources)
    .set({ drift, version: sql`${tables.resources.version} + 1` })
    .where(eq(tables.resources.name, row.name))
    .run()
}

/** What was made by hand, on every resource whose file it is. */
export const noteOnResources = (
  tx: Tx,
  files: HandMade[],
  { at, now }: { at: string; now: string },
) => {
  const rows = tx.select().from(tables.resources).where(ne(tables.resources.state, 'removed')).all()
  for (const row of rows) {
    const own = files.length === 0 ? [] : files.filter((file) => isAbout(row, file))
    if (own.length === 0 && row.drift === null) continue
    noteDifferences(tx, row, {
      replaces: ({ where }) => where === 'git' || where === 'live',
      differences: own.map((file) => describe(row.stands, file)),
      digest: own.length === 0 ? null : digestOf(own),
      ...{ at, now, simulated: false },
    })
  }
}
