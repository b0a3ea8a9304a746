// A container of Azure blobs as the Functions' identity (Blob service REST API, version 2024-11-04: Put Blob, Get Blob, Get Blob
// Properties, List Blobs, Delete Blob). Every write is conditional: nothing is overwritten that was not read before.
import type { Clock } from '../../schemas/ports.ts'
import type { TokenSource } from './credential.ts'
import { AzureError, faultOf, kindOf, unreachable } from './errors.ts'

const SERVICE = 'blobs'
const SCOPE = 'https://storage.azure.com/.default'
const VERSION = '2024-11-04'
const ANSWER_WITHIN_MS = 20_000
const BYTES_AT_MOST = 64 * 1_048_576
const CONTAINER = /^https:\/\/[a-z0-9]{3,24}\.blob\.[a-z0-9.]+\/[a-z0-9-]{3,63}$/

export interface ContainerOptions {
  /** https://<account>.blob.core.windows.net/<container> */
  container: string
  tokens: TokenSource
  fetch: (url: string, init: RequestInit) => Promise<Response>
  now: Clock
}

/** `setting`: named in the error where the address is none. */
export const containerAddress = (setting: string, address: string): string => {
  if (!CONTAINER.test(address))
    throw new Error(`${setting} is not the address of a container of blobs`)
  return address
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
const textOf = (xml: string, element: string): string | null => {
  const found = new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml)?.[1]
  return found === undefined
    ? null
    : found.replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => entities[name] ?? '')
}

const readAll = async (response: Response): Promise<Uint8Array> => {
  const bytes = new Uint8Array(await response.arrayBuffer())
  if (bytes.length > BYTES_AT_MOST) throw new Error('the answer is too large')
  return bytes
}

export type BlobContainer = ReturnType<typeof createContainer>

/** All reject with AzureError where the service does not do it. Names are safe in a path: the caller sees to that. */
export const createContainer = ({ container, tokens, fetch, now }: ContainerOptions) => {
  const call = async (method: string, path: string, more: RequestInit = {}) => {
    const token = await tokens.getToken(SCOPE).catch((cause: unknown) => {
      throw unreachable(SERVICE, null, cause)
    })
    const headers = {
      ...{ authorization: `Bearer ${token?.token ?? ''}`, 'x-ms-version': VERSION },
      ...(more.headers as Record<string, string>),
    }
    try {
      const response = await fetch(`${container}${path}`, {
        ...{ ...more, method, headers, redirect: 'manual' },
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      })
      return { response, bytes: await readAll(response) }
    } catch (cause) {
      throw unreachable(SERVICE, null, cause)
    }
  }
  const failed = ({ status, headers }: Response): AzureError => {
    const target = headers.get('x-ms-error-code') ?? undefined
    const retryAfter = headers.get('retry-after')
    const fault = faultOf(kindOf(status), { target, retryAfter }, now().getTime())
    return new AzureError(SERVICE, fault, status)
  }
  const isAbsent = ({ status, headers }: Response): boolean =>
    // Where the container itself is not there nothing is absent: it is not set up.
    status === 404 && headers.get('x-ms-error-code') !== 'ContainerNotFound'

  return {
    async read(name: string): Promise<{ bytes: Uint8Array; tag: string } | null> {
      const { response, bytes } = await call('GET', `/${name}`)
      if (response.ok) return { bytes, tag: response.headers.get('etag') ?? '' }
      if (isAbsent(response)) return null
      throw failed(response)
    },
    /** `tag`: of what was read; null: there was none. False: it is another now, and nothing was written. */
    async write(name: string, bytes: Uint8Array, tag: string | null): Promise<boolean> {
      const { response } = await call('PUT', `/${name}`, {
        headers: {
          ...{ 'x-ms-blob-type': 'BlockBlob', 'content-type': 'application/octet-stream' },
          ...(tag === null ? { 'if-none-match': '*' } : { 'if-match': tag }),
        },
        body: new Uint8Array(bytes),
      })
      if (response.ok) return true
      if (response.status === 409 || response.status === 412) return false
      throw failed(response)
    },
    /** In order. */
    async names(prefix: string): Promise<string[]> {
      const names: string[] = []
      let marker = ''
      do {
        const query = `restype=container&comp=list&prefix=${prefix}&marker=${encodeURIComponent(marker)}`
        const { response, bytes } = await call('GET', `?${query}`)
        if (!response.ok) throw failed(response)
        const xml = new TextDecoder().decode(bytes)
        for (const [, blob = ''] of xml.matchAll(/<Blob>([\s\S]*?)<\/Blob>/g)) {
          const name = textOf(blob, 'Name')
          if (name !== null) names.push(name)
        }
        marker = textOf(xml, 'NextMarker') ?? ''
      } while (marker !== '')
      return names
    },
    async remove(name: string): Promise<void> {
      const { response } = await call('DELETE', `/${name}`)
      if (!response.ok && !isAbsent(response)) throw failed(response)
    },
    /** In milliseconds since 1970. */
    async changedAt(name: string): Promise<number> {
      const { response } = await call('HEAD', `/${name}`)
      if (!response.ok) throw failed(response)
      return Date.parse(response.headers.get('last-modified') ?? '') || now().getTime()
    },
  }
}
