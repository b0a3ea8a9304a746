// The HTTP client that Azure's SDKs are given here: `fetch`, like everything else in the Functions. It bounds an answer's time and
// bytes, follows no redirect, and takes a page of somebody in between for no answer at all.
import type { SecretClientOptions } from '@azure/keyvault-secrets'
import { AzureError, unreachable } from './errors.ts'

type HttpClient = NonNullable<SecretClientOptions['httpClient']>
type PipelineResponse = Awaited<ReturnType<HttpClient['sendRequest']>>
type SdkHeaders = PipelineResponse['headers']

const ANSWER_BYTES_AT_MOST = 4 * 1_048_576

const headersOf = (headers: Headers): SdkHeaders => ({
  get: (name) => headers.get(name) ?? undefined,
  has: (name) => headers.has(name),
  set: (name, value) => headers.set(name, String(value)),
  delete: (name) => headers.delete(name),
  toJSON: () => Object.fromEntries(headers),
  [Symbol.iterator]: () => headers.entries(),
})

const readText = async (response: Response): Promise<string> => {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength
    if (bytes > ANSWER_BYTES_AT_MOST) throw new Error('the answer is too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

export interface FetchClientOptions {
  /** Names the service in errors. */
  service: string
  /** Nothing else is sent a request of ours, and the token with it; null: anybody is. */
  origin: string | null
  fetch: typeof globalThis.fetch
  answerWithinMs: number
}

/** Throws AzureError `unreachable` where there is no answer, or none of what was agreed. Statuses are the SDK's to judge. */
export const fetchClient = ({
  service,
  origin,
  fetch,
  answerWithinMs,
}: FetchClientOptions): HttpClient => ({
  async sendRequest(request) {
    const { url, method, body, abortSignal } = request
    if (origin !== null && new URL(url).origin !== origin) throw unreachable(service, null)
    const ends = [AbortSignal.timeout(answerWithinMs)]
    if (abortSignal instanceof AbortSignal) ends.push(abortSignal)
    let status: number | null = null
    try {
      const response = await fetch(url, {
        ...{ method, headers: request.headers.toJSON(), redirect: 'manual' },
        ...(typeof body === 'string' ? { body } : {}),
        signal: AbortSignal.any(ends),
      })
      status = response.status
      const text = await readText(response)
      if (response.ok && text !== '' && !isJson(text)) throw unreachable(service, status)
      return { request, status, headers: headersOf(response.headers), bodyAsText: text }
    } catch (cause) {
      throw cause instanceof AzureError ? cause : unreachable(service, status, cause)
    }
  },
})
