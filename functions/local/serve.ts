// An application of this process on a loopback port: for stand-ins that other processes of this machine call.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { toRequest, writeResponse } from './forge/http.ts'

const HOST = '127.0.0.1'

/** `port` 0 takes any free one. */
export const serve = async ({
  port,
  answer,
}: {
  port: number
  answer: (request: Request) => Response | Promise<Response>
}): Promise<{ origin: string; close: () => Promise<void> }> => {
  let origin = ''
  const server = createServer((request, response) => {
    const respond = async () => {
      // A page of another site, sent here by a name that points to this machine, stays out.
      const here = request.headers.host === new URL(origin).host
      const answered = here
        ? await answer(await toRequest(origin, request))
        : new Response('Not here.', { status: 421 })
      await writeResponse(answered, response)
    }
    respond().catch(() => response.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, HOST, resolve)
  })
  origin = `http://${HOST}:${(server.address() as AddressInfo).port}`
  return {
    origin,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
