// The tenant's authority at Microsoft Entra Verified ID: its keys rotated there, its documents published here, and Entra asked to
// look at them.
import type { IssuerAuthorityView } from '../../../../../schemas/credential.ts'
import type { Principal } from '../../../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../../../schemas/result.ts'
import type { EntraAuthority, TendAuthority } from '../../../../../schemas/verified-id.ts'
import { transaction } from '../../../database.ts'
import type { TenantContext } from '../../context.ts'
import type { Keyed } from '../../operation-inputs.ts'
import { earlierCommand, keepCommand } from '../commands.ts'
import { issuerOf, noteIssuer } from '../issuer/issuer.ts'
import { isSimulated } from './abilities.ts'
import { notConnected, refusedByEntra, verifiedIdOf } from './connect.ts'
import { authorityIn, forgetEntraDocument } from './documents.ts'
import { linkDomain } from './linked-domain.ts'

type Tend = (act: TendAuthority['act']) => Promise<Result<EntraAuthority>>

const viewOf = ({ env }: TenantContext, authority: EntraAuthority): IssuerAuthorityView => ({
  ...{ did: authority.did, document: authority.didDocumentStatus },
  ...{ domainVerified: authority.linkedDomainsVerified, simulated: isSimulated(env) },
})

const NONE = 'This tenant has no authority at Entra Verified ID: its first configuration makes it.'

/** Throws Outage where Entra does not answer. */
const tending = (context: TenantContext): Result<Tend> => {
  const ask = verifiedIdOf(context)
  if (!ask) return notConnected(context)
  const remote = authorityIn(context.db)
  if (!remote) return refuse('conflict', { detail: NONE })
  const { authorityId } = remote
  return ok(async (act) => {
    const done = await ask('tend', `tend-${act}-${crypto.randomUUID()}`, { authorityId, act })
    return done.ok ? ok(done.value) : refusedByEntra(done.fault, 'authority as it is published')
  })
}

const shown = (
  context: TenantContext,
  read: Result<EntraAuthority>,
): Result<IssuerAuthorityView> => (read.ok ? ok(viewOf(context, read.value)) : read)

export const readAuthority = async (
  context: TenantContext,
): Promise<Result<IssuerAuthorityView>> => {
  const tend = tending(context)
  return tend.ok ? shown(context, await tend.value('read')) : tend
}

/** A rotation that was broken off is gone on with, and no other begun: the key that Entra made then has yet to be published. */
const rotated = async (context: TenantContext, tend: Tend): Promise<Result<EntraAuthority>> => {
  const before = await tend('read')
  if (!before.ok) return before
  if (before.value.didDocumentStatus !== 'outOfSync') {
    // A proof by the key that is the one before from now on: Entra forgets keys after ten, and the link with them.
    await linkDomain(context, { authorityId: before.value.id, did: before.value.did })
    const made = await tend('rotate')
    if (!made.ok) return made
  }
  forgetEntraDocument(context)
  return tend('synchronize')
}

/**
 * Once for each Idempotency-Key. Refuses `conflict` where Entra does not see the new key in what is published here; the same
 * request goes on there.
 */
export const rotateAuthority = async (
  context: TenantContext,
  who: Principal,
  sent: Keyed<unknown>,
): Promise<Result<IssuerAuthorityView>> => {
  await issuerOf(context)
  const tend = tending(context)
  if (!tend.ok) return tend
  const earlier = earlierCommand(context.db, who, sent)
  if (earlier === 'other') return refuse('idempotency-key-reused')
  if (earlier === 'done') return readAuthority(context)
  const done = await rotated(context, tend.value)
  if (!done.ok) return done
  const at = context.now().toISOString()
  transaction(context.db, (tx) => {
    if (earlierCommand(tx, who, sent) !== 'none') return null
    keepCommand(tx, who, sent, { about: 'entra', at })
    noteIssuer(tx, { to: 'rotated', actor: who.subject, at, reason: 'its authority at Entra' })
    return null
  })
  return shown(context, done)
}

/** Publishes the proof that Entra signs now, and has Entra look for it. The same however often. */
export const verifyDomain = async (
  context: TenantContext,
): Promise<Result<IssuerAuthorityView>> => {
  await issuerOf(context)
  const tend = tending(context)
  const remote = authorityIn(context.db)
  if (!tend.ok || !remote) return tend.ok ? refuse('conflict', { detail: NONE }) : tend
  const linked = await linkDomain(context, remote)
  return linked.ok ? shown(context, await tend.value('validate')) : linked
}
