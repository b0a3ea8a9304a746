// /presentations/{issuer}/{id}/return: where a wallet sends the browser after it has answered, with a code that nobody else was
// told. In the browser that began it the presentation counts, and its page says so; in any other nothing happens.

import { tenantStub } from '../actors/stubs.ts'
import { secretScope } from '../actors/tenant/credentials/issuer/secrets.ts'
import { digestFor } from '../actors/tenant/credentials/presentations/request-secrets.ts'
import { browserDigest } from '../auth/presentation-cookie.ts'
import type { App, AppContext } from '../http/context.ts'
import { param } from '../http/route.ts'
import { findIssuer } from '../routes/wallet/wallet-route.ts'
import { answerHolder, wordsOf } from './holder/frame.tsx'

const CODE = /^[0-9a-f]{64}$/

const returned = async (c: AppContext) => {
  const entry = await findIssuer(c.env, param(c, 'issuer'))
  const code = c.req.query('response_code') ?? ''
  const reached = entry && tenantStub(c.env, entry.jurisdiction, entry.id)
  if (!entry || !reached?.ok || !CODE.test(code)) return null
  const answered = await reached.value.stub.wallet('presentations.return', {
    id: param(c, 'id'),
    codeDigest: digestFor(secretScope(c.env, entry.id), 'response-code', code),
    browserDigest: browserDigest(c, entry.id),
  })
  return answered.ok ? answered.value : null
}

export const registerPresentationReturn = (app: App): void => {
  app.get('/presentations/:issuer/:id/return', async (c) => {
    const back = await returned(c)
    if (back) return c.redirect(back.page, 303)
    const [title, text] = wordsOf(c).presentation.notHere
    return answerHolder(
      c,
      { title, status: 404 },
      <>
        <h1>{title}</h1>
        <p>{text}</p>
      </>,
    )
  })
}
