// Sends the same GET many times over a bounded number of kept connections and insists on the same answer every time.
// Closed loop: the next request leaves when the last one is answered, so a server is never drowned.
import { Agent, type IncomingHttpHeaders, request } from 'node:http'

const CONNECTIONS = 16

export interface Target {
  url: string
  headers: Record<string, string>
}

export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: string
}

const agents = new Map<string, Agent>()
const agentOf = (url: string): Agent => {
  const { host } = new URL(url)
  const agent = agents.get(host) ?? new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  agents.set(host, agent)
  return agent
}

/** Ends the kept connections, so that the process can end. */
export const hangUp = (): void => {
  for (const agent of agents.values()) agent.destroy()
  agents.clear()
}

export const get = ({ url, headers }: Target): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const sent = request(url, { agent: agentOf(url), headers }, (response) => {
      const parts: string[] = []
      response.setEncoding('utf8')
      response.on('data', (part: string) => parts.push(part))
      response.on('error', reject)
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: parts.join(''),
        }),
      )
    })
    sent.on('error', reject)
    sent.end()
  })

/** Rejects when an answer is not 200 with exactly `expected`. */
export const drive = async (target: Target, times: number, expected: string): Promise<void> => {
  let left = times
  const one = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      const { status, body } = await get(target)
      if (status !== 200 || body !== expected)
        throw new Error(`an answer of ${target.url} differs from the first one (status ${status})`)
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, one))
}
