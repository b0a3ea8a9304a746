// Views of changes kept in the actor's memory, so that the read everybody repeats costs no query and no rendering.
// How a view looks is in views.ts.
import type { ChangeView } from '../../../schemas/change.ts'
import { pack } from '../../packed.ts'
import type { Packed } from '../contracts.ts'
import { type ChangeRow, readChangeRow, type TenantContext } from './context.ts'
import { changeView } from './views.ts'

/** Some 20 KB each with its text, so 10 MB at most. */
const VIEWS_KEPT = 500

export interface KeptViews {
  /** The view of a change as it is now, ready to be sent. */
  read: (id: string) => Packed<ChangeView> | undefined
  /** The view of a row that was just read. */
  of: (change: ChangeRow) => ChangeView
  /** Call it at every write of this actor: what was kept is compared with the database again before it is used. */
  written: () => void
}

interface Kept {
  version: number
  view: ChangeView
  /** Made when it is first sent. */
  packed?: Packed<ChangeView>
}

/**
 * Keeps views in memory, each under the version it shows: every write that a view shows counts the version up, or the
 * ETag would lie as well. Between two writes nothing is asked of the database at all.
 */
export const keepViews = (context: TenantContext): KeptViews => {
  const kept = new Map<string, Kept>()
  /** Compared with the database since the last write. */
  const current = new Set<string>()
  const keep = (change: ChangeRow): Kept => {
    const { id, version } = change
    const before = kept.get(id)
    if (before?.version === version) return before
    if (kept.size >= VIEWS_KEPT) {
      kept.clear()
      current.clear()
    }
    const fresh = { version, view: changeView(context, change) }
    kept.set(id, fresh)
    return fresh
  }
  const find = (id: string): Kept | undefined => {
    if (current.has(id)) return kept.get(id)
    const change = readChangeRow(context.db, id)
    if (!change) return undefined
    const found = keep(change)
    current.add(id)
    return found
  }
  return {
    read: (id) => {
      const found = find(id)
      if (found) found.packed ??= pack({ value: found.view, version: found.version })
      return found?.packed
    },
    of: (change) => keep(change).view,
    written: () => current.clear(),
  }
}
