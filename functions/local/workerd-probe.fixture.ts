// A small Worker that shows what the generated configuration gives: text, an object with a database, ways out,
// and the signed wire. Built and run by workerd.test.ts.
import { DurableObject } from 'cloudflare:workers'
import { createBackOffice } from '../../edge-workers/back-office.ts'
import { outgoing } from '../../edge-workers/outgoing.ts'

export class Counter extends DurableObject {
  count(): number {
    const { sql } = this.ctx.storage
    sql.exec('CREATE TABLE IF NOT EXISTS hits (at INTEGER)')
    sql.exec('INSERT INTO hits VALUES (1)')
    return Number(sql.exec('SELECT count(*) AS n FROM hits').one().n)
  }
}

interface ProbeEnv {
  TEXT: string
  BACK_OFFICE_URL: string
  EDGE_SIGNING_KEY: string
  COUNTER: DurableObjectNamespace<Counter>
  LOCAL: { fetch: typeof fetch }
}

const attempt = async (send: typeof fetch, target: string): Promise<Response> => {
  try {
    return new Response(`status ${(await send(target)).status}`)
  } catch {
    return new Response('refused')
  }
}

// biome-ignore lint/style/noDefaultExport: a Worker's entry is its default export.
export default {
  async fetch(request: Request, env: ProbeEnv): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url)
    const target = searchParams.get('target') ?? ''
    switch (pathname) {
      case '/text':
        return new Response(env.TEXT)
      case '/count':
        return new Response(String(await env.COUNTER.getByName('one').count()))
      case '/fetch':
        return attempt((input, init) => fetch(input, init), target)
      case '/local':
        return attempt((input, init) => env.LOCAL.fetch(input, init), target)
      default: {
        const office = createBackOffice({
          baseUrl: env.BACK_OFFICE_URL,
          signingKeyJwk: env.EDGE_SIGNING_KEY,
          fetch: outgoing(env),
          now: () => new Date(),
        })
        return Response.json(await office.ping({ tenant: 'ten_eu_probe', operation: 'op-1' }))
      }
    }
  },
}
