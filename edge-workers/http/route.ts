// One call per route: what the reference says and what runs stand together. The document is made from it (OpenAPI 3.1);
// validation is the handler's own, after it knows who is asking.
import type { RouteConfig } from '@hono/zod-openapi'
import * as z from 'zod'
import { type Action, actions } from '../../schemas/principal.ts'
import { type ProblemName, problems } from '../../schemas/problems.ts'
import { platformDoor } from '../auth/door.ts'
import type { App, AppContext } from './context.ts'
import { refuseQuery } from './page.ts'
import { answerRefusal, Problem } from './problem.ts'

export interface ShownAnswer {
  text: string
  /** Absent: no JSON body. */
  schema?: z.ZodType
  /** Name in the document's components; the same name is the same schema. */
  name?: string
  /** A page of them: `{ items, next }`. */
  list?: boolean
  /** Default: application/json. */
  contentType?: string
}

/** Routes that no role is asked for. `bearer`: a credential is, and all that it gives is one's own. */
export const otherDoors = {
  open: { who: 'anyone', bearer: false },
  /** By a signature over the body. */
  signed: { who: 'the system that signed the body', bearer: false },
  /** By a secret that is sent for this once: an invitation, another issuer's token. */
  proof: { who: 'whoever brings the proof', bearer: false },
  identity: { who: 'anybody whom an identity provider vouches for, about himself', bearer: true },
} as const
export type OtherDoor = keyof typeof otherDoors

const isOther = (action: RouteDoc['action']): action is OtherDoor =>
  Object.hasOwn(otherDoors, action)

const asksForCredential = ({ action }: Pick<RouteDoc, 'action'>): boolean =>
  isOther(action) ? otherDoors[action].bearer : true

const CONDITIONS = {
  person: 'a person, never a machine',
  'person-not-requester': 'a person, never the requester nor who pushed',
  'requester-of-change': 'whoever asked for it',
  own: 'one’s own',
}

/** Who may call it: from the table, and what the route adds in words. */
const whoOf = ({ action, who }: Pick<RouteDoc, 'action' | 'who'>): string => {
  if (isOther(action)) return who ?? otherDoors[action].who
  const { roles, scope, condition } = actions[action]
  const words = [roles.join(', '), condition && CONDITIONS[condition], who]
  return `${words.filter((word) => word !== undefined).join('; ')}. Scope: \`${scope}\``
}

export interface RouteDoc {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  /** OpenAPI form: `/v1/tenants/{tenant}`. */
  path: string
  summary: string
  description?: string
  tag: string
  /** The row of the authorisation table, or the other door that it has. */
  action: Action | OtherDoor
  /** In words, what the table does not say. */
  who?: string
  idempotencyKey?: boolean
  ifMatch?: boolean
  query?: z.ZodObject
  /** Query parameters that nobody knows are ignored, also by what writes. */
  anyQuery?: boolean
  body?: z.ZodType
  /** The body may be left out. */
  bodyOptional?: boolean
  bodyName?: string
  /** Default: application/json. */
  bodyType?: string
  answers: Record<number, ShownAnswer>
  /** Beyond those that follow from the fields above. */
  problems?: ProblemName[]
}

const PARAMETERS: Record<string, string> = {
  tenant: 'Slug or id of the tenant.',
  id: 'Id of the object.',
  issuer: 'Public id of the issuer of credentials.',
  list: 'Number of the status list.',
  name: 'Name of the object.',
  site: 'Name of the site.',
  cluster: 'Name of the cluster.',
  pack: 'Name of the policy pack.',
  month: 'A calendar month of UTC, as 2026-11.',
  phase: 'Id of the phase.',
  task: 'Id of the task.',
  prerequisite: 'Id of the prerequisite.',
  request: 'Id of the presentation request.',
  approval: 'Id of the approval.',
}

export const PAGING = z.object({
  limit: z.int().min(1).max(200).default(50).optional(),
  cursor: z.string().optional().describe('From `next` of the page before.'),
})

const IDEMPOTENCY_KEY = z
  .string()
  .min(1)
  .max(255)
  .describe('Names the intention: a repeat gives the same result. Keys never expire.')
