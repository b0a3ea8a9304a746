// The page of a tenant's log, and the proof bundle as a file.
import * as z from 'zod'
import { LeafType } from '../../schemas/log.ts'
import type { App, AppContext } from '../http/context.ts'
import { nextLink, readPage, readQuery } from '../http/page.ts'
import { refusedPage } from './answers.tsx'
import { answerPageHtml } from './layout.tsx'
import { LogPage } from './log-page.tsx'
import { ownDoor } from './session.ts'

/** A form sends what was left empty too. */
const filled = <T extends z.ZodType>(schema: T) =>
  z.union([z.literal('').transform(() => undefined), schema]).optional()
const Filter = z.strictObject({
  type: filled(LeafType),
  subject: filled(z.string().max(100)),
  actor: filled(z.string().max(100)),
})
const Of = z.strictObject({ subject: z.string().min(1).max(100) })

const showLog = async (c: AppContext) => {
  const door = await ownDoor(c)
  if (!door.ok) return refusedPage(c, door.refusal)
  const { tenant, caller, tenantId, entry } = door.value
  const query = readQuery(c, Filter)
  if (!query.ok) return refusedPage(c, query.refusal)
  const scope = { tenantId, filter: query.value }
  const page = readPage(c, scope)
  if (!page.ok) return refusedPage(c, page.refusal)
  const input = { page: page.value, filter: query.value }
  const [summary, listed] = await Promise.all([
    tenant.call(caller, 'log.summary', null),
    tenant.call(caller, 'log.audit', input),
  ])
  if (!summary.ok) return refusedPage(c, summary.refusal)
  if (!listed.ok) return refusedPage(c, listed.refusal)
  return answerPageHtml(
    c,
    { title: `Log of ${entry.slug}` },
    <LogPage
      tenant={entry.slug}
      summary={summary.value}
      entries={listed.value.items}
      filter={query.value}
      next={nextLink(c, scope, listed.value.next)}
    />,
  )
}

const giveBundle = async (c: AppContext) => {
  const door = await ownDoor(c)
  if (!door.ok) return refusedPage(c, door.refusal)
  const query = readQuery(c, Of)
  if (!query.ok) return refusedPage(c, query.refusal)
  const { tenant, caller } = door.value
  const read = await tenant.call(caller, 'log.bundle', query.value.subject)
  if (!read.ok) return refusedPage(c, read.refusal)
  return c.body(`${JSON.stringify(read.value, null, 2)}\n`, 200, {
    'content-type': 'application/json',
    'content-disposition': 'attachment; filename="bundle.json"',
    'cache-control': 'private, no-cache',
  })
}

export const registerLogPages = (app: App): void => {
  app.get('/t/:tenant/log', showLog)
  app.get('/t/:tenant/log/bundle.json', giveBundle)
}
