// Disabled and enabled, deleted and had back, purged: what a secret may be without its value being another.
import type { Principal } from '../../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../../schemas/result.ts'
import type { SecretVersions, SecretView } from '../../../../schemas/secret-view.ts'
import type { VaultRequest, VaultRequestKind } from '../../../../schemas/vault-request.ts'
import type { Versioned } from '../../contracts.ts'
import type { TenantContext } from '../context.ts'
import type { SecretOperations } from './contracts.ts'
import { type Asked, keyOf, request, unfinishedOf } from './requests.ts'
import { currentIs, dueAfter } from './values.ts'
import { inTurn, refusedByVault, vaultOf, vaultUrlOf } from './vault.ts'
import { findSecret, type SecretRow, secretView } from './views.ts'
import { writeSecret } from './write.ts'

type Answer = Promise<Result<Versioned<SecretView>>>

/** What has no version of the vault's own to remember. */
export const DONE = 'done'

/** As it is now, where it is what the caller has read. */
export const standing = <Row extends { version: number; state: string }>(
  row: Row | undefined,
  ifVersion: number | '*',
): Result<Row> => {
  if (!row || row.state === 'purged') return refuse('not-found')
  return ifVersion === '*' || ifVersion === row.version ? ok(row) : refuse('precondition-failed')
}

export const readSecret = async (context: TenantContext, name: string): Answer => {
  const vault = await vaultUrlOf(context)
  const row = standing(findSecret(context.db, name), '*')
  return row.ok ? ok(secretView(context, row.value, vault)) : row
}

export const secretVersions = async (
  context: TenantContext,
  name: string,
): Promise<Result<SecretVersions>> => {
  const row = standing(findSecret(context.db, name), '*')
  if (!row.ok) return row
  if (row.value.state === 'deleted') return ok({ versions: [] })
  const operation = `versions-${context.now().getTime()}`
  const asked = await vaultOf(context)('secretVersions', operation, { name })
  if (!asked.ok) return refusedByVault(asked.fault)
  return ok({
    versions: asked.value.versions.map(
      ({ contentType: _type, order: _order, ...version }) => version,
    ),
  })
}

type By<Kind extends VaultRequestKind> = Extract<VaultRequest, { what: Kind }> & { by: string }

export const doUpdate = async (
  context: TenantContext,
  name: string,
  { by, body }: By<'update'>,
  { id, operation, order }: Asked,
): Answer => {
  const before = standing(findSecret(context.db, name), '*')
  if (!before.ok) return before
  const { state, rotateDays: days } = before.value
  if (state === 'deleted') return refuse('conflict', { detail: 'It is deleted: recover it first.' })
  const { enabled, expiresAt, rotateDays = days } = body
  // Also where nothing changes there: from now on no earlier request does, and what those before have done is said.
  const sent = await vaultOf(context)('updateSecret', operation, {
    ...{ name, version: null, enabled: enabled ?? null, expiresAt: expiresAt ?? null, order },
  })
  if (!sent.ok) return refusedByVault(sent.fault)
  const patch: Partial<SecretRow> = {
    ...currentIs(sent.value.versions[0]),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(rotateDays === days ? {} : { rotateDays, rotationDueAt: dueAfter(context, rotateDays) }),
  }
  const ends = { id, vaultVersion: DONE }
  return ok(secretView(context, writeSecret(context, name, patch, { by, ends })))
}

export const updateSecret = (
  context: TenantContext,
  { subject: by }: Principal,
  { id: name, ifVersion, body }: SecretOperations['secrets.update']['input'],
): Answer =>
  inTurn(context, name, async () => {
    const before = standing(findSecret(context.db, name), ifVersion)
    if (!before.ok) return before
    const update = { what: 'update', by, body } as const
    return request(
      context,
      { ...update, name, ...keyOf(name, before.value.version, body) },
      (asked) => doUpdate(context, name, update, asked),
      () => ok(secretView(context, before.value)),
    )
  })

