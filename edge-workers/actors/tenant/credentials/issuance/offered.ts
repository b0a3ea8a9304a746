// What may be offered: configurations that are there, claims that fit them, and of the platform's own credentials only those that
// the member has the roles for. Their claims are the platform's to say and are read when they are issued.
import type { NewCredentialOffer } from '../../../../../schemas/credential.ts'
import { ok, type Refusal, type Result, refuse } from '../../../../../schemas/result.ts'
import { faultsOfClaims } from '../../../../credentials/claims.ts'
import type { JsonObject } from '../../../../credentials/json.ts'
import type { Db, TenantContext, Tx } from '../../context.ts'
import type { MemberRow } from '../../enter.ts'
import { findMember } from '../../people/members.ts'
import {
  APPROVER_CONFIGURATION,
  type ConfigurationRow,
  configurationOf,
} from '../issuer/configurations.ts'
import { besides, mayHaveOffered } from '../powers/offerers.ts'
import type { OfferRow } from './rows.ts'

type Faults = NonNullable<Refusal['errors']>
type Asked = Pick<
  NewCredentialOffer,
  'configurations' | 'claims' | 'member' | 'txCode' | 'deferred' | 'expiresInSeconds'
>

const invalid = (errors: Faults) => refuse('invalid-parameters', { errors })
const at = (pointer: string, detail: string) => invalid([{ pointer, detail }])

const configurationsIn = (db: Db | Tx, names: readonly string[]): Result<ConfigurationRow[]> => {
  if (new Set(names).size < names.length)
    return at('/configurations', 'A configuration is named twice.')
  const rows = names.map((name) => configurationOf(db, name))
  const errors = rows.flatMap((row, index) =>
    row?.state === 'active'
      ? []
      : [{ pointer: `/configurations/${index}`, detail: 'There is no such active configuration.' }],
  )
  return errors.length > 0
    ? invalid(errors)
    : ok(rows.filter((row): row is ConfigurationRow => row !== undefined))
}

/** Whoever has such a credential acts as this member, so its claims are the member's and nobody is asked for them. */
const faultsOfMember = (
  member: MemberRow | undefined,
  configurations: readonly ConfigurationRow[],
) => {
  const own = configurations.filter(({ builtIn }) => builtIn)
  if (own.length === 0) return []
  if (member?.kind !== 'person')
    return [{ pointer: '/member', detail: 'This credential is of a person who is a member.' }]
  const approves = own.some(({ name }) => name === APPROVER_CONFIGURATION)
  return approves && !member.roles.includes('approver')
    ? [{ pointer: '/member', detail: 'This credential is of a member who approves.' }]
    : []
}

const DECIDES = 'How long its links hold Entra decides itself: leave it out.'
const faultsOfDriver = (
  configurations: readonly ConfigurationRow[],
  { deferred, expiresInSeconds }: Pick<Asked, 'deferred' | 'expiresInSeconds'>,
): Faults => {
  if (configurations.every(({ driver }) => driver === 'openid4vci')) return []
  const more = configurations.length > 1
  return [
    ...(more
      ? [{ pointer: '/configurations', detail: 'Of Entra one configuration at a time.' }]
      : []),
    ...(deferred ? [{ pointer: '/deferred', detail: 'Entra issues at once or not at all.' }] : []),
    ...(expiresInSeconds === undefined ? [] : [{ pointer: '/expiresInSeconds', detail: DECIDES }]),
  ]
}

/** Everything about a wish that does not fit, by pointers. */
export const judgeOffer = (
  { db }: Pick<TenantContext, 'db'>,
  asked: Asked,
): Result<ConfigurationRow[]> => {
  const found = configurationsIn(db, asked.configurations)
  if (!found.ok) return found
  const member = asked.member === undefined ? undefined : findMember(db, asked.member)
  const isMember = member?.id === asked.member && member?.state === 'active'
  if (asked.member !== undefined && !isMember) return at('/member', 'There is no such member.')
  const own = faultsOfMember(member, found.value)
  const claims = faultsOfClaims(
    asked.claims as JsonObject,
    found.value.map(({ builtIn, definition }) => (builtIn ? [] : definition.claims)),
  )
  const bare = asked.txCode === false && found.value.some(({ builtIn }) => builtIn)
  const open = bare
    ? [
        {
          pointer: '/txCode',
          detail: 'This credential acts for its holder: its offer asks for a code.',
        },
      ]
    : []
  const errors = [...own, ...open, ...faultsOfDriver(found.value, asked), ...claims]
  return errors.length > 0 ? invalid(errors.slice(0, 50)) : found
}

/** What the platform's own credentials say: the member as he is now. Null: he is none any more, or not what it would say. */
export const claimsOfMember = (
  { db, tenant }: Pick<TenantContext, 'db' | 'tenant'>,
  configuration: ConfigurationRow,
  offer: Pick<OfferRow, 'member' | 'createdBy' | 'behind'>,
): JsonObject | null => {
  const { member: memberId } = offer
  const member = memberId === null ? undefined : findMember(db, memberId)
  if (member?.id !== memberId || member?.state !== 'active') return null
  if (faultsOfMember(member, [configuration]).length > 0) return null
  // He may have become more than whoever offered it could offer.
  if (!mayHaveOffered(db, besides(member.id, [offer]), member)) return null
  const { slug, name } = tenant()
  return { member: member.id, tenant: slug, tenant_name: name, roles: [...member.roles] }
}
