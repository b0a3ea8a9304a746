// Stand-in of Microsoft Entra Verified ID on this machine: the request service, the admin interface, the endpoint of the managed
// identity, and a simulated holder. It speaks the real one's REST and checks what that checks; nothing leaves the machine.
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Context, Hono } from 'hono'
import { toRequest, writeResponse } from '../forge/http.ts'
import * as admin from './admin.ts'
import {
  accept,
  type Deliver,
  decline,
  type HolderService,
  present,
  type Seen,
  scan,
} from './holder.ts'
import { holderPage } from './holder-page.ts'
import { AUDIENCES, createIdentity, type Role } from './identity.ts'
import { badField, EntraRefusal, refusalResponse } from './refusal.ts'
import { createIssuanceRequest, createPresentationRequest } from './request-service.ts'
import { rotateSigningKey, synchronize, validateDomain } from './rotation.ts'
import { openState, type State } from './state.ts'

/** The host whose calls come here. */
export const VERIFIED_ID_HOST = 'verifiedid.did.msidentity.com'
const BASE = '/v1.0/verifiableCredentials'
const BODY_BYTES_AT_MOST = 1_048_576
const HOST = '127.0.0.1'

export interface VerifiedIdOptions {
  /** File that keeps authorities, contracts and what the holder has; null: memory alone. */
  path: string | null
  deliver?: Deliver
  now?: () => Date
  withhold?: (role: string) => boolean
}

const bodyOf = async (request: Request): Promise<unknown> => {
  if (!/^application\/json\b/i.test(request.headers.get('content-type') ?? ''))
    throw new EntraRefusal(415, 'badOrMissingField', { target: 'content-type' })
  const text = await request.text()
  if (text.length > BODY_BYTES_AT_MOST)
    throw new EntraRefusal(413, 'badOrMissingField', { target: 'body' })
  try {
    return JSON.parse(text)
  } catch {
    throw badField('body', 'The body is not JSON.')
  }
}

type Step = (
  service: HolderService,
  url: string,
  more: { pin?: string; message?: string },
) => Promise<Seen>
const steps: Record<string, Step> = {
  scan,
  accept: (service, url, { pin = '' }) => accept(service, url, pin),
  present,
  decline: (service, url, { message }) => decline(service, url, message),
}

const addHolder = (app: Hono, service: HolderService): void => {
  const held = () =>
    service.state.held.map(({ type, status, issuedAt }) => ({ type, status, issuedAt }))
  app.get('/', (c) => c.redirect('/holder', 302))
  app.get('/holder', (c) =>
    c.html(holderPage({ url: c.req.query('url') ?? '', seen: null, held: held() })),
  )
  // The form of the page, and of no other site's.
  app.post('/holder', async (c) => {
    const origin = c.req.header('origin')
    if (origin !== undefined && origin !== service.origin())
      return c.text('Send the form of the page.', 403)
    const form = new URLSearchParams(await c.req.text())
    const [url, act] = [form.get('url') ?? '', form.get('act') ?? '']
    const step = Object.hasOwn(steps, act) ? steps[act] : undefined
    const seen = step ? await step(service, url, { pin: form.get('pin') ?? '' }) : null
    return c.html(holderPage({ url, seen, held: held() }))
  })
  // The same for scripts.
  app.post('/holder/:act', async (c) => {
    const act = c.req.param('act')
    const step = Object.hasOwn(steps, act) ? steps[act] : undefined
    if (!step) return c.notFound()
    const { url, pin, message } = (await bodyOf(c.req.raw)) as Record<string, string>
    return c.json(
      await step(service, url ?? '', { ...(pin ? { pin } : {}), ...(message ? { message } : {}) }),
    )
  })
}

type Answer = (service: HolderService, c: Context) => Response | Promise<Response>
const p = (c: Context, name: string): string => c.req.param(name) ?? ''
const json = (c: Context) => bodyOf(c.req.raw)
const A = '/authorities/:a'
const C = `${A}/contracts/:c`
const rows: [method: 'GET' | 'POST' | 'PATCH', path: string, role: Role, Answer][] = [
  [
    'POST',
    '/createIssuanceRequest',
    'VerifiableCredential.Create.All',
    async (s, c) => createIssuanceRequest(s, await json(c)),
  ],
  [
    'POST',
    '/createPresentationRequest',
    'VerifiableCredential.Create.All',
    async (s, c) => createPresentationRequest(s, await json(c)),
  ],
  [
    'GET',
    '/authorities',
    'VerifiableCredential.Authority.ReadWrite',
    ({ state }) => Response.json({ value: state.authorities.map(admin.authorityView) }),
  ],
  [
    'POST',
    '/authorities',
    'VerifiableCredential.Authority.ReadWrite',
    async (s, c) => admin.createAuthority(s, await json(c)),
  ],
  [
    'GET',
    A,
    'VerifiableCredential.Authority.ReadWrite',
    ({ state }, c) => Response.json(admin.authorityView(admin.authorityAt(state, p(c, 'a')))),
  ],
  [
    'POST',
    `${A}/generateDidDocument`,
    'VerifiableCredential.Authority.ReadWrite',
    (s, c) => admin.didDocument(s, p(c, 'a')),
  ],
  [
    'POST',
    `${A}/generateWellknownDidConfiguration`,
    'VerifiableCredential.Authority.ReadWrite',
    async (s, c) => admin.didConfiguration(s, p(c, 'a'), await json(c)),
  ],
  [
    'POST',
    `${A}/didInfo/signingKeys/rotate`,
    'VerifiableCredential.Authority.ReadWrite',
    (s, c) => rotateSigningKey(s, p(c, 'a')),
  ],
  [
    'POST',
    `${A}/didInfo/synchronizeWithDidDocument`,
    'VerifiableCredential.Authority.ReadWrite',
    (s, c) => synchronize(s, p(c, 'a')),
  ],
  [
    'POST',
    `${A}/validateWellKnownDidConfiguration`,
    'VerifiableCredential.Authority.ReadWrite',
    (s, c) => validateDomain(s, p(c, 'a')),
  ],
  [
    'GET',
    `${A}/contracts`,
    'VerifiableCredential.Contract.ReadWrite',
    (s, c) => admin.readContracts(s, p(c, 'a')),
  ],
  [
    'POST',
    `${A}/contracts`,
    'VerifiableCredential.Contract.ReadWrite',
    async (s, c) => admin.createContract(s, p(c, 'a'), await json(c)),
  ],
  [
    'GET',
    C,
    'VerifiableCredential.Contract.ReadWrite',
    (s, c) => admin.readContract(s, p(c, 'a'), p(c, 'c')),
  ],
  [
    'PATCH',
    C,
    'VerifiableCredential.Contract.ReadWrite',
    async (s, c) => admin.updateContract(s, p(c, 'a'), p(c, 'c'), await json(c)),
  ],
  [
    'GET',
    `${C}/credentials`,
    'VerifiableCredential.Credential.Search',
    (s, c) => admin.searchCredentials(s, p(c, 'a'), p(c, 'c'), c.req.query('filter') ?? null),
  ],
  [
    'GET',
    `${C}/credentials/:id`,
    'VerifiableCredential.Credential.Search',
    (s, c) => admin.readCredential(s, p(c, 'a'), p(c, 'c'), p(c, 'id')),
  ],
  [
    'POST',
    `${C}/credentials/:id/revoke`,
    'VerifiableCredential.Credential.Revoke',
    (s, c) => admin.revokeCredential(s, p(c, 'a'), p(c, 'c'), p(c, 'id')),
  ],
]

