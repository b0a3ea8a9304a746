// /templates: the catalogue as pages, for whoever may read it at /v1/templates.
import { describeTemplate, listTemplates } from '../../gitops/catalog.ts'
import { ok } from '../../schemas/result.ts'
import type { App, AppContext } from '../http/context.ts'
import { catalogueReader } from '../routes/catalogue-reader.ts'
import { refusedPage } from './answers.tsx'
import { TemplatePage, TemplatesPage } from './catalogue-pages.tsx'
import { answerPageHtml } from './layout.tsx'
import { sessionDoor } from './session.ts'

/** The reader's tenant. */
const readerOf = async (c: AppContext) => {
  const door = await sessionDoor(c)
  if (!door.ok) return door
  const who = await door.value.tenant.whoAmI(door.value.caller, 'catalogue.read')
  return who.ok ? ok(door.value.tenantId) : who
}

export const registerCataloguePages = (app: App): void => {
  app.get('/templates', async (c) => {
    const reader = await readerOf(c)
    return reader.ok
      ? answerPageHtml(c, { title: 'Templates' }, <TemplatesPage templates={listTemplates()} />)
      : refusedPage(c, reader.refusal)
  })

  app.get('/templates/:name', async (c) => {
    const reader = await readerOf(c)
    if (!reader.ok) return refusedPage(c, reader.refusal)
    const template = describeTemplate(
      c.req.param('name'),
      await catalogueReader(c.env, reader.value),
    )
    return template
      ? answerPageHtml(
          c,
          { title: template.title },
          <TemplatePage template={template} origin={c.env.PUBLIC_URL} />,
        )
      : refusedPage(c, { problem: 'not-found' })
  })
}
