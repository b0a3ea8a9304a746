// What no route took: 405 with Allow where the address exists under another method, otherwise 404. Looks at patterns only,
// never at what exists, so it cannot tell anybody anything about tenants.
import type { App, AppContext } from './context.ts'
import { answerRefusal } from './problem.ts'

interface Pattern {
  method: string
  matches: RegExp
}

const patternsOf = (app: App): Pattern[] =>
  app.routes
    .filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => ({
      method,
      matches: new RegExp(
        `^${path
          .split('/')
          .map((part) =>
            part.startsWith(':') ? '[^/]+' : part.replace(/[.*+?^$()|[\]\\{}]/g, '\\$&'),
          )
          .join('/')}$`,
      ),
    }))

/** The app's notFound handler. The table is made at the first miss, when every route is registered. */
export const answerMiss = (app: App): ((c: AppContext) => Response) => {
  let patterns: Pattern[] | undefined
  return (c) => {
    patterns ??= patternsOf(app)
    const methods = patterns
      .filter(({ matches }) => matches.test(c.req.path))
      .map(({ method }) => method)
    if (methods.length === 0) return answerRefusal(c, { problem: 'not-found' })
    const allowed = new Set([...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'])
    c.header('allow', [...allowed].sort().join(', '))
    if (c.req.method === 'OPTIONS') return c.body(null, 204)
    return answerRefusal(c, { problem: 'method-not-allowed' })
  }
}
