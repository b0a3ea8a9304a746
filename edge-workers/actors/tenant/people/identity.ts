// The identity of somebody whom an operator names before he has ever signed in.
import type { SignIn } from '../../../../schemas/member.ts'
import { isOperator, type Principal } from '../../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../../schemas/result.ts'
import { identityOf } from '../../../auth/oidc/identity.ts'
import { findIssuer } from '../../../auth/oidc/issuers.ts'
import type { Env } from '../../../env.ts'
import type { TenantContext } from '../context.ts'
import type { MemberRow } from '../enter.ts'
import { memberWith } from './returning.ts'

/** Refuses an issuer that is not configured: nobody could ever come from there. */
export const identityFor = (env: Env, { issuer, subject }: SignIn): Result<string> => {
  const found = findIssuer(env, issuer)
  return found
    ? ok(identityOf(env, found, subject))
    : refuse('invalid-parameters', {
        errors: [
          { pointer: '/signIn/issuer', detail: 'No such identity provider is configured here.' },
        ],
      })
}

/** For those who were members before they could sign in. Whoever is bound stays who he is, and so does whoever has left. */
export const bindLater = (
  context: TenantContext,
  who: Principal,
  before: MemberRow,
  signIn: SignIn | undefined,
): Result<string | null> => {
  if (signIn === undefined) return ok(before.identity)
  if (!isOperator(who))
    return refuse('forbidden', { detail: 'Only operators say who signs in as a member.' })
  const identity = identityFor(context.env, signIn)
  if (!identity.ok || identity.value === before.identity) return identity
  if (before.kind !== 'person' || before.identity !== null)
    return refuse('conflict', { detail: 'Only a person who does not sign in yet is bound.' })
  const other = memberWith(context.db, identity.value)
  if (!other) return identity
  return refuse('conflict', {
    detail:
      other.state === 'active'
        ? 'Another member signs in as this person.'
        : 'This person was another member before: invite him, or create him again.',
  })
}
