// A JSON document from an identity provider: small, soon, from exactly this address, and never shown to anybody. What it
// answers besides is an outage of its own: the caller can only come back.
import { Outage } from '../../../schemas/result.ts'

const TIMEOUT_MS = 5_000
const MAX_BYTES = 262_144
export const PROVIDER = 'identity provider'

const outage = (reason: string, cause?: unknown): Outage => new Outage(PROVIDER, reason, 30, cause)

const readAtMost = async (response: Response, maxBytes: number): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = []
  let bytes = 0
  const reader = response.body?.getReader()
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    bytes += part.value.byteLength
    if (bytes > maxBytes) {
      await reader?.cancel()
      throw outage('answers with too much')
    }
    chunks.push(part.value)
  }
  const whole = new Uint8Array(bytes)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.byteLength
  }
  return whole
}

/** Throws Outage for everything but a 200 with at most 256 KiB of JSON within 5 seconds. Redirects are not followed. */
export const getBoundedJson = async (
  url: string,
  { fetch }: { fetch: typeof globalThis.fetch },
): Promise<unknown> => {
  try {
    const response = await fetch(url, {
      headers: { accept: 'application/json' },
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    if (response.status !== 200) {
      await response.body?.cancel()
      throw outage('does not give its documents')
    }
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(
      await readAtMost(response, MAX_BYTES),
    )
    return JSON.parse(text)
  } catch (error) {
    throw error instanceof Outage ? error : outage('does not answer', error)
  }
}
