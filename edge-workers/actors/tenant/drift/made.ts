// What a plan has to know of the last look at main.
import { eq } from 'drizzle-orm'
import type { Asked } from '../../../../gitops/read-command.ts'
import type { Snapshot } from '../../../../schemas/snapshot.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { statement } from '../../database.ts'
import type { ResourceRow, TenantContext } from '../context.ts'
import { digestOf, isAbout } from './differences.ts'

const lastLook = statement((db: TenantContext['db']) =>
  db.select().from(tables.mainLooks).where(eq(tables.mainLooks.id, 1)).prepare(),
)

/** Of a resource what is its own. Of a new one everything: it may write where somebody has put a file already. */
export const handMadeFor = (
  db: TenantContext['db'],
  { overwrite }: Pick<Asked, 'overwrite'>,
  own: ResourceRow | undefined,
): Snapshot['handMade'] => {
  const looked = lastLook(db).get()
  const all = looked?.files ?? []
  const files = own ? all.filter((file) => isAbout(own, file)) : all
  if (files.length === 0) return undefined
  return {
    files: files.map(({ path, blob }) => ({ path, blob })),
    confirmed: own !== undefined && overwrite !== undefined && overwrite === digestOf(files),
  }
}