const IF_MATCH = z.string().describe('ETag of what was read, or `*`.')

/** As much of a JSON Schema as this file writes itself. */
interface JsonSchema {
  type?: 'object' | 'array' | 'string' | ('string' | 'null')[]
  description?: string
  properties?: Record<string, JsonSchema | Reference>
  items?: JsonSchema | Reference
  required?: string[]
  additionalProperties?: boolean
}
interface Reference {
  $ref: string
}
const named = new WeakMap<App, Set<string>>()

/** What a schema defines for itself, as any JSON does, is a component of the document as well: `#` is the document. */
const withOwnNames = <Json extends object>(json: Json, name: string): Json =>
  JSON.parse(JSON.stringify(json).replaceAll('"#/$defs/', `"#/components/schemas/${name}.`))

/** A schema as JSON Schema 2020-12, which is what OpenAPI 3.1 speaks; by reference where it has a name. */
const shown = (
  app: App,
  schema: z.ZodType,
  name: string | undefined,
  io: 'input' | 'output',
): JsonSchema | Reference => {
  const known = named.get(app) ?? new Set<string>()
  named.set(app, known)
  const $ref = `#/components/schemas/${name}`
  if (name !== undefined && known.has(name)) return { $ref }
  const { $schema, ...json } = z.toJSONSchema(schema, { io, target: 'draft-2020-12' })
  if (name === undefined) return json as JsonSchema
  known.add(name)
  const { $defs = {}, ...own } = withOwnNames(json, name)
  for (const [inner, one] of Object.entries($defs))
    app.openAPIRegistry.registerComponent('schemas', `${name}.${inner}`, one as JsonSchema)
  app.openAPIRegistry.registerComponent('schemas', name, own as JsonSchema)
  return { $ref }
}

const pageOf = (items: JsonSchema | Reference): JsonSchema => ({
  type: 'object',
  properties: {
    items: { type: 'array', items },
    next: { type: ['string', 'null'], description: 'Address of the next page.' },
  },
  required: ['items', 'next'],
  additionalProperties: false,
})

const problemsOf = (doc: RouteDoc): ProblemName[] => {
  // A query parameter that nobody knows is refused wherever the query is read.
  const list: ProblemName[] = [...(doc.problems ?? []), 'invalid-parameters', 'rate-limited']
  list.push('internal', 'outage')
  if (asksForCredential(doc)) list.push('unauthenticated', 'forbidden')
  if (doc.path.includes('{')) list.push('not-found')
  if (doc.body) {
    list.push('malformed-request', 'invalid-parameters')
    list.push('payload-too-large', 'unsupported-media-type')
  }
  if (doc.idempotencyKey) list.push('idempotency-key-missing', 'idempotency-key-reused')
  if (doc.ifMatch) list.push('precondition-required', 'precondition-failed')
  return [...new Set(list)]
}

const isList = ({ answers }: RouteDoc): boolean => Object.values(answers).some(({ list }) => list)

type Contents = Record<string, { schema: JsonSchema | Reference }>

const contentsOf = (app: App, answer: ShownAnswer): Contents | undefined => {
  const { schema, name, list, contentType } = answer
  const one = schema ? shown(app, schema, name, 'output') : undefined
  const body = one && list ? pageOf(one) : one
  if (!body && !contentType) return undefined
  const anything = contentType?.includes('json') ? {} : { type: 'string' as const }
  return { [contentType ?? 'application/json']: { schema: body ?? anything } }
}

const responsesOf = (app: App, doc: RouteDoc): RouteConfig['responses'] => {
  const responses: RouteConfig['responses'] = {}
  for (const [status, answer] of Object.entries(doc.answers)) {
    const content = contentsOf(app, answer)
    responses[status] = { description: answer.text, ...(content ? { content } : {}) }
  }
  // With If-None-Match (RFC 9110 §13.1.2).
  if (doc.method === 'get' && !isList(doc)) responses[304] = { description: 'Not modified.' }
  const byStatus = Map.groupBy(problemsOf(doc), (name) => problems[name].status)
  for (const [status, names] of byStatus) {
    const text = names.map((name) => `\`${name}\`: ${problems[name].title}.`).join(' ')
    // An answer of the route's own may have the same status: /readyz does.
    const own = doc.answers[status]
    responses[status] = {
      description: own ? `${own.text} Or ${text}` : text,
      content: {
        ...(own ? contentsOf(app, own) : {}),
        'application/problem+json': { schema: shown(app, Problem, 'Problem', 'output') },
      },
    }
  }
  return responses
}

