// The readable API reference: the OpenAPI document as one page. It shows what the document says and adds nothing.
import { Fields, Nested, type Schema, Type } from './schema-view.tsx'
import { Text } from './text.tsx'

interface Content {
  schema?: Schema
}
interface Operation {
  operationId?: string
  summary?: string
  description?: string
  tags?: string[]
  security?: unknown[]
  parameters?: {
    name: string
    in: string
    required?: boolean
    description?: string
    schema?: Schema
  }[]
  requestBody?: { required?: boolean; content?: Record<string, Content> }
  responses?: Record<string, { description?: string; content?: Record<string, Content> }>
}
/** The part of an OpenAPI 3.1 document that the page reads. */
export interface ReferenceDocument {
  info: { title: string; version: string; description?: string }
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema> }
}

const VERBS = ['get', 'post', 'put', 'patch', 'delete']

const Body = ({ content }: { content: Record<string, Content> | undefined }) => (
  <>
    {Object.entries(content ?? {}).map(([type, { schema }]) => (
      <div>
        <span class="soft small">{type}</span> {schema ? <Type schema={schema} /> : null}
        {schema ? <Nested schema={schema} /> : null}
      </div>
    ))}
  </>
)

const PROBLEM = 'application/problem+json'

/** What a caller may hope for: every answer that is more than a problem document. */
const successes = ({ responses = {} }: Operation) =>
  Object.entries(responses).flatMap(([status, { description, content = {} }]) => {
    const bodies = Object.entries(content).filter(([type]) => type !== PROBLEM)
    return PROBLEM in content && bodies.length === 0
      ? []
      : [{ status, description, content: Object.fromEntries(bodies) }]
  })

/** Status and name of every problem an operation may answer; names stand between back-ticks in its description. */
const problemsOf = ({ responses = {} }: Operation): [string, string][] =>
  Object.entries(responses)
    .filter(([, { content = {} }]) => PROBLEM in content)
    .flatMap(([status, { description = '' }]) =>
      [...description.matchAll(/`([a-z-]+)`/g)].map(([, name = '']): [string, string] => [
        status,
        name,
      ]),
    )

interface Listed extends Operation {
  id: string
  path: string
  verb: string
}

const OperationView = ({ operation }: { operation: Listed }) => (
  <section class="operation" id={operation.id}>
    <h3>
      <span class="verb">{operation.verb.toUpperCase()}</span>{' '}
      <span class="mono">{operation.path}</span>
    </h3>
    <p>
      <strong>{operation.summary}</strong>{' '}
      {operation.security?.length === 0 ? <span class="badge">no credential</span> : null}
    </p>
    {operation.description?.split('\n\n').map((text) => (
      <p>
        <Text text={text} />
      </p>
    ))}
    {operation.parameters ? (
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th>Parameter</th>
              <th>In</th>
              <th>Type</th>
              <th>Meaning</th>
            </tr>
          </thead>
          <tbody>
            {operation.parameters.map((parameter) => (
              <tr>
                <td class="mono">{parameter.name}</td>
                <td>
                  {parameter.in}
                  {parameter.required ? ', required' : ''}
                </td>
                <td>{parameter.schema ? <Type schema={parameter.schema} /> : null}</td>
                <td>
                  <Text text={parameter.description ?? parameter.schema?.description ?? ''} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    ) : null}
    {operation.requestBody ? (
      <div>
        <h4>Body{operation.requestBody.required ? '' : ' (may be left out)'}</h4>
        <Body content={operation.requestBody.content} />
      </div>
    ) : null}
    <h4>Answers</h4>
    <dl class="facts">
      {successes(operation).map(({ status, description, content }) => (
        <>
          <dt class="mono">{status}</dt>
          <dd>
            <Text text={description ?? ''} />
            <Body content={content} />
          </dd>
        </>
      ))}
      <dt>Problems</dt>
      <dd class="small">
        {problemsOf(operation).map(([status, name]) => (
          <>
            <a href={`/problems/${name}`} title={status}>
              {name}
            </a>{' '}
          </>
        ))}
      </dd>
    </dl>
  </section>
)

const byTag = (document: ReferenceDocument): Map<string, Listed[]> => {
  const all = Object.entries(document.paths).flatMap(([path, operations]) =>
    VERBS.flatMap((verb) => {
      const operation = operations[verb]
      const id = operation?.operationId ?? `${verb}-${path}`
      return operation ? [{ ...operation, id, path, verb }] : []
    }),
  )
  return Map.groupBy(all, ({ tags }) => tags?.[0] ?? 'Other')
}

export const Reference = ({ document }: { document: ReferenceDocument }) => {
  const groups = [...byTag(document)]
  return (
    <div class="split">
      <nav aria-label="Operations">
        {groups.map(([tag, operations]) => (
          <>
            <strong>{tag}</strong>
            <ul>
              {operations.map(({ id, summary }) => (
                <li>
                  <a href={`#${id}`}>{summary}</a>
                </li>
              ))}
            </ul>
          </>
        ))}
        <a href="#schemas">Schemas</a>
      </nav>
      <div>
        <h1>{document.info.title}</h1>
        <p class="soft">
          Version {document.info.version} · <a href="/v1/openapi.json">OpenAPI 3.1 document</a>
        </p>
        {document.info.description?.split('\n\n').map((text) => (
          <p>{text}</p>
        ))}
        {groups.map(([tag, operations]) => (
          <section>
            <h2>{tag}</h2>
            {operations.map((operation) => (
              <OperationView operation={operation} />
            ))}
          </section>
        ))}
        <h2 id="schemas">Schemas</h2>
        {Object.entries(document.components.schemas).map(([name, schema]) => (
          <section class="operation" id={`schema-${name}`}>
            <h3 class="mono">{name}</h3>
            {schema.description ? <p>{schema.description}</p> : null}
            <Fields schema={schema} />
          </section>
        ))}
      </div>
    </div>
  )
}
