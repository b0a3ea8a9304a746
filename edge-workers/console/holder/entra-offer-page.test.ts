// The holder's page of an offer of Entra Verified ID: the steps that Entra tells of, and no step that never comes.
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { openEntraDriver } from '../../../functions/simulator/credentials/examined-drivers.ts'
import type { CredentialOffer } from '../../../schemas/credential.ts'
import { languages, messagesFor } from '../languages/languages.ts'
import { registerConsoleRoutes } from '../routes.tsx'

let on: Awaited<ReturnType<typeof openEntraDriver>>
beforeAll(async () => {
  on = await openEntraDriver({ register: registerConsoleRoutes })
  const configuration = {
    ...{ name: 'badge', driver: 'entra', type: 'Badge', display: [{ name: 'Badge' }], claims: [] },
  }
  expect((await on.api('POST', '/credential-configurations', configuration)).status).toBe(201)
})
afterAll(() => void vi.useRealTimers())

it('ends with the credential: nothing is waited for, and nothing said of a confirmation', async () => {
  const body = { configurations: ['badge'] }
  const { body: made } = await on.api<CredentialOffer>('POST', '/credential-offers', body)
  const read = async (language = 'en') => {
    const path = made.page.replace(on.world.env.PUBLIC_URL, '')
    const headers = { 'accept-language': language }
    return (await on.world.send('GET', path, { headers })).text()
  }
  const { steps, states } = messagesFor('en').offer
  for (const step of [steps.created, steps.retrieved, steps.issued])
    expect(await read()).toContain(`>${step}</li>`)
  expect(await read()).toContain('data-live')
  await on.act('accept', made.uri, made.txCode)
  const issued = await read()
  expect(issued).toContain(states.issued?.[0])
  expect(issued).toContain(states.accepted?.[1])
  for (const gone of [`>${steps.accepted}</li>`, 'http-equiv="refresh"', 'data-live'])
    expect(issued).not.toContain(gone)
  for (const [lang, { offer }] of Object.entries(languages))
    expect(await read(lang)).not.toContain(offer.states.issued?.[1])
})