const configOf = (app: App, doc: RouteDoc): RouteConfig => {
  const params = [...doc.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => [
    name,
    z.string().describe(PARAMETERS[name] ?? 'Name or id.'),
  ])
  const headers = {
    ...(doc.idempotencyKey ? { 'Idempotency-Key': IDEMPOTENCY_KEY } : {}),
    ...(doc.ifMatch ? { 'If-Match': IF_MATCH } : {}),
  }
  const query = isList(doc) ? PAGING.extend(doc.query?.shape ?? {}) : doc.query
  return {
    method: doc.method,
    path: doc.path,
    tags: [doc.tag],
    summary: doc.summary,
    description: `${doc.description ? `${doc.description}\n\n` : ''}Who: ${whoOf(doc)}.`,
    'x-phoenix-action': doc.action,
    operationId: `${doc.method} ${doc.path}`.replace(/\W+/g, '_').replace(/_$/, ''),
    security: asksForCredential(doc) ? [{ bearer: [] }] : [],
    request: {
      ...(params.length > 0 ? { params: z.object(Object.fromEntries(params)) } : {}),
      ...(Object.keys(headers).length > 0 ? { headers: z.object(headers) } : {}),
      ...(query ? { query } : {}),
      ...(doc.body
        ? {
            body: {
              required: !doc.bodyOptional,
              content: {
                [doc.bodyType ?? 'application/json']: {
                  schema: shown(app, doc.body, doc.bodyName, 'input'),
                },
              },
            },
          }
        : {}),
    },
    responses: responsesOf(app, doc),
  }
}

const waiting = new WeakMap<App, RouteDoc[]>()

/** Registers a route and keeps its page for the reference. */
export const addRoute = (
  app: App,
  doc: RouteDoc,
  handler: (c: AppContext) => Response | Promise<Response>,
): void => {
  waiting.set(app, [...(waiting.get(app) ?? []), doc])
  const guarded = async (c: AppContext) => (await unknownOnWrite(c, doc)) ?? handler(c)
  // A read pays nothing for it.
  const run = doc.method === 'get' ? handler : guarded
  app.on(doc.method.toUpperCase(), doc.path.replaceAll(/\{(\w+)\}/g, ':$1'), run)
}

/** A preview that a route does not offer must not be carried out instead: a write takes no query parameter that it does not know. */
const unknownOnWrite = async (c: AppContext, doc: RouteDoc): Promise<Response | null> => {
  const asks = asksForCredential(doc)
  if (doc.action === 'signed' || doc.anyQuery) return null
  if (asks && !c.get('credential').ok) return null
  const known = Object.keys(doc.query?.shape ?? {})
  const unknown = Object.keys(c.req.queries()).filter((name) => !known.includes(name))
  if (unknown.length === 0) return null
  // Nothing is said to whoever is not known, and that alone is asked here.
  const who = asks ? await platformDoor(c, 'self.read') : null
  const refusal =
    who && !who.ok && who.refusal.problem !== 'forbidden'
      ? who.refusal
      : refuseQuery(unknown.slice(0, NAMED_AT_MOST), UNKNOWN_QUERY).refusal
  return answerRefusal(c, refusal)
}

const UNKNOWN_QUERY =
  'This operation takes no such query parameter; where validateOnly is not in the reference there is no preview.'
const NAMED_AT_MOST = 20

/** Puts every route so far into the document. Not done at start: most processes are never asked for it. */
export const documentRoutes = (app: App): void => {
  for (const doc of waiting.get(app) ?? []) app.openAPIRegistry.registerPath(configOf(app, doc))
  waiting.delete(app)
}

/** A path parameter of the matched route; the router guarantees it. */
export const param = (c: AppContext, name: string): string => c.req.param(name) ?? ''
