// /v1/region-catalogue and its page /regions: where an installation could be. What this one has is /v1/regions.
import * as z from 'zod'
import { findRegions } from '../../gitops/regions.ts'
import { Jurisdiction } from '../../schemas/ids.ts'
import { Tier } from '../../schemas/place.ts'
import { CatalogueRegion } from '../../schemas/region-catalogue.ts'
import { ok } from '../../schemas/result.ts'
import { platformDoor } from '../auth/door.ts'
import { answerPageHtml } from '../console/layout.tsx'
import { RegionsPage } from '../console/regions-page.tsx'
import type { App } from '../http/context.ts'
import { answerPage, readPage, readQuery } from '../http/page.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute } from '../http/route.ts'
import { READERS, TAG } from './place-routes.ts'
import { CACHE } from './shown.ts'

const Filter = z.strictObject({ tier: Tier.optional(), jurisdiction: Jurisdiction.optional() })

export const registerRegionCatalogueRoutes = (app: App): void => {
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/region-catalogue',
      summary: 'List the catalogue of regions',
      description:
        '325 regions in three tiers, in name order: Azure’s public ones, and stand-ins (`standIn`) that nobody has. Tiers and latency classes are targets, not measurements. Filter by `tier` or `jurisdiction`.',
      tag: TAG,
      action: 'catalogue.read',
      who: READERS,
      query: Filter,
      answers: {
        200: {
          ...{ text: 'The regions.', schema: CatalogueRegion, name: 'CatalogueRegion' },
          list: true,
        },
      },
    },
    async (c) => {
      const who = await platformDoor(c, 'catalogue.read')
      if (!who.ok) return answerRefusal(c, who.refusal)
      const filter = readQuery(c, Filter)
      if (!filter.ok) return answerRefusal(c, filter.refusal)
      const scope = { tenantId: who.value.tenantId, filter: filter.value }
      const page = readPage(c, scope)
      if (!page.ok) return answerRefusal(c, page.refusal)
      const { limit, after } = page.value
      const rest = findRegions(filter.value).filter(({ name }) => after === null || name > after)
      const items = rest.slice(0, limit)
      const next = rest.length > limit ? (items.at(-1)?.name ?? null) : null
      return answerPage(c, ok({ items, next }), scope)
    },
  )

  addRoute(
    app,
    {
      ...{ method: 'get', path: '/regions', summary: 'Read the catalogue of regions', tag: TAG },
      ...{ action: 'open', query: Filter },
      answers: { 200: { text: 'A page.', contentType: 'text/html' } },
    },
    (c) => {
      const filter = readQuery(c, Filter)
      if (!filter.ok) return answerRefusal(c, filter.refusal)
      return answerPageHtml(
        c,
        { title: 'Regions', headers: { 'cache-control': CACHE } },
        <RegionsPage regions={findRegions(filter.value)} tier={filter.value.tier} />,
      )
    },
  )
}
