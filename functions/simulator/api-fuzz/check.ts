// Whether an answer is one that the document promises. A fault is a sentence; none is right.
import { type Schema, Validator } from '@cfworker/json-schema'
import type { ApiDocument, DocumentedOperation } from './document.ts'
import type { FuzzRequest } from './requests.ts'

const PROBLEM = 'application/problem+json'

export interface Answer {
  status: number
  headers: Headers
  text: string
}

export const createChecks = (document: ApiDocument) => {
  const validators = new Map<object, Validator>()
  const validatorOf = (schema: object): Validator => {
    const known = validators.get(schema)
    if (known) return known
    const whole = { ...schema, components: document.components } as unknown as Schema
    const made = new Validator(whole, '2020-12', true)
    validators.set(schema, made)
    return made
  }

  const bodyFaults = (operation: DocumentedOperation, { status, headers, text }: Answer) => {
    const contents = operation.responses[String(status)]
    if (!contents) return [`the status ${status} is not documented`]
    const media = (headers.get('content-type') ?? '').split(';')[0] ?? ''
    if (Object.keys(contents).length === 0)
      return text === '' ? [] : ['a body where none is documented']
    const content = Object.entries(contents).find(([name]) => name.split(';')[0] === media)?.[1]
    if (!content) return [`${status} came as ${media || 'nothing'}, which is not documented`]
    if (!media.endsWith('json') || operation.method === 'HEAD') return []
    const { valid, errors } = validatorOf(content.schema).validate(JSON.parse(text))
    return valid
      ? []
      : [
          `the body of ${status} does not fit: ${errors
            .map(({ error }) => error)
            .join(' ')
            .slice(0, 300)}`,
        ]
  }

  return (operation: DocumentedOperation, request: FuzzRequest, answer: Answer): string[] => {
    const { status, headers, text } = answer
    const faults: string[] = []
    // /readyz says 503 where nothing is behind the API, as in a test's process.
    if (status >= 500 && operation.path !== '/readyz') faults.push(`${status}`)
    faults.push(...bodyFaults(operation, answer))
    // Wallets read the errors of OAuth, as the document says.
    const isOrdinary = status !== 503 && !operation.path.startsWith('/i/')
    if (status >= 400 && isOrdinary && !headers.get('content-type')?.startsWith(PROBLEM))
      faults.push(`an error as ${headers.get('content-type')}`)
    if (!headers.get('x-request-id')) faults.push('no x-request-id')
    if (status === 401 && !operation.open && !headers.get('www-authenticate'))
      faults.push('401 without www-authenticate')
    if (!operation.open && !request.authenticated && status !== 401 && status !== 429)
      faults.push(`${status} without a credential`)
    if (request.kind === 'broken' && status < 300 && !['{}', ''].includes(request.body ?? ''))
      faults.push(`${status} for a body that is none`)
    if (/\bat \S+ \(|\.ts:\d+|ZodError|SQLITE|drizzle/i.test(status >= 400 ? text : ''))
      faults.push('an error that shows our insides')
    return faults
  }
}
