// What the demo wallet does: redeem an offer, list what it has, present. It decides nothing for its holder but what was typed.

import { claimsOf, payloadOf, readCredential } from '../oid4vc-ts/read.ts'
import { answerRequest, readOffer, readRequest, redeemOffer } from '../oid4vc-ts/wallet.ts'
import { addEntries, type Entry, readEntries } from './folder.ts'

export interface Desk {
  folder: string
  say: (line: string) => void
  /** Of the holder; null: there is nobody to ask. */
  ask: (question: string) => Promise<string | null>
}

const WAIT_SECONDS = 60
/** Registered ones, that say nothing of the holder. */
const TECHNICAL = new Set(['iss', 'iat', 'nbf', 'exp', 'vct', 'cnf', 'status', '_sd', '_sd_alg'])

const linesOf = (claims: Record<string, unknown>): string[] =>
  Object.entries(claims)
    .filter(([name]) => !TECHNICAL.has(name))
    .map(([name, value]) => `  ${name}: ${JSON.stringify(value)}`)

const until = (credential: string): string => {
  const { exp } = payloadOf(credential)
  return typeof exp === 'number' ? `until ${new Date(exp * 1000).toISOString()}` : 'without an end'
}

/** Throws a sentence for the holder. */
export const redeem = async (desk: Desk, link: string, pin: string | null): Promise<void> => {
  const offer = await readOffer(link)
  const { credential_issuer: issuer, credential_configuration_ids: names } = offer.offer
  desk.say(`${issuer} offers ${names.join(', ')}.`)
  const hint = offer.txCode?.description ? ` (${offer.txCode.description})` : ''
  const typed = offer.txCode ? (pin ?? (await desk.ask(`PIN${hint}: `))) : null
  if (offer.txCode && !typed) throw new Error('The offer wants a PIN: give it with --pin.')
  const { held, configuration, notify } = await redeemOffer(offer, {
    waitSeconds: WAIT_SECONDS,
    ...(typed ? { txCode: typed.trim() } : {}),
  })
  if (held.length === 0) throw new Error('The issuer has not released it yet: ask for a new offer.')
  for (const { credential } of held) {
    const claims = await readCredential(credential).catch(async (error) => {
      await notify('credential_failure')
      throw error
    })
    desk.say(`Received and verified ${configuration}, ${until(credential)}:`)
    for (const line of linesOf(claims)) desk.say(line)
  }
  const receivedAt = new Date().toISOString()
  const entries = held.map((one): Entry => ({ ...one, issuer, configuration, receivedAt }))
  await addEntries(desk.folder, entries)
  await notify('credential_accepted')
}

export const list = async (desk: Desk): Promise<void> => {
  const entries = await readEntries(desk.folder)
  if (entries.length === 0) desk.say('Nothing is in it.')
  for (const [at, { credential, configuration, issuer }] of entries.entries()) {
    const standing = await readCredential(credential).then(
      () => 'holds',
      (error) => `does not hold now: ${error.message}`,
    )
    desk.say(`${at + 1}. ${configuration} of ${issuer}, ${until(credential)}, ${standing}`)
    for (const line of linesOf(await claimsOf(credential))) desk.say(line)
  }
}

/** The newest of its kind. Throws where the verifier refuses it. */
export const present = async (desk: Desk, link: string): Promise<void> => {
  const request = await readRequest(link)
  desk.say(`${request.verifier} asks for:`)
  for (const { id, claims = [] } of request.query.credentials)
    desk.say(
      `  ${id}: ${claims.map(({ path }) => path.join('.')).join(', ') || 'no claim of choice'}`,
    )
  const entries = await readEntries(desk.folder)
  const { status, body } = await answerRequest(request, entries.reverse())
  if (status !== 200)
    throw new Error(`Refused with ${status}: ${body.error} ${body.error_description ?? ''}`.trim())
  desk.say('Presented, and taken.')
  if (body.redirect_uri) desk.say(`Go on in the browser that you began in: ${body.redirect_uri}`)
}
