// /v1/templates: what can be asked for. Reads the catalogue only; no actor is involved beyond the door.
import * as z from 'zod'
import {
  describeTemplate,
  listTemplates,
  TemplateDetail,
  TemplateSummary,
} from '../../gitops/catalog.ts'
import { ok } from '../../schemas/result.ts'
import { platformDoor } from '../auth/door.ts'
import { answerDigested } from '../http/answer.ts'
import type { App, AppContext } from '../http/context.ts'
import { answerPage, NO_FILTER, readPage, readQuery } from '../http/page.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute, param } from '../http/route.ts'
import { catalogueReader } from './catalogue-reader.ts'

/** An address bar sends no token and asks for a page: the console has it. */
const isBrowser = (c: AppContext): boolean =>
  c.req.header('authorization') === undefined &&
  /\btext\/html\b/i.test(c.req.header('accept') ?? '')

/** Absent: the newest. */
const OfVersion = z.strictObject({
  version: z
    .string()
    .regex(/^\d{1,4}\.\d{1,4}\.\d{1,4}$/)
    .optional(),
})

export const registerTemplateRoutes = (app: App): void => {
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/templates',
      summary: 'List templates',
      description:
        'What one change makes, and the systems (`kind: system`) that a rollout makes in phases. A browser without a token is sent to the console’s page.',
      tag: 'Catalogue',
      action: 'catalogue.read',
      answers: {
        200: {
          text: 'The templates.',
          schema: TemplateSummary,
          name: 'TemplateSummary',
          list: true,
        },
      },
    },
    async (c) => {
      c.header('vary', 'accept, authorization')
      if (isBrowser(c)) return c.redirect('/templates')
      const who = await platformDoor(c, 'catalogue.read')
      if (!who.ok) return answerRefusal(c, who.refusal)
      const query = readQuery(c, NO_FILTER)
      if (!query.ok) return answerRefusal(c, query.refusal)
      const scope = { tenantId: who.value.tenantId }
      const page = readPage(c, scope)
      if (!page.ok) return answerRefusal(c, page.refusal)
      const { limit, after } = page.value
      const rest = listTemplates().filter(({ name }) => after === null || name > after)
      const items = rest.slice(0, limit)
      const next = rest.length > limit ? (items.at(-1)?.name ?? null) : null
      return answerPage(c, ok({ items, next }), scope)
    },
  )

  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/templates/{name}',
      summary: 'Read a template',
      description:
        'Parameters as JSON Schema 2020-12, defaults, requests that work as printed, what they render, rules, price lines and versions; of a system its phases and rows as well. A browser without a token is sent to the console’s page.',
      tag: 'Catalogue',
      action: 'catalogue.read',
      query: OfVersion,
      answers: { 200: { text: 'The template.', schema: TemplateDetail, name: 'Template' } },
    },
    async (c) => {
      const name = param(c, 'name')
      c.header('vary', 'accept, authorization')
      if (isBrowser(c)) return c.redirect(`/templates/${encodeURIComponent(name)}`)
      const who = await platformDoor(c, 'catalogue.read')
      if (!who.ok) return answerRefusal(c, who.refusal)
      const query = readQuery(c, OfVersion)
      if (!query.ok) return answerRefusal(c, query.refusal)
      const reader = await catalogueReader(c.env, who.value.tenantId)
      const template = describeTemplate(name, reader, query.value.version)
      return template
        ? answerDigested(c, JSON.stringify(template))
        : answerRefusal(c, { problem: 'not-found' })
    },
  )
}
