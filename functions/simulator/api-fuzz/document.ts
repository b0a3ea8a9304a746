// What the OpenAPI document says of each operation, as the fuzzer needs it.
import type { JsonSchema } from '../../verify/templates/arbitrary-from-schema.ts'
import type { World } from '../edge-world.ts'

interface Content {
  schema: JsonSchema
}
export interface DocumentedOperation {
  method: string
  /** As in the document: `/v1/tenants/{tenant}`. */
  path: string
  open: boolean
  /** Row of the authorisation table; the word of another door where there is none. */
  action: string
  pathParameters: string[]
  query: { name: string; schema: JsonSchema }[]
  headers: string[]
  /** With the document's own definitions beside it, so that references resolve. */
  body: JsonSchema | null
  bodyType: string
  /** Media types by status. */
  responses: Record<string, Record<string, Content>>
}
export interface ApiDocument {
  components: Record<string, unknown>
  operations: DocumentedOperation[]
}

interface Parameter {
  name: string
  in: 'path' | 'query' | 'header'
  schema: JsonSchema
}
interface RawOperation {
  security: unknown[]
  'x-phoenix-action': string
  parameters?: Parameter[]
  requestBody?: { content: Record<string, Content> }
  responses: Record<string, { content?: Record<string, Content> }>
}

/** References of the document as the definitions of one schema: `#/components/schemas/X` becomes `#/$defs/X`. */
const selfContained = (schema: JsonSchema, components: Record<string, JsonSchema>): JsonSchema => {
  const moved = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(moved)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        key,
        key === '$ref' && typeof inner === 'string'
          ? inner.replace('#/components/schemas/', '#/$defs/')
          : moved(inner),
      ]),
    )
  }
  return moved({ ...schema, $defs: { ...components, ...schema.$defs } }) as JsonSchema
}

export const readDocument = async (world: Pick<World, 'send'>): Promise<ApiDocument> => {
  const answer = await world.send('GET', '/v1/openapi.json')
  const raw = (await answer.json()) as {
    paths: Record<string, Record<string, RawOperation>>
    components: { schemas: Record<string, JsonSchema> }
  }
  const operations = Object.entries(raw.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): DocumentedOperation => {
      const parameters = operation.parameters ?? []
      const named = (where: Parameter['in']) => parameters.filter((one) => one.in === where)
      const contents = Object.values(operation.requestBody?.content ?? {})
      const schema = contents[0]?.schema
      return {
        ...{ method: method.toUpperCase(), path, open: operation.security.length === 0 },
        action: operation['x-phoenix-action'],
        pathParameters: named('path').map(({ name }) => name),
        query: named('query').map(({ name, schema }) => ({ name, schema })),
        headers: named('header').map(({ name }) => name),
        body: schema ? selfContained(schema, raw.components.schemas) : null,
        bodyType: Object.keys(operation.requestBody?.content ?? {})[0] ?? 'application/json',
        responses: Object.fromEntries(
          Object.entries(operation.responses).map(([status, { content = {} }]) => [
            status,
            content,
          ]),
        ),
      }
    }),
  )
  return { components: raw.components, operations }
}
