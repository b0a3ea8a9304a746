// A wallet's whole answer against the query that it answers (OpenID4VP 1.0 §6.4.2, §8.1, §8.6): nothing that was not asked for,
// everything that was, and each of it verified. Pure.
import type { VpToken } from '../../schemas/oid4vp.ts'
import type { DcqlQuery, PresentationFault } from '../../schemas/presentation.ts'
import { isEnough } from './dcql.ts'
import {
  type PresentationChecks,
  type Presented,
  verifyPresentation,
} from './verify-presentation.ts'

export type VerifiedAnswer =
  | { ok: true; presented: Presented[] }
  | { ok: false; fault: PresentationFault; later?: true }

/** Stops at the first fault. `later`: somebody who had to be asked did not answer, so the same answer may be good in a while. */
export const verifyAnswer = async ({
  token,
  query,
  ...checks
}: Omit<PresentationChecks, 'text' | 'query'> & {
  token: VpToken
  query: DcqlQuery
}): Promise<VerifiedAnswer> => {
  const ids = Object.keys(token)
  const asked = new Map(query.credentials.map((credential) => [credential.id, credential]))
  if (ids.some((id) => !asked.has(id))) return { ok: false, fault: 'not-asked-for' }
  if (!isEnough(query, new Set(ids))) return { ok: false, fault: 'missing' }
  const presented: Presented[] = []
  for (const [id, credential] of asked) {
    // Its name may be one that every object has.
    const [text, ...more] = Object.hasOwn(token, id) ? (token[id] ?? []) : []
    if (text === undefined) continue
    // `multiple` is never asked for.
    if (more.length > 0) return { ok: false, fault: 'not-asked-for' }
    const verified = await verifyPresentation({ ...checks, text, query: credential })
    if (!verified.ok) return verified
    presented.push(verified.presented)
  }
  return { ok: true, presented }
}
