// Every call to a system that the Worker is configured with: counted, and where somebody follows a span that says the host and which
// operation it was. Words that are not of this list stand for themselves nowhere: an owner, a branch and a file are `*`.
import { traceparentOf } from '../../schemas/trace.ts'
import type { Env } from '../env.ts'
import { isolateCounters, methodOf } from '../http/counters.ts'
import { currentScope, inSpan, type SpanWords } from './scope.ts'

export type Configured = Partial<Pick<Env, 'BACK_OFFICE_URL' | 'FORGE_API_URL'>>
type System = 'functions' | 'forge' | 'other'

/** GitHub's REST API, as far as it is called (gitops/forges). */
const FORGE_WORDS = new Set(
  (
    'repos git trees commits ref refs blobs heads pulls reviews merge merges check-runs check-suites contents compare ' +
    'branches matching-refs users user keys ssh_signing_keys app installation installations access_tokens rate_limit ' +
    'rulesets rules statuses files protection orgs collaborators permission'
  ).split(' '),
)
const PLAIN_PATH = /^\/api\/[a-z0-9/-]{1,80}$/

const below = (base: string | undefined, url: string): string | null => {
  if (!base || !url.startsWith(base)) return null
  const rest = url.slice(base.length).split(/[?#]/, 1)[0] ?? ''
  return rest === '' || rest.startsWith('/') ? rest : null
}

const forgeOperation = (path: string): string => {
  const words = path.split('/').slice(1)
  const shown = words.map((word) => (FORGE_WORDS.has(word) ? word : '*'))
  // What follows `repos` is whose it is, whatever he is called.
  if (shown[0] === 'repos') shown.fill('*', 1, 3)
  return `/${shown.filter((word, at) => word !== '*' || shown[at - 1] !== '*').join('/')}`
}

/** Null path: of a system whose addresses are not ours to tell, as an identity provider's. */
const readCall = (env: Configured, url: string): { system: System; path: string | null } => {
  const forge = below(env.FORGE_API_URL, url)
  if (forge !== null) return { system: 'forge', path: forgeOperation(forge) }
  const office = below(env.BACK_OFFICE_URL, url)
  if (office !== null) return { system: 'functions', path: PLAIN_PATH.test(office) ? office : null }
  return { system: 'other', path: null }
}

const outcomeOf = (status: number): string => {
  if (status === 429) return 'limited'
  return status >= 500 ? 'failed' : status >= 400 ? 'refused' : 'ok'
}

/** `send`, counted and followed. Answers and rejects as it does. */
export const followed =
  (env: Configured, send: typeof fetch): typeof fetch =>
  async (input, init) => {
    const url = input instanceof Request ? input.url : String(input)
    const { system, path } = readCall(env, url)
    const counted = async (own?: RequestInit): Promise<Response> => {
      let outcome = 'silent'
      try {
        const response = await send(input, own)
        outcome = outcomeOf(response.status)
        return response
      } finally {
        isolateCounters.add('phoenix_calls_total', { system, outcome })
      }
    }
    const scope = currentScope()
    if (!scope) return counted(init)
    const method = methodOf(init?.method ?? (input instanceof Request ? input.method : 'GET'))
    const words: SpanWords = {
      ...{ name: `${system} ${method}${path === null ? '' : ` ${path}`}`, kind: 'client' },
      attributes: { 'http.request.method': method, 'server.address': new URL(url).hostname },
    }
    return inSpan(scope, words, async ({ traceId, spanId }) => {
      const headers = new Headers(init?.headers)
      const isOurs = system !== 'other' && !(input instanceof Request)
      if (isOurs) headers.set('traceparent', traceparentOf({ traceId, spanId, sampled: true }))
      const response = await counted(isOurs ? { ...init, headers } : init)
      words.attributes['http.response.status_code'] = response.status
      return response
    })
  }
