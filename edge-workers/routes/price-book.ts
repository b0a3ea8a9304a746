// /v1/price-book: what things cost where the reader is. Another book comes by a change of the platform, not from here.
import * as z from 'zod'
import { standInBook } from '../../gitops/catalog.ts'
import { Jurisdiction } from '../../schemas/ids.ts'
import { PriceBook } from '../../schemas/price-book.ts'
import { ok, type Result, refuse } from '../../schemas/result.ts'
import { findTenant, inventoryStub } from '../actors/stubs.ts'
import { platformDoor } from '../auth/door.ts'
import type { Env } from '../env.ts'
import { answerDigested } from '../http/answer.ts'
import type { App } from '../http/context.ts'
import { readQuery } from '../http/page.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute } from '../http/route.ts'

const Of = z.strictObject({
  jurisdiction: Jurisdiction.optional().describe(
    'For operators: whose book; absent: the one that comes with Phoenix',
  ),
})

/** The book that plans of a jurisdiction are priced by; the one that comes with Phoenix until an operator installs one. */
const priceBookIn = async (env: Env, jurisdiction: Jurisdiction): Promise<Result<PriceBook>> => {
  const inventory = inventoryStub(env, jurisdiction)
  if (!inventory.ok) return inventory
  return ok((await inventory.value.stub.readPriceBook()) ?? standInBook)
}

/** A tenant reads the book of its own jurisdiction; an operator, who has none, says which. */
export const priceBookFor = async (
  env: Env,
  tenantId: string,
  asked?: Jurisdiction,
): Promise<Result<PriceBook>> => {
  const entry = await findTenant(env, tenantId)
  if (!entry) return asked ? priceBookIn(env, asked) : ok(standInBook)
  if (asked !== undefined && asked !== entry.jurisdiction) {
    const errors = [{ pointer: '/jurisdiction', detail: 'A tenant reads that of its own.' }]
    return refuse('invalid-parameters', { errors })
  }
  return priceBookIn(env, entry.jurisdiction)
}

export const registerPriceBookRoutes = (app: App): void => {
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/price-book',
      summary: 'Read the price book',
      description:
        'The dated book by which plans are priced. `standIn`: rough amounts that come with Phoenix, nobody’s offer. What it has no row for is unpriced, never 0.',
      tag: 'Catalogue',
      action: 'catalogue.read',
      query: Of,
      answers: { 200: { text: 'The book.', schema: PriceBook, name: 'PriceBook' } },
    },
    async (c) => {
      const who = await platformDoor(c, 'catalogue.read')
      if (!who.ok) return answerRefusal(c, who.refusal)
      const query = readQuery(c, Of)
      if (!query.ok) return answerRefusal(c, query.refusal)
      const book = await priceBookFor(c.env, who.value.tenantId, query.value.jurisdiction)
      return book.ok
        ? answerDigested(c, JSON.stringify(book.value))
        : answerRefusal(c, book.refusal)
    },
  )
}
