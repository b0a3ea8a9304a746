// Pages of what stands and what things cost: resources, the price book. Invoices are in billing-routes.tsx.
import type { App } from '../http/context.ts'
import { nextLink, readPage } from '../http/page.ts'
import { priceBookFor } from '../routes/price-book.ts'
import { refusedPage } from './answers.tsx'
import { objectsInArc } from './azure/resource-objects.tsx'
import { driftFor } from './drift.tsx'
import { answerPageHtml } from './layout.tsx'
import { PriceBookPage } from './price-book-page.tsx'
import { ResourcePage, ResourcesPage } from './resource-pages.tsx'
import { ownDoor, sessionDoor } from './session.ts'

const PARTS_SHOWN = 200

export const registerResourcePages = (app: App): void => {
  app.get('/resources', async (c) => {
    const door = await sessionDoor(c)
    return door.ok
      ? c.redirect(`/t/${door.value.entry.slug}/resources`, 303)
      : refusedPage(c, door.refusal)
  })

  app.get('/t/:tenant/resources', async (c) => {
    const door = await ownDoor(c)
    if (!door.ok) return refusedPage(c, door.refusal)
    const { tenant, caller, tenantId, entry } = door.value
    const page = readPage(c, { tenantId })
    if (!page.ok) return refusedPage(c, page.refusal)
    const listed = await tenant.listResources(caller, page.value, {})
    if (!listed.ok) return refusedPage(c, listed.refusal)
    const wholes = listed.value.items.filter(({ parent }) => parent === null)
    return answerPageHtml(
      c,
      { title: `Resources of ${entry.slug}` },
      <ResourcesPage
        tenant={entry.slug}
        resources={wholes}
        drift={await driftFor(door.value)}
        next={nextLink(c, { tenantId }, listed.value.next)}
      />,
    )
  })

  app.get('/t/:tenant/resources/:name', async (c) => {
    const door = await ownDoor(c)
    if (!door.ok) return refusedPage(c, door.refusal)
    const { tenant, caller, entry } = door.value
    const name = c.req.param('name')
    const read = await tenant.readResource(caller, name)
    if (!read.ok) return refusedPage(c, read.refusal)
    const page = { limit: PARTS_SHOWN, after: null }
    const parts = await tenant.listResources(caller, page, { parent: name })
    if (!parts.ok) return refusedPage(c, parts.refusal)
    const { value: resource } = read
    return answerPageHtml(
      c,
      { title: resource.name },
      <ResourcePage
        tenant={entry.slug}
        resource={resource}
        parts={parts.value.items}
        inArc={await objectsInArc(door.value, resource.name)}
      />,
    )
  })

  app.get('/price-book', async (c) => {
    const door = await sessionDoor(c)
    if (!door.ok) return refusedPage(c, door.refusal)
    const who = await door.value.tenant.whoAmI(door.value.caller, 'catalogue.read')
    if (!who.ok) return refusedPage(c, who.refusal)
    const book = await priceBookFor(c.env, door.value.tenantId)
    return book.ok
      ? answerPageHtml(c, { title: 'Price book' }, <PriceBookPage book={book.value} />)
      : refusedPage(c, book.refusal)
  })
}
