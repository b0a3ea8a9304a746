// Values of secrets: they pass through on their way to the vault and are kept nowhere here. The same request makes one version,
// however often it comes.
import { count, ne } from 'drizzle-orm'
import type { Azure, AzureFault } from '../../../../schemas/azure.ts'
import type { Principal } from '../../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../../schemas/result.ts'
import type { SecretGenerator } from '../../../../schemas/secret.ts'
import { SECRETS_AT_MOST, type SecretView } from '../../../../schemas/secret-view.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { type SecretVersion, VaultName } from '../../../../schemas/vault.ts'
import type { VaultRequest } from '../../../../schemas/vault-request.ts'
import type { Versioned } from '../../contracts.ts'
import type { TenantContext } from '../context.ts'
import type { SecretOperations } from './contracts.ts'
import { type Asked, request } from './requests.ts'
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
  /** Undefined: it is made beside the vault, or the vault has it already. */
  value: string | undefined
  brought: boolean
  generator: SecretGenerator | null
  contentType: string | null
  expiresAt: string | null
}

/** What the row says of the version that is current in the vault. */
export const currentIs = (current: SecretVersion | undefined): Partial<SecretRow> =>
  current === undefined
    ? {}
    : {
        ...{ vaultVersion: current.version, expiresAt: current.expiresAt },
        state: current.enabled ? 'active' : 'disabled',
      }

/**
 * One more version in the vault. Where it was made for a request that nobody here knows any more, the one that is current since,
 * which may be another. `conflict` where a deleted one has the name; `absent` for a value that was brought once, that
 * nobody has any more, and that has not come to the vault.
 */
export const sendValue = async (
  context: TenantContext,
  { operation, order }: Asked,
  { name, value, brought, generator, contentType, expiresAt }: NextValue,
): Promise<Azure<SecretVersion & { isOwn: boolean }>> => {
  const shared = { name, contentType, expiresAt, notBefore: null, order }
  const vault = vaultOf(context)
  const versions = () => vault('secretVersions', operation, { name })
  if (value === undefined && (brought || generator === null)) {
    const there = await versions()
    if (!there.ok) return there
    const found = there.value.versions.find((one) => one.order === order)
    return found ? { ok: true, value: { ...found, isOwn: true } } : { ok: false, fault: ABSENT }
  }
  const made =
    value === undefined
      ? await vault('generateSecret', operation, {
          ...shared,
          generator: generator as SecretGenerator,
        })
      : await vault('setSecret', operation, { ...shared, value })
  if (!made.ok) return made
  if (made.value.order === order) return { ok: true, value: { ...made.value, isOwn: true } }
  const there = await versions()
  if (!there.ok) return there
  const current = there.value.versions[0] ?? made.value
  return { ok: true, value: { ...current, isOwn: current.version === made.value.version } }
}
const ABSENT: AzureFault = { fault: 'absent', target: null, retryAfterSeconds: null }

const mayBegin = ({ db }: TenantContext, row: SecretRow | undefined): Result<null> => {
  if (row && row.state !== 'purged') return ok(null)
  const { secrets } = tables
  const there = db.select({ n: count() }).from(secrets).where(ne(secrets.state, 'purged')).get()
  return (there?.n ?? 0) < SECRETS_AT_MOST
    ? ok(null)
    : refuse('conflict', { detail: `A tenant has at most ${SECRETS_AT_MOST} secrets.` })
}

type Put = Extract<VaultRequest, { what: 'put' }>

export const doPut = async (
  context: TenantContext,
  name: string,
  { by, ...put }: Put & { by: string },
  asked: Asked,
  value?: string,
): Answer => {
  const sent = await sendValue(context, asked, { ...put, name, value })
  if (!sent.ok) return refusedByVault(sent.fault)
  const { version: vaultVersion, isOwn } = sent.value
  const { contentType, expiresAt, generator, rotateDays } = put
  const said = { contentType, expiresAt, generator, rotateDays }
  const rotationDueAt = dueAfter(context, rotateDays)
  const before = findSecret(context.db, name)
  const row = writeSecret(
    context,
    name,
    { ...currentIs(sent.value), ...(isOwn ? { ...said, rotationDueAt } : {}), purgeAt: null },
    {
      ...{ by, ends: { id: asked.id, vaultVersion } },
      ...(before && before.state !== 'purged' ? { to: 'rotated' } : {}),
    },
  )
  return ok(secretView(context, row))
}

/** A first value, or another one; what is said with it replaces what was said before. */
export const putSecret = (
  context: TenantContext,
  who: Principal,
  { id: name, body, ...keyed }: SecretOperations['secrets.put']['input'],
): Answer =>
  inTurn(context, name, async () => {
    if (!VaultName.safeParse(name).success) return refuse('invalid-parameters', { detail: NAMED })
    const before = findSecret(context.db, name)
    const begins = mayBegin(context, before)
    if (!begins.ok) return begins
    const { value, generate: generator = null, contentType = null, expiresAt = null } = body
    const put = {
      ...({ what: 'put', by: who.subject, brought: value !== undefined, generator } as const),
      ...{ contentType, expiresAt, rotateDays: body.rotateDays ?? null },
    }
    return request(
      context,
      { ...put, ...keyed, name },
      (asked) => doPut(context, name, put, asked, value),
      () => (before ? ok(secretView(context, before)) : refuse('not-found')),
    )
  })

export const doRotate = async (
  context: TenantContext,
  name: string,
  { by, brought }: { by: string; brought: boolean },
  asked: Asked,
  value?: string,
): Answer => {
  const before = findSecret(context.db, name)
  if (!before || before.state === 'purged') return refuse('not-found')
  const { generator, contentType, expiresAt } = before
  const sent = await sendValue(context, asked, {
    ...{ name, value, brought, generator, contentType },
    expiresAt: untilThen(context, expiresAt),
  })
  if (!sent.ok) return refusedByVault(sent.fault)
  const { rotateDays } = findSecret(context.db, name) ?? before
  const ends = { id: asked.id, vaultVersion: sent.value.version }
  const patch = { ...currentIs(sent.value), rotationDueAt: dueAfter(context, rotateDays) }
  const row = writeSecret(context, name, patch, { by, to: 'rotated', ends })
  return ok(secretView(context, row))
}

/** The next value: made beside the vault, or brought. All else stays as it was. */
export const rotateSecret = (
  context: TenantContext,
  who: Pick<Principal, 'subject'>,
  { id: name, body: { value }, ...keyed }: SecretOperations['secrets.rotate']['input'],
): Answer =>
  inTurn(context, name, async () => {
    const before = findSecret(context.db, name)
    if (!before || before.state === 'purged') return refuse('not-found')
    if (before.state === 'deleted')
      return refuse('conflict', { detail: 'It is deleted: recover it first.' })
    if (value === undefined && before.generator === null)
      return refuse('invalid-parameters', {
        errors: [{ pointer: '/value', detail: 'This secret is not generated: bring its value.' }],
      })
    const rotate = { what: 'rotate', by: who.subject, brought: value !== undefined } as const
    return request(
      context,
      { ...rotate, ...keyed, name },
      (asked) => doRotate(context, name, rotate, asked, value),
      () => ok(secretView(context, before)),
    )
  })
