// Git over HTTP: anybody may clone and fetch, accounts that write may push, by `git http-backend`.
// https://git-scm.com/docs/git-http-backend. The dumb protocol is not served.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { type Account, mayWrite } from './accounts.ts'
import { type ForgeContext, ForgeRefusal, findRepository, type Repository } from './context.ts'
import { GitFailure, gitEnvironment } from './git/run.ts'
import { BODY_LIMIT_BYTES, readBody, urlOf } from './http.ts'
import { observe } from './observe.ts'
import { isDeletion, parsePush, refusalReport } from './push-commands.ts'
import { authenticate } from './rest/api.ts'
import { type ForgeRules, LIVE, MAIN, mayMove } from './rules.ts'

const unzip = promisify(gunzip)

interface GitCall {
  repository: Repository
  service: 'git-upload-pack' | 'git-receive-pack'
  /** Path below the repository. */
  path: string
  query: string
}

const SERVICE = /^git-(?:upload|receive)-pack$/

/** The Git call a request is, or null when it is not one. */
export const matchGit = (forge: ForgeContext, request: IncomingMessage): GitCall | null => {
  const url = urlOf(forge.url, request)
  const found =
    /^\/([^/]+)\/([^/]+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/.exec(
      url.pathname,
    )
  if (!found?.[1] || !found[2] || !found[3]) return null
  const service = found[3] === 'info/refs' ? url.searchParams.get('service') : found[3]
  if (service === null || !SERVICE.test(service))
    throw new ForgeRefusal(403, 'Only the smart HTTP protocol is served')
  if ((request.method === 'POST') !== (found[3] !== 'info/refs'))
    throw new ForgeRefusal(405, 'Method not allowed')
  const repository = findRepository(forge, found[1], found[2])
  if (repository === null) throw new ForgeRefusal(404, 'Not Found')
  const query = found[3] === 'info/refs' ? `service=${service}` : ''
  return { repository, service: service as GitCall['service'], path: `/${found[3]}`, query }
}

/** What git itself must refuse this account in a push, whatever its body says. */
const enforce = (account: Account, rules: ForgeRules): [string, string][] => {
  const refused = [MAIN, LIVE].filter(
    (branch) => !mayMove(account, `refs/heads/${branch}`, 'forward', rules).allowed,
  )
  return [
    ['receive.hideRefs', 'refs'],
    ['receive.hideRefs', '!refs/heads'],
    ['receive.hideRefs', '!refs/tags'],
    ...refused.map((branch): [string, string] => ['receive.hideRefs', `refs/heads/${branch}`]),
    // The App may move `live`, forward only. Git knows no such rule for one branch, so by push the App forces and
    // deletes nothing at all; the API is open to it for its own branches.
    ['receive.denyDeletes', String(account.kind === 'app')],
    ['receive.denyNonFastForwards', String(account.kind === 'app')],
  ]
}

interface BackendAnswer {
  status: number
  headers: Record<string, string>
}

/** Splits a CGI answer's header off the first bytes; null while it is not complete. */
const readHead = (bytes: Buffer): { answer: BackendAnswer; rest: Buffer } | null => {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return null
  const answer: BackendAnswer = { status: 200, headers: {} }
  for (const line of bytes.toString('latin1', 0, end).split('\r\n')) {
    const [name, value] = [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]
    if (name.toLowerCase() === 'status') answer.status = Number.parseInt(value, 10)
    else answer.headers[name] = value.trim()
  }
  return { answer, rest: bytes.subarray(end + 4) }
}

interface BackendInput {
  body: Buffer
  login: string | null
  settings: [string, string][]
}

/** What the backend writes, head included. A reader that stops early ends the process. */
async function* runBackend(
  { repository, path, query }: GitCall,
  request: IncomingMessage,
  { body, login, settings }: BackendInput,
): AsyncGenerator<Buffer, void> {
  const child = spawn('git', ['http-backend'], {
    env: {
      ...gitEnvironment(settings),
      GIT_PROJECT_ROOT: repository.directory,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: path,
      QUERY_STRING: query,
      REQUEST_METHOD: request.method ?? 'GET',
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      CONTENT_LENGTH: String(body.length),
      REMOTE_ADDR: '127.0.0.1',
      ...(login === null ? {} : { REMOTE_USER: login }),
      // Letters, digits and separators only: this is the client's wish for a protocol version.
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? '').replace(/[^\w=:.-]/g, ''),
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  // A process that did not start or ended early shows as an answer without a head.
  child.on('error', () => {})
  child.stdin.on('error', () => {})
  child.stdin.end(body)
  try {
    for await (const piece of child.stdout) yield piece
  } finally {
    child.kill()
  }
}

const takeHead = async (output: AsyncGenerator<Buffer, void>) => {
  let bytes: Buffer = Buffer.alloc(0)
  while (true) {
    const { value, done } = await output.next()
    if (done) throw new GitFailure('http-backend', null, '')
    bytes = Buffer.concat([bytes, value])
    const found = readHead(bytes)
    if (found) return found
  }
}

const requirePusher = (forge: ForgeContext, request: IncomingMessage): Account => {
  const account = authenticate(forge, request.headers.authorization)
  if (account === null) throw new ForgeRefusal(401, 'Requires authentication')
  if (!mayWrite(account))
    throw new ForgeRefusal(403, 'You must have push access to this repository')
  return account
}

const readRequest = async (request: IncomingMessage): Promise<Buffer> => {
  const body = await readBody(request)
  if (request.headers['content-encoding'] !== 'gzip') return body
  return unzip(body, { maxOutputLength: BODY_LIMIT_BYTES }).catch(() => {
    throw new ForgeRefusal(400, 'The body is not what its encoding says')
  })
}

/** Passes the backend's answer on as it comes, no faster than the client takes it. */
const stream = async (
  output: AsyncGenerator<Buffer, void>,
  response: ServerResponse,
): Promise<void> => {
  const { answer, rest } = await takeHead(output)
  response.writeHead(answer.status, answer.headers)
  response.write(rest)
  for await (const piece of output) {
    if (response.destroyed) break
    if (!response.write(piece))
      await Promise.race([once(response, 'drain'), once(response, 'close')])
  }
  response.end()
}

const push = async (
  forge: ForgeContext,
  call: GitCall,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const account = requirePusher(forge, request)
  const { repository } = call
  const body = await readRequest(request)
  const parsed = parsePush(body)
  // A push of nothing (one flush) is how git tries out credentials before it sends a large body.
  if (parsed === null) throw new ForgeRefusal(400, 'The push cannot be read')
  const reasons = new Map<string, string>()
  for (const command of parsed.commands) {
    const decision = mayMove(
      account,
      command.ref,
      isDeletion(command) ? 'delete' : 'forward',
      forge.rules,
    )
    if (!decision.allowed) reasons.set(command.ref, decision.reason.replace(/\s+/g, ' '))
  }
  if (reasons.size > 0) {
    response.writeHead(200, {
      'Content-Type': 'application/x-git-receive-pack-result',
      'Cache-Control': 'no-cache',
    })
    response.end(refusalReport(parsed, reasons))
    return
  }
  // The answer waits until the move is recorded: after `git push`, the pull request knows its new head.
  const done = await forge.alone(repository, async () => {
    const settings = enforce(account, forge.rules)
    const output = runBackend(call, request, { body, login: account.login, settings })
    try {
      const { answer, rest } = await takeHead(output)
      const pieces = [rest]
      for await (const piece of output) pieces.push(piece)
      return { answer, body: Buffer.concat(pieces) }
    } finally {
      await observe(forge, repository, account)
    }
  })
  response.writeHead(done.answer.status, done.answer.headers)
  response.end(done.body)
}

export const serveGit = async (
  forge: ForgeContext,
  call: GitCall,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  if (call.path === '/git-receive-pack') return push(forge, call, request, response)
  const login = call.service === 'git-receive-pack' ? requirePusher(forge, request).login : null
  const body = request.method === 'POST' ? await readRequest(request) : Buffer.alloc(0)
  await stream(runBackend(call, request, { body, login, settings: [] }), response)
}
