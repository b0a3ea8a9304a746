// A JSON Schema for people: names, types, limits. Components are linked, never unfolded.
import type { Child } from 'hono/jsx'

/** The keywords that are shown. */
export interface Schema {
  $ref?: string
  type?: string | string[]
  format?: string
  pattern?: string
  enum?: unknown[]
  const?: unknown
  default?: unknown
  description?: string
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  maxItems?: number
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
  additionalProperties?: boolean | Schema
}
const refName = (ref: string): string => ref.slice(ref.lastIndexOf('/') + 1)

const typeText = (schema: Schema): string => {
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  const types = [schema.type ?? []].flat()
  const named = types.map((type) =>
    type === 'array' && schema.items ? `array of ${nameOf(schema.items)}` : type,
  )
  return named.join(' | ') + (schema.format ? ` (${schema.format})` : '')
}
const nameOf = (schema: Schema): string =>
  schema.$ref ? refName(schema.$ref) : typeText(schema) || 'any'

const bounds = ({ minimum, maximum, minLength, maxLength, maxItems }: Schema): string =>
  [
    minimum === undefined ? '' : `at least ${minimum}`,
    maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? '' : `at most ${maximum}`,
    minLength === undefined ? '' : `${minLength} characters or more`,
    maxLength === undefined ? '' : `up to ${maxLength} characters`,
    maxItems === undefined ? '' : `up to ${maxItems} items`,
  ]
    .filter(Boolean)
    .join(', ')

export const Type = ({ schema }: { schema: Schema }) =>
  schema.$ref ? (
    <a href={`#schema-${refName(schema.$ref)}`}>
      <code>{refName(schema.$ref)}</code>
    </a>
  ) : schema.type === 'array' && schema.items?.$ref ? (
    <span>
      array of <Type schema={schema.items} />
    </span>
  ) : (
    <code>{typeText(schema)}</code>
  )

/** A schema as a nested list; components are linked, never unfolded. */
export const Fields = ({ schema }: { schema: Schema }): Child => {
  const choices = schema.anyOf ?? schema.oneOf ?? schema.allOf
  if (choices) {
    return (
      <ul class="fields">
        {choices.map((choice) => (
          <li>
            <Type schema={choice} />
            <Nested schema={choice} />
          </li>
        ))}
      </ul>
    )
  }
  if (!schema.properties) return null
  return (
    <ul class="fields">
      {Object.entries(schema.properties).map(([name, field]) => (
        <li>
          <strong class="mono">{name}</strong> <Type schema={field} />{' '}
          <span class="soft small">
            {[
              schema.required?.includes(name) ? 'required' : 'optional',
              bounds(field),
              field.pattern ? `matches ${field.pattern}` : '',
              field.default === undefined || typeof field.default === 'object'
                ? ''
                : `default ${JSON.stringify(field.default)}`,
            ]
              .filter(Boolean)
              .join(' · ')}
          </span>
          {field.description ? <div class="small">{field.description}</div> : null}
          <Nested schema={field} />
        </li>
      ))}
    </ul>
  )
}
export const Nested = ({ schema }: { schema: Schema }): Child => {
  if (schema.$ref) return null
  if (schema.items && !schema.items.$ref) return <Fields schema={schema.items} />
  return <Fields schema={schema} />
}
