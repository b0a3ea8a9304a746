// Values of secrets: they pass through on their way to the vault and are kept nowhere here. The same request makes one version,
// however often it comes.
import { count, ne } from 'drizzle-orm'
import type { Principal } from '../../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../../schemas/result.ts'
import type { SecretGenerator } from '../../../../schemas/secret.ts'
import { SECRETS_AT_MOST, type SecretView } from '../../../../schemas/secret-view.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { VaultName } from '../../../../schemas/vault.ts'
import type { Versioned } from '../../contracts.ts'
import type { TenantContext } from '../context.ts'
import type { SecretOperations } from './contracts.ts'
import { beginRequest, endRequest } from './requests.ts'
import { inTurn, refusedByVault, vaultOf } from './vault.ts'
import { findSecret, type SecretRow, secretView } from './views.ts'
import { writeSecret } from './write.ts'

const NAMED =
  'The name of a secret is 1 to 63 lower-case letters, digits and hyphens, and neither begins nor ends with a hyphen.'
const DAY_MILLISECONDS = 86_400_000
type Answer = Promise<Result<Versioned<SecretView>>>

export const dueAfter = (context: TenantContext, days: number | null): string | null =>
  days === null ? null : new Date(context.now().getTime() + days * DAY_MILLISECONDS).toISOString()

/** Of the value before: one that is over would make the next one unusable at once. */
export const untilThen = (context: TenantContext, expiresAt: string | null): string | null =>
  expiresAt !== null && Date.parse(expiresAt) > context.now().getTime() ? expiresAt : null

interface NextValue {
  name: string
  operation: string
  value: string | undefined
  generator: SecretGenerator | null
  contentType: string | null
  expiresAt: string | null
}

/** One more version in the vault. `conflict` where a deleted one has the name. */
export const sendValue = (context: TenantContext, next: NextValue) => {
  const { name, operation, value, generator, contentType, expiresAt } = next
  const shared = { name, contentType, expiresAt, notBefore: null }
  const vault = vaultOf(context)
  return value === undefined && generator !== null
    ? vault('generateSecret', operation, { ...shared, generator })
    : vault('setSecret', operation, { ...shared, value: value ?? '' })
}

const mayBegin = ({ db }: TenantContext, row: SecretRow | undefined): Result<null> => {
  if (row && row.state !== 'purged') return ok(null)
  const { secrets } = tables
  const there = db.select({ n: count() }).from(secrets).where(ne(secrets.state, 'purged')).get()
  return (there?.n ?? 0) < SECRETS_AT_MOST
    ? ok(null)
    : refuse('conflict', { detail: `A tenant has at most ${SECRETS_AT_MOST} secrets.` })
}

/** A first value, or another one; what is said with it replaces what was said before. */
export const putSecret = (
  context: TenantContext,
  who: Principal,
  { id: name, body, ...asked }: SecretOperations['secrets.put']['input'],
): Answer =>
  inTurn(context, name, async () => {
    if (!VaultName.safeParse(name).success) return refuse('invalid-parameters', { detail: NAMED })
    const before = findSecret(context.db, name)
    const begins = mayBegin(context, before)
    if (!begins.ok) return begins
    const request = beginRequest(context, 'put', name, asked)
    if (!request.ok) return request
    if (request.value.done && before) return ok(secretView(context, before))
    const { value, generate: generator = null, contentType = null, expiresAt = null } = body
    const { operation } = request.value
    const sent = await sendValue(context, {
      ...{ name, operation, value, generator, contentType, expiresAt },
    })
    if (!sent.ok) return refusedByVault(sent.fault)
    const { version } = sent.value
    const rotateDays = body.rotateDays ?? null
    const row = writeSecret(
      context,
      name,
      {
        ...{ state: 'active', contentType, expiresAt, generator, rotateDays, purgeAt: null },
        ...{ rotationDueAt: dueAfter(context, rotateDays), vaultVersion: version },
      },
      {
        by: who.subject,
        ...(before && before.state !== 'purged' ? { to: 'rotated' } : {}),
        also: (tx) => endRequest(context, tx, 'put', asked.key, version),
      },
    )
    return ok(secretView(context, row))
  })

/** The next value: made beside the vault, or brought. All else stays as it was. */
export const rotateSecret = (
  context: TenantContext,
  who: Pick<Principal, 'subject'>,
  { id: name, body, ...asked }: SecretOperations['secrets.rotate']['input'],
): Answer =>
  inTurn(context, name, async () => {
    const before = findSecret(context.db, name)
    if (!before || before.state === 'purged') return refuse('not-found')
    if (before.state === 'deleted')
      return refuse('conflict', { detail: 'It is deleted: recover it first.' })
    if (body.value === undefined && before.generator === null)
      return refuse('invalid-parameters', {
        errors: [{ pointer: '/value', detail: 'This secret is not generated: bring its value.' }],
      })
    const request = beginRequest(context, 'rotate', name, asked)
    if (!request.ok) return request
    if (request.value.done) return ok(secretView(context, before))
    const { operation } = request.value
    const { generator, contentType, expiresAt, rotateDays } = before
    const sent = await sendValue(context, {
      ...{ name, operation, value: body.value, contentType },
      ...{ generator: body.value === undefined ? generator : null },
      expiresAt: untilThen(context, expiresAt),
    })
    if (!sent.ok) return refusedByVault(sent.fault)
    const { version, expiresAt: until } = sent.value
    const row = writeSecret(
      context,
      name,
      {
        ...{ state: 'active', vaultVersion: version, expiresAt: until },
        rotationDueAt: dueAfter(context, rotateDays),
      },
      {
        ...{ by: who.subject, to: 'rotated' },
        also: (tx) => endRequest(context, tx, 'rotate', asked.key, version),
      },
    )
    return ok(secretView(context, row))
  })
