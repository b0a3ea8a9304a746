// The LogAnchor behind the signed wire: publishes a checkpoint where this installation puts them, and says what is newest there.
// Only the platform asks. What was asked for and who may sign checkpoints is not judged here: the log is the edge's.
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
        context.warn(error.message)
        return problem(503, 'The anchor cannot be asked', {
          'retry-after': String(error.retryAfterSeconds),
        })
      }
    }

  return {
    publish: guarded(async ({ anchor }, kind, request) => {
      const asked = AnchorCheckpoint.safeParse(await readJson(request))
      if (!asked.success) return problem(400, 'Bad Request')
      const jsonBody: AnchorAnswer = { ...kind, ...(await anchor.publish(asked.data)) }
      return { jsonBody }
    }),
    latest: guarded(async ({ anchor }, kind) => {
      const jsonBody: AnchorLatest = { ...kind, latest: await anchor.latest() }
      return { jsonBody }
    }),
  }
}
