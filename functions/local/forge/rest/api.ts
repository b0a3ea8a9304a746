// The REST API's frame: who is calling, which repository, GitHub's error bodies, paging and headers.
// The calls themselves are in the neighbours. https://docs.github.com/rest
import { randomBytes } from 'node:crypto'
import { type Context, Hono } from 'hono'
import type * as z from 'zod'
import type { Account } from '../accounts.ts'
import { type Grant, requireGranted } from '../apps.ts'
import { type ForgeContext, ForgeRefusal, findRepository, type Repository } from '../context.ts'
import { requireWriter } from '../pulls.ts'
import { addApp } from './app.ts'
import { addUsers } from './users.ts'

export const API_PATH = '/api/v3'
/** Calls that only an App makes, by its own JWT. */
const APP_CALLS = /^\/api\/v3\/(?:app(?:\/.*)?|repos\/[^/]+\/[^/]+\/installation)$/
const DOCUMENTATION = 'https://docs.github.com/rest'
const HOURLY_LIMIT = 15_000
const PAGE_SIZE_LIMIT = 100

export interface RestEnv {
  Variables: { account: Account | null; repository: Repository; grant: Grant | null }
}
export type Call = Context<RestEnv>
/** Adds calls under `/repos/{owner}/{repo}`. */
export type AddCalls = (api: Hono<RestEnv>, forge: ForgeContext) => void

/** The token of `Authorization: token …`, `Bearer …` or `Basic` (as its password); null when there is none. */
export const tokenOf = (header: string | undefined): string | null => {
  const [scheme = '', value = ''] = (header ?? '').split(/ +/, 2)
  if (/^(?:token|bearer)$/i.test(scheme)) return value
  if (!/^basic$/i.test(scheme)) return null
  const text = Buffer.from(value, 'base64').toString('utf8')
  return text.slice(text.indexOf(':') + 1)
}

/**
 * Who calls; null without credentials.
 * @throws ForgeRefusal 401 when there are credentials and they are nobody's.
 */
export const authenticate = (forge: ForgeContext, header: string | undefined): Account | null => {
  if (header === undefined) return null
  const account = forge.accounts.byToken(tokenOf(header) ?? '')
  if (account === null) throw new ForgeRefusal(401, 'Bad credentials')
  return account
}

export const writer = (c: Call): Account => requireWriter(c.get('account'))

/** No body at all stands for one without fields, as on GitHub. */
const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text || '{}')
  } catch {
    throw new ForgeRefusal(400, 'Problems parsing JSON')
  }
}

/** The JSON body in the shape of `schema`. Faults name the field, never the value. */
export const readBody = async <Schema extends z.ZodType>(
  c: Call,
  schema: Schema,
): Promise<z.output<Schema>> => {
  const parsed = schema.safeParse(parseJson(await c.req.text()))
  if (parsed.success) return parsed.data
  const errors = parsed.error.issues.map(({ path, code }) => ({ field: path.join('.'), code }))
  throw new ForgeRefusal(422, 'Invalid request.', errors.slice(0, 20))
}

/** Reads `page` and `per_page`, sets the Link header, and answers that part of the list. */
export const paginate = <Item>(c: Call, items: Item[]): Item[] => {
  const number = (name: string, fallback: number): number => {
    const value = Number(c.req.query(name) ?? fallback)
    return Number.isInteger(value) && value > 0 ? value : fallback
  }
  const size = Math.min(number('per_page', 30), PAGE_SIZE_LIMIT)
  const page = number('page', 1)
  const last = Math.max(1, Math.ceil(items.length / size))
  const link = (target: number, rel: string): string => {
    const url = new URL(c.req.url)
    url.searchParams.set('page', String(target))
    return `<${url}>; rel="${rel}"`
  }
  const links = [
    ...(page < last ? [link(page + 1, 'next'), link(last, 'last')] : []),
    ...(page > 1 ? [link(page - 1, 'prev'), link(1, 'first')] : []),
  ]
  if (links.length > 0) c.header('Link', links.join(', '))
  return items.slice((page - 1) * size, page * size)
}

/** Counts calls an hour for the headers; nothing is refused for their number. */
const createRateMeter = (now: () => Date) => {
  const used = new Map<string, number>()
  let hour = 0
  return (caller: string): Record<string, string> => {
    const current = Math.floor(now().getTime() / 3_600_000)
    if (current !== hour) used.clear()
    hour = current
    const count = (used.get(caller) ?? 0) + 1
    used.set(caller, count)
    return {
      'X-RateLimit-Limit': String(HOURLY_LIMIT),
      'X-RateLimit-Remaining': String(Math.max(1, HOURLY_LIMIT - count)),
      'X-RateLimit-Used': String(count),
      'X-RateLimit-Reset': String((hour + 1) * 3600),
      'X-RateLimit-Resource': 'core',
    }
  }
}

const refusalResponse = ({ status, message, errors }: ForgeRefusal): Response =>
  Response.json(
    {
      message,
      ...(errors ? { errors } : {}),
      documentation_url: DOCUMENTATION,
      status: `${status}`,
    },
    { status },
  )

/** The whole REST API under `/api/v3`, as GitHub Enterprise Server has it. */
export const createApi = (forge: ForgeContext, parts: AddCalls[]): Hono<RestEnv> => {
  const api = new Hono<RestEnv>().basePath(API_PATH)
  const measure = createRateMeter(forge.now)
  api.use('*', async (c, next) => {
    c.header('X-GitHub-Request-Id', randomBytes(10).toString('hex').toUpperCase())
    c.header('X-GitHub-Media-Type', 'github.v3; format=json')
    const header = c.req.header('authorization')
    // What an application got for an account says who that is, and nothing else.
    const granted = forge.oauth?.accountOf(tokenOf(header) ?? '') ?? null
    if (granted !== null && c.req.path !== `${API_PATH}/user`)
      throw new ForgeRefusal(403, 'Resource not accessible by integration')
    const token = tokenOf(header) ?? ''
    // The App's own JWT says nothing of any account: the calls that are its own look at it themselves.
    const asApp = forge.apps !== null && APP_CALLS.test(c.req.path)
    const installed = forge.apps?.grantOf(token) ?? null
    c.set('grant', installed)
    const account = granted ?? installed?.account ?? (asApp ? null : authenticate(forge, header))
    c.set('account', account)
    for (const [name, value] of Object.entries(measure(account?.login ?? ''))) c.header(name, value)
    await next()
  })
  addUsers(api, forge)
  addApp(api, forge)
  const repositoryApi = new Hono<RestEnv>()
  for (const add of parts) add(repositoryApi, forge)
  api.use('/repos/:owner/:repo/*', async (c, next) => {
    const found = findRepository(forge, c.req.param('owner'), c.req.param('repo'))
    if (found === null) throw new ForgeRefusal(404, 'Not Found')
    const grant = c.get('grant')
    if (grant) {
      const path = c.req.path.split('/').slice(6).join('/')
      requireGranted(grant, { repository: found.fullName, method: c.req.method, path: `/${path}` })
    }
    c.set('repository', found)
    await next()
  })
  api.route('/repos/:owner/:repo', repositoryApi)
  api.notFound(() => refusalResponse(new ForgeRefusal(404, 'Not Found')))
  api.onError((error) => {
    if (error instanceof ForgeRefusal) return refusalResponse(error)
    console.error(`simulated forge: ${error.name}: ${error.message}`)
    return refusalResponse(new ForgeRefusal(500, 'Server Error'))
  })
  return api
}
