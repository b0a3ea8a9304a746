// Answers who asked and under which operation: the signed wire exercised from end to end. Changes nothing.
import type { HttpHandler } from '@azure/functions'
import type { PingAnswer } from '../schemas/wire.ts'
import { verifiedClaims } from './verify-request.ts'

export const ping: HttpHandler = async (_request, context) => {
  const { sub, jti } = verifiedClaims(context)
  return { jsonBody: { tenant: sub, operation: jti } satisfies PingAnswer }
}
