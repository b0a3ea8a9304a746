// What this host as a whole shows of Microsoft Entra Verified ID: the proofs that it is linked to the authorities of its tenants, all
// in one file, and the authority that did:web:path grows out of (learn.microsoft.com, Verified ID: enable support for did:web:path;
// DIF Well Known DID Configuration). Whoever reads it sees the public ids of all issuers that use Entra, and nothing else of them.
import * as z from 'zod'
import type { LinkedDids } from '../../actors/directory/issuers-contracts.ts'
import { directoryStub } from '../../actors/stubs.ts'
import { isSimulated } from '../../actors/tenant/credentials/entra/abilities.ts'
import type { Env } from '../../env.ts'
import { answerDigested } from '../../http/answer.ts'
import type { App, AppContext } from '../../http/context.ts'
import { answerRefusal } from '../../http/problem.ts'
import { addSharedRoute } from './wallet-route.ts'

const TAG = 'Entra Verified ID'
const KEPT = 'public, max-age=300'
/** As Microsoft's page has it. */
const CONTEXT = 'https://identity.foundation/.well-known/contexts/did-configuration-v0.0.jsonld'

const seen = new WeakMap<object, LinkedDids>()

/** The Directory is asked each time whether there is another one: who has just linked his authority has Entra look at once. */
const linkedDids = async (env: Env): Promise<string[]> => {
  const before = seen.get(env.DIRECTORY)
  const now = (await directoryStub(env).linkedDids(before?.version ?? -1)) ?? before
  if (now) seen.set(env.DIRECTORY, now)
  return now?.jwts ?? []
}

const show = (c: AppContext, text: string): Response => {
  if (isSimulated(c.env)) c.header('phoenix-simulated', 'true')
  return answerDigested(c, text, 'application/json', { cacheControl: KEPT })
}

export const registerEntraHostRoutes = (app: App): void => {
  addSharedRoute(
    app,
    {
      method: 'get',
      path: '/.well-known/did-configuration.json',
      summary: 'Proofs that this host is linked to authorities at Entra Verified ID',
      description:
        'One JWT in `linked_dids` for each issuer that uses Entra, signed by its authority there. 404 where there is none.',
      ...{ tag: TAG, action: 'open' },
      answers: { 200: { text: 'The document.', schema: z.record(z.string(), z.json()) } },
      problems: ['not-found'],
    },
    async (c) => {
      if (c.env.VERIFIED_ID !== 'functions') return answerRefusal(c, { problem: 'not-found' })
      const own = (c.env.VERIFIED_ID_HOST_LINK ?? '').split(/\s+/).filter(Boolean)
      const linked = [...own, ...(await linkedDids(c.env))]
      if (linked.length === 0) return answerRefusal(c, { problem: 'not-found' })
      return show(c, JSON.stringify({ '@context': CONTEXT, linked_dids: linked }))
    },
  )

  addSharedRoute(
    app,
    {
      method: 'get',
      path: '/.well-known/did.json',
      summary: 'The authority of this host at Entra Verified ID as did:web',
      description: 'Those of tenants are below it. 404 where the operators have set none.',
      ...{ tag: TAG, action: 'open' },
      answers: { 200: { text: 'The document.', schema: z.record(z.string(), z.json()) } },
      problems: ['not-found'],
    },
    (c) => {
      const { VERIFIED_ID_HOST_DID: text } = c.env
      return text ? show(c, text) : answerRefusal(c, { problem: 'not-found' })
    },
  )
}
