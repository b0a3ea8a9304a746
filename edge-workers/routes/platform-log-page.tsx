// /log: the public page of the platform's log. Everything on it is in /v1/log as well.
import { logStub } from '../actors/stubs.ts'
import { answerPageHtml } from '../console/layout.tsx'
import { PlatformLogPage } from '../console/platform-log-page.tsx'
import type { App } from '../http/context.ts'
import { NO_FILTER, readQuery } from '../http/page.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute } from '../http/route.ts'

export const registerPlatformLogPage = (app: App): void =>
  addRoute(
    app,
    {
      ...{ method: 'get', path: '/log', summary: 'Read the page of the platform’s log' },
      ...{ tag: 'Log', action: 'open' },
      answers: { 200: { text: 'A page.', contentType: 'text/html' } },
    },
    async (c) => {
      const query = readQuery(c, NO_FILTER)
      if (!query.ok) return answerRefusal(c, query.refusal)
      const log = logStub(c.env)
      const [view, keys] = [await log.checkpoint(), await log.keys()]
      return answerPageHtml(
        c,
        // Its frame names who is signed in.
        { title: 'Log', headers: { 'cache-control': 'private, max-age=5' } },
        <PlatformLogPage view={view} keys={keys} repository={c.env.PLATFORM_REPOSITORY} />,
      )
    },
  )
