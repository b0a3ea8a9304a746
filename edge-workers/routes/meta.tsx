// What the API says about itself: problem types, rules, the OpenAPI document and its readable form. Needs no network and no actor.
import {
  arithmeticOf,
  arithmeticText,
  type NamedNumber,
  readNumbers,
} from '../../gitops/arithmetic.ts'
import { EXCEPTION_TEMPLATE } from '../../schemas/exception.ts'
import { controlsServedBy } from '../../schemas/policy-packs/packs.ts'
import { isProblemName, type ProblemName, problems } from '../../schemas/problems.ts'
import { isRuleId, type RuleId, rules } from '../../schemas/rules.ts'
import { answerPageHtml } from '../console/layout.tsx'
import { Reference, type ReferenceDocument } from '../console/reference.tsx'
import { RulePage, RulesPage } from '../console/rule-page.tsx'
import { STYLE } from '../console/style.ts'
import { answerJson } from '../http/answer.ts'
import type { App, AppContext } from '../http/context.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute, documentRoutes, param } from '../http/route.ts'
import { CACHE, show } from './shown.ts'

const TAG = 'About'
const DESCRIPTION = `JSON with camelCase fields; times are RFC 3339 in UTC; ids are opaque strings. Errors are application/problem+json (RFC 9457) with errors[] that point into the body.

Every POST that creates needs an Idempotency-Key: the same key and body give the same result for ever, another body is refused. PATCH and DELETE of what has versions need If-Match with the ETag of what was read. Where the reference names validateOnly, \`?validateOnly=true\` answers as the real request would and does nothing; elsewhere it is refused.

Lists take limit and cursor and give next. Each caller may send as many requests a minute as RateLimit-Policy says; it is counted per process. Bodies hold at most 1 MiB.`

const documents = new WeakMap<App, Map<string, ReferenceDocument>>()

/** The document of every route registered so far; made once per address. */
const documentOf = (app: App, { env }: AppContext): ReferenceDocument => {
  const cache = documents.get(app) ?? new Map<string, ReferenceDocument>()
  documents.set(app, cache)
  const known = cache.get(env.PUBLIC_URL)
  if (known) return known
  documentRoutes(app)
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'Phoenix API', version: '1', description: DESCRIPTION },
    servers: [{ url: env.PUBLIC_URL }],
  }) as unknown as ReferenceDocument
  cache.set(env.PUBLIC_URL, document)
  return document
}

const problemJson = (c: AppContext, name: ProblemName) => ({
  type: `${c.env.PUBLIC_URL}/problems/${name}`,
  name,
  ...problems[name],
})
const numbersOf = (c: AppContext): NamedNumber[] =>
  readNumbers(new URL(c.req.url).searchParams.entries())

const ruleJson = (c: AppContext, id: RuleId, numbers: NamedNumber[] = []) => {
  const { excusable = false, ...rule } = rules[id]
  const parts = numbers.length > 0 ? arithmeticOf(id, numbers) : null
  return {
    url: `${c.env.PUBLIC_URL}/rules/${id}`,
    id,
    ...rule,
    // The same sentence with the numbers of the finding that led here.
    ...(parts ? { computed: arithmeticText(parts) } : {}),
    ...(numbers.length > 0
      ? { numbers: Object.fromEntries(numbers.map(({ name, value }) => [name, value])) }
      : {}),
    excusable,
    ...(excusable ? { exception: { template: EXCEPTION_TEMPLATE } } : {}),
    controls: controlsServedBy(id),
  }
}

const ProblemTable = () => (
  <>
    <h1>Problems</h1>
    <p>Every error of the API is one of these, as a problem document (RFC 9457).</p>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th>Status</th>
            <th>Name</th>
            <th>What it means</th>
          </tr>
        </thead>
        <tbody>
          {Object.entries(problems).map(([name, { status, title }]) => (
            <tr>
              <td class="mono">{status}</td>
              <td>
                <a href={`/problems/${name}`}>{name}</a>
              </td>
              <td>{title}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  </>
)

const ProblemView = ({ name }: { name: ProblemName }) => (
  <>
    <p class="soft">
      <a href="/problems">Problems</a>
    </p>
    <h1>{problems[name].title}</h1>
    <dl class="facts">
      <dt>Name</dt>
      <dd class="mono">{name}</dd>
      <dt>Status</dt>
      <dd class="mono">{problems[name].status}</dd>
      <dt>Way out</dt>
      <dd>{problems[name].wayOut}</dd>
    </dl>
  </>
)

const page = (path: string, summary: string, text: string) => ({
  method: 'get' as const,
  path,
  summary,
  tag: TAG,
  action: 'open' as const,
  answers: { 200: { text, contentType: 'text/html' } },
})

export const registerMetaRoutes = (app: App): void => {
  addRoute(app, page('/problems', 'List problem types', 'A page, or JSON when asked for.'), (c) => {
    const names = Object.keys(problems).filter(isProblemName)
    const items = names.map((name) => problemJson(c, name))
    return show(c, { items, next: null }, 'Problems', () => <ProblemTable />)
  })
  addRoute(app, page('/problems/{name}', 'Read a problem type', 'A page, or JSON.'), (c) => {
    const name = param(c, 'name')
    if (!isProblemName(name)) return answerRefusal(c, { problem: 'not-found' })
    return show(c, problemJson(c, name), problems[name].title, () => <ProblemView name={name} />)
  })
  addRoute(app, page('/rules', 'List rules', 'A page, or JSON when asked for.'), (c) => {
    const ids = Object.keys(rules).filter(isRuleId)
    const items = ids.map((id) => ruleJson(c, id))
    return show(c, { items, next: null }, 'Rules', () => <RulesPage />)
  })
  const rule = page('/rules/{id}', 'Read a rule', 'A page, or JSON.')
  const description =
    'The arithmetic, exceptions and controls of a rule. A finding’s address carries its numbers (`?asked=7&limit=4`); then the arithmetic is shown with them.'
  addRoute(app, { ...rule, description }, (c) => {
    const id = param(c, 'id')
    if (!isRuleId(id)) return answerRefusal(c, { problem: 'not-found' })
    const numbers = numbersOf(c)
    return show(c, ruleJson(c, id, numbers), rules[id].title, () => (
      <RulePage id={id} numbers={numbers} />
    ))
  })
  addRoute(app, page('/docs', 'Read this reference', 'This page.'), (c) =>
    answerPageHtml(
      c,
      { title: 'API reference', headers: { 'cache-control': CACHE } },
      <Reference document={documentOf(app, c)} />,
    ),
  )
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/openapi.json',
      summary: 'Read the OpenAPI document',
      tag: TAG,
      action: 'open',
      answers: { 200: { text: 'OpenAPI 3.1.', contentType: 'application/json' } },
    },
    (c) => answerJson(c, documentOf(app, c), { headers: { 'cache-control': CACHE } }),
  )
  app.get('/style.css', (c) =>
    c.body(STYLE, 200, { 'content-type': 'text/css; charset=utf-8', 'cache-control': CACHE }),
  )
}
