// A trace over the border between actors: a call is a span of whoever calls, and what the actor begins is below it. An argument of
// the method itself would be one that a tenant might forge, so a followed call goes through a method of its own.
import { parseTraceparent, traceparentOf } from '../../schemas/trace.ts'
import type { Env } from '../env.ts'
import { currentScope, flush, inSpan, newBatch, tracingOf, within } from './scope.ts'

type Method = (...input: unknown[]) => unknown

/** `tenant.call` and its kin name what they run: words of our tables, nothing of a caller's. */
const OPERATION = /^[a-z][a-z-]{0,40}(\.[a-zA-Z-]{1,40}){0,2}$/
const operationOf = (method: string, input: unknown[]): string => {
  const name = method === 'call' ? input[1] : method === 'wallet' ? input[0] : undefined
  return typeof name === 'string' && OPERATION.test(name) ? `${method} ${name}` : method
}

/** The stub itself where nobody follows. `tenant`: its pseudonym. */
export const tracedStub = <Api>(stub: Api, actor: string, tenant?: string): Api => {
  const scope = currentScope()
  if (!scope) return stub
  return new Proxy(stub as object, {
    get: (_, method) => {
      if (typeof method !== 'string' || method === 'then') return undefined
      return (...input: unknown[]) =>
        inSpan(
          scope,
          {
            ...{ name: `${actor}.${operationOf(method, input)}`, kind: 'client' },
            attributes: tenant === undefined ? {} : { 'phoenix.tenant': tenant },
          },
          async ({ traceId, spanId }) =>
            // Called on the stub itself: of a stub even `call` would be a method over there.
            (stub as { traced: Method }).traced(
              traceparentOf({ traceId, spanId, sampled: true }),
              ...[method, input],
            ),
        )
    },
  }) as Api
}

interface Actor {
  ctx: DurableObjectState
  env: Env
  [method: string]: unknown
}

const NOT_CALLED = ['constructor', 'alarm', 'fetch', 'traced']

/** Gives each class the method that a followed call comes through. */
export const traceActors = (...classes: { prototype: object }[]): void => {
  for (const { prototype } of classes) {
    if (Object.hasOwn(prototype, 'traced')) continue
    async function traced(this: Actor, at: string, name: string, input: unknown[]) {
      const method = this[name]
      const mayCall = Object.hasOwn(prototype, name) && !NOT_CALLED.includes(name)
      if (!mayCall || typeof method !== 'function') throw new TypeError('no such method')
      const call = () => method.apply(this, input) as unknown
      const context = parseTraceparent(at)
      const tracing = tracingOf(this.env)
      if (!context || !tracing) return call()
      const { traceId, spanId } = context
      const batch = newBatch(tracing)
      try {
        return await within({ traceId, spanId, batch }, call)
      } finally {
        this.ctx.waitUntil(flush(this.env, batch))
      }
    }
    Object.defineProperty(prototype, 'traced', { value: traced })
  }
}
