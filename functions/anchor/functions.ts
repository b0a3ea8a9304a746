// The LogAnchor behind the signed wire: publishes a checkpoint where this installation puts them, and says what is newest there.
// Only the platform asks, and only what the edge's log has signed is published, by the second party too where its key is set:
// what is anchored stays, and whoever holds a request's key alone puts nothing there.
import type {
  HttpHandler,
  HttpRequest,
  HttpResponseInit,
  InvocationContext,
} from '@azure/functions'
import type * as z from 'zod'
import { Denied, Outage } from '../../schemas/result.ts'
import {
  type AnchorAnswer,
  AnchorCheckpoint,
  type AnchorDenied,
  type AnchorKind,
  type AnchorLatest,
  WIRE_PLATFORM,
} from '../../schemas/wire.ts'
import {
  edgeKeysOf,
  isSignedByEdge,
  isSignedBySecondParty,
  platformHeadOf,
} from '../checkpoint-note.ts'
import { verifiedClaims } from '../verify-request.ts'
import { type AnchorSettings, type ConfiguredAnchor, configuredAnchor } from './configured.ts'

const problem = (status: number, title: string, headers = {}): HttpResponseInit => ({
  status,
  headers: { 'content-type': 'application/problem+json', ...headers },
  body: JSON.stringify({ type: 'about:blank', title, status }),
})

const denied = (reason: string): HttpResponseInit => ({
  status: 403,
  jsonBody: { denied: reason } satisfies z.infer<typeof AnchorDenied>,
})

const readJson = async (request: { text(): Promise<string> }): Promise<unknown> => {
  try {
    return JSON.parse(await request.text())
  } catch {
    return undefined
  }
}

type Work = (
  configured: ConfiguredAnchor,
  kind: AnchorKind,
  request: HttpRequest,
) => Promise<HttpResponseInit>

/** Why it is not published, a public sentence; null where nothing stands against it. */
const objectionTo = async (
  { size, root, note }: AnchorCheckpoint,
  { EDGE_PUBLIC_JWKS, COSIGNER_PUBLIC_KEY }: AnchorSettings,
): Promise<string | null> => {
  const head = platformHeadOf(note)
  if (!head) return 'It is no checkpoint of the platform.'
  if (head.size !== size || head.root !== root) return 'The note is of another checkpoint.'
  if (!(await isSignedByEdge(note, head.origin, edgeKeysOf(EDGE_PUBLIC_JWKS))))
    return 'The edge has not signed it.'
  if (COSIGNER_PUBLIC_KEY && !(await isSignedBySecondParty(note, COSIGNER_PUBLIC_KEY)))
    return 'The second party has not signed it.'
  return null
}

/** The two functions; the anchor is made when it is first asked for, so that a wrong setting stops nothing else. */
export const createAnchorFunctions = (settings: AnchorSettings) => {
  let made: ConfiguredAnchor | undefined
  const guarded =
    (work: Work): HttpHandler =>
    async (request: HttpRequest, context: InvocationContext) => {
      if (verifiedClaims(context).sub !== WIRE_PLATFORM) return denied('only the platform asks')
      try {
        made ??= configuredAnchor(settings)
        const { kind, independent } = made.anchor.abilities
        const simulated = await made.simulated()
        return await work(
          made,
          { kind, independent: independent && !simulated, simulated },
          request,
        )
      } catch (error) {
        if (error instanceof Denied) return denied(error.message.replace(/^anchor: /, ''))
        if (!(error instanceof Outage)) throw error
        const line = { level: 'warn', event: 'anchor-unreachable', error: error.message }
        context.warn(JSON.stringify(line))
        return problem(503, 'The anchor cannot be asked', {
          'retry-after': String(error.retryAfterSeconds),
        })
      }
    }

  return {
    publish: guarded(async ({ anchor }, kind, request) => {
      const asked = AnchorCheckpoint.safeParse(await readJson(request))
      if (!asked.success) return problem(400, 'Bad Request')
      const objected = await objectionTo(asked.data, settings)
      const answer = objected ? { refused: objected } : await anchor.publish(asked.data)
      return { jsonBody: { ...kind, ...answer } satisfies AnchorAnswer }
    }),
    latest: guarded(async ({ anchor }, kind) => {
      const jsonBody: AnchorLatest = { ...kind, latest: await anchor.latest() }
      return { jsonBody }
    }),
  }
}