export const doDelete = async (
  context: TenantContext,
  name: string,
  by: string,
  { id, operation, order }: Asked,
): Answer => {
  const sent = await vaultOf(context)('deleteSecret', operation, { name, order })
  // Somebody may have taken it out of the vault there. Of one that is deleted here a purge may still be under way.
  const isGone =
    !sent.ok && sent.fault.fault === 'absent' && findSecret(context.db, name)?.state !== 'deleted'
  if (!sent.ok && !isGone && sent.fault.target !== 'deleted') return refusedByVault(sent.fault)
  const purgeAt = sent.ok ? sent.value.purgeAt : null
  const patch: Partial<SecretRow> = { state: 'deleted', purgeAt, rotationDueAt: null }
  const ends = { id, vaultVersion: DONE }
  return ok(secretView(context, writeSecret(context, name, patch, { by, ends })))
}

export const deleteSecret = (
  context: TenantContext,
  { subject: by }: Principal,
  { id: name, ifVersion }: SecretOperations['secrets.delete']['input'],
): Answer =>
  inTurn(context, name, async () => {
    const before = standing(findSecret(context.db, name), ifVersion)
    if (!before.ok) return before
    const { state, version } = before.value
    // What is asked for and not done may have it back.
    if (state === 'deleted' && unfinishedOf(context.db, name) === null)
      return ok(secretView(context, before.value))
    return request(
      context,
      { what: 'delete', by, name, ...keyOf(name, version) },
      (asked) => doDelete(context, name, by, asked),
      () => ok(secretView(context, before.value)),
    )
  })

type Patch = Promise<Result<Partial<SecretRow>>>
const patches = {
  async recover(context: TenantContext, name: string, { operation, order }: Asked): Patch {
    const sent = await vaultOf(context)('recoverSecret', operation, { name, order })
    if (!sent.ok) return refusedByVault(sent.fault)
    const { rotateDays = null } = findSecret(context.db, name) ?? {}
    const current = currentIs(sent.value.versions[0])
    return ok({ ...current, purgeAt: null, rotationDueAt: dueAfter(context, rotateDays) })
  },
  async purge(context: TenantContext, name: string, { operation, order }: Asked): Patch {
    const sent = await vaultOf(context)('purgeSecret', operation, { name, order })
    if (!sent.ok) return refusedByVault(sent.fault)
    return ok({ state: 'purged', vaultVersion: null, generator: null, contentType: null })
  },
}

export const doOfDeleted = async (
  context: TenantContext,
  name: string,
  { what, by }: { what: keyof typeof patches; by: string },
  asked: Asked,
): Answer => {
  const before = standing(findSecret(context.db, name), '*')
  if (!before.ok) return before
  if (before.value.state !== 'deleted')
    return refuse('conflict', { detail: 'Only what is deleted can be purged or recovered.' })
  const patch = await patches[what](context, name, asked)
  if (!patch.ok) return patch
  const ends = { id: asked.id, vaultVersion: DONE }
  return ok(secretView(context, writeSecret(context, name, patch.value, { by, ends })))
}

/** Under the caller's key: repeated, it is the answer of then. */
const underKey = (
  context: TenantContext,
  what: keyof typeof patches,
  { id: name, key, fingerprint }: { id: string; key: string; fingerprint: string },
  by: string,
): Answer =>
  inTurn(context, name, async () => {
    const before = findSecret(context.db, name)
    if (!before) return refuse('not-found')
    return request(
      context,
      { what, by, name, key, fingerprint },
      (asked) => doOfDeleted(context, name, { what, by }, asked),
      () => ok(secretView(context, before)),
    )
  })

export const recoverSecret = (
  context: TenantContext,
  who: Principal,
  input: SecretOperations['secrets.recover']['input'],
): Answer => underKey(context, 'recover', input, who.subject)

export const purgeSecret = (
  context: TenantContext,
  who: Principal,
  input: SecretOperations['secrets.purge']['input'],
): Answer | Result<never> => {
  if (!findSecret(context.db, input.id)) return refuse('not-found')
  if (!who.person) return refuse('forbidden', { detail: 'Only people purge.' })
  if (input.body.confirm !== input.id)
    return refuse('confirm-required', {
      detail: 'Send the name of the secret once more as `confirm`: it is gone for good then.',
      errors: [{ pointer: '/confirm', detail: 'The name of the secret, once more.' }],
    })
  return underKey(context, 'purge', input, who.subject)
}
