// The edge of the benchmark functions-call: `/signed` asks the Functions as the product does, `/bare` sends the same question to a
// function that asks for nothing. Both answer what came back.
import { createBackOffice } from '../../../edge-workers/back-office.ts'

interface Env {
  LOCAL: Fetcher
  BACK_OFFICE_URL: string
  BARE_URL: string
  EDGE_SIGNING_KEY: string
}

const ASKED = { tenant: 'ten_eu_aaaaaaaaaaaaaaaa', operation: 'op-1' }

const askSigned = (env: Env): Promise<unknown> =>
  createBackOffice({
    baseUrl: env.BACK_OFFICE_URL,
    signingKeyJwk: env.EDGE_SIGNING_KEY,
    fetch: (input, init) => env.LOCAL.fetch(input as string, init as never) as never,
    now: () => new Date(),
  }).ping(ASKED)

const askBare = async (env: Env): Promise<unknown> => {
  const headers = { 'content-type': 'application/json' }
  const answer = await env.LOCAL.fetch(env.BARE_URL, { method: 'POST', headers, body: '{}' })
  if (!answer.ok) throw new Error(`answered ${answer.status}`)
  return answer.json()
}

// biome-ignore lint/style/noDefaultExport: a Worker's entry is its default export.
export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const ask = new URL(request.url).pathname === '/signed' ? askSigned : askBare
    return Response.json(await ask(env))
  },
}
