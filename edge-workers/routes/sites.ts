// /v1/sites: places with hosts. Operators write; tenants read those of their jurisdiction.
import * as z from 'zod'
import { Site, SiteView } from '../../schemas/place.ts'
import { ok, refuse } from '../../schemas/result.ts'
import { platformDoor } from '../auth/door.ts'
import { answerVersioned } from '../http/answer.ts'
import type { App } from '../http/context.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute, param } from '../http/route.ts'
import {
  creates,
  inventoryOf,
  keeperOf,
  listOf,
  lists,
  READERS,
  readCreation,
  readPatch,
  TAG,
} from './place-routes.ts'

/** Fields that are left out stay as they are; `standIn` must not fall back to its default. */
const UpdateSite = z.strictObject({
  hosts: Site.shape.hosts.optional(),
  network: Site.shape.network.optional(),
  image: Site.shape.image.optional(),
  standIn: z.boolean().optional(),
  qdevice: Site.shape.qdevice,
  adjacent: Site.shape.adjacent,
})

export const registerSiteRoutes = (app: App): void => {
  const view = { schema: SiteView, name: 'Site' }
  addRoute(
    app,
    lists('/v1/sites', 'List sites', 'Site', SiteView),
    listOf((inventory, page) => inventory.listSites(page)),
  )
  addRoute(
    app,
    creates({
      path: '/v1/sites',
      summary: 'Create a site',
      body: Site,
      bodyName: 'CreateSite',
      answers: { 201: { text: 'The site.', ...view } },
    }),
    async (c) => {
      const creation = await readCreation(c, Site)
      if (!creation.ok) return answerRefusal(c, creation.refusal)
      const { key, print, value } = creation.value
      const inventory = await inventoryOf(c.env, 'site', value)
      if (!inventory.ok) return answerRefusal(c, inventory.refusal)
      const created = await inventory.value.createSite(key, print, value)
      const headers = { location: `/v1/sites/${value.name}` }
      return answerVersioned(c, created, { status: 201, headers })
    },
  )
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/sites/{site}',
      summary: 'Read a site',
      tag: TAG,
      action: 'catalogue.read',
      who: READERS,
      answers: { 200: { text: 'The site.', ...view } },
    },
    async (c) => {
      const who = await platformDoor(c, 'catalogue.read')
      if (!who.ok) return answerRefusal(c, who.refusal)
      const inventory = await keeperOf(c.env, who.value, 'site', param(c, 'site'))
      if (!inventory.ok) return answerRefusal(c, inventory.refusal)
      const site = await inventory.value.readSite(param(c, 'site'))
      return answerVersioned(c, site ? ok(site) : refuse('not-found'))
    },
  )
  addRoute(
    app,
    {
      method: 'patch',
      path: '/v1/sites/{site}',
      summary: 'Change a site',
      description:
        'Replaces hosts, network or image whole. Refused below what is reserved there, and for a site that is kept in Git.',
      tag: TAG,
      action: 'platform.write',
      ifMatch: true,
      body: UpdateSite,
      bodyName: 'UpdateSite',
      answers: { 200: { text: 'The site as it is now.', ...view } },
      problems: ['conflict'],
    },
    async (c) => {
      const patch = await readPatch(c, 'site', UpdateSite)
      if (!patch.ok) return answerRefusal(c, patch.refusal)
      const { inventory, name, version, change } = patch.value
      return answerVersioned(c, await inventory.updateSite(name, version, change))
    },
  )
}