/** In this process, without a port: what the server below serves. */
export const createVerifiedIdStandIn = async ({
  path,
  deliver = (url, init) => fetch(url, init),
  now = () => new Date(),
  withhold,
}: VerifiedIdOptions) => {
  let origin = 'http://127.0.0.1'
  const identityHeader = randomBytes(16).toString('hex')
  const identity = await createIdentity({
    header: identityHeader,
    now,
    ...(withhold ? { withhold } : {}),
  })
  const state: State = openState(path)
  const service: HolderService = { state, now, deliver, origin: () => origin }
  /** Requests that are still refused for being too many, and what they are told. */
  let throttle = { requests: 0, retryAfterSeconds: 1 }

  const app = new Hono()
  app.onError((error) => {
    if (error instanceof EntraRefusal) return refusalResponse(error, now())
    return refusalResponse(new EntraRefusal(500, 'transientError'), now())
  })
  app.get('/msi/token', (c) => identity.answer(c.req.raw))
  addHolder(app, service)
  app.post('/simulate/throttle', async (c) => {
    const asked = (await bodyOf(c.req.raw)) as Partial<typeof throttle>
    throttle = { ...throttle, ...asked }
    return c.json({ simulated: true, ...throttle })
  })
  for (const [method, below, role, answer] of rows)
    app.on(method, `${BASE}${below}`, async (c) => {
      const audience = role.endsWith('Create.All') ? AUDIENCES.request : AUDIENCES.admin
      await identity.check(c.req.raw, audience, role)
      if (throttle.requests > 0) {
        throttle = { ...throttle, requests: throttle.requests - 1 }
        throw new EntraRefusal(429, 'transientError', {
          retryAfterSeconds: throttle.retryAfterSeconds,
        })
      }
      return answer(service, c)
    })
  app.notFound(() => refusalResponse(new EntraRefusal(404, 'notFound'), now()))

  return {
    ...{ service, identityHeader, identity, app },
    setOrigin: (set: string) => {
      origin = set
    },
    throttle: (requests: number, retryAfterSeconds: number) => {
      throttle = { requests, retryAfterSeconds }
    },
  }
}
export type VerifiedIdStandIn = Awaited<ReturnType<typeof createVerifiedIdStandIn>>

/** On the loopback address. `port` 0 takes any free one. */
export const startVerifiedId = async ({
  port,
  ...options
}: VerifiedIdOptions & { port: number }) => {
  const standIn = await createVerifiedIdStandIn(options)
  let origin = ''
  const server = createServer((request, response) => {
    const serve = async () => {
      // A page of another site, sent here by a name that points to this machine, stays out.
      const here = request.headers.host === new URL(origin).host
      const answer = here
        ? await standIn.app.fetch(await toRequest(origin, request))
        : new Response('Not here.', { status: 421 })
      await writeResponse(answer, response)
    }
    serve().catch(() => response.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, HOST, resolve)
  })
  origin = `http://${HOST}:${(server.address() as AddressInfo).port}`
  standIn.setOrigin(origin)
  return {
    ...standIn,
    origin,
    /** For the Functions: what Azure's platform would set, and where calls go instead. */
    settings: {
      IDENTITY_ENDPOINT: `${origin}/msi/token`,
      IDENTITY_HEADER: standIn.identityHeader,
      LOCAL_REROUTES: JSON.stringify({ [VERIFIED_ID_HOST]: origin }),
      VERIFIED_ID: 'on',
      VERIFIED_ID_KEY_VAULT: JSON.stringify({
        ...{ subscriptionId: '00000000-0000-4000-8000-000000000001', resourceGroup: 'simulated' },
        ...{ resourceName: 'simulated', resourceUrl: 'https://simulated.vault.azure.net/' },
      }),
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
