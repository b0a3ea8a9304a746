// Disabled and enabled, deleted and had back, purged: what a secret may be without its value being another.
import type { Principal } from '../../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../../schemas/result.ts'
import type { SecretVersions, SecretView } from '../../../../schemas/secret-view.ts'
import type { Versioned } from '../../contracts.ts'
import type { TenantContext } from '../context.ts'
import type { SecretOperations } from './contracts.ts'
import { beginRequest, endRequest } from './requests.ts'
import { dueAfter } from './values.ts'
import { inTurn, refusedByVault, vaultOf, vaultUrlOf } from './vault.ts'
import { findSecret, type SecretRow, secretView } from './views.ts'
import { writeSecret } from './write.ts'

type Answer = Promise<Result<Versioned<SecretView>>>

/** What has no version of the vault's own to remember. */
const DONE = 'done'

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
  return ok({ versions: asked.value.versions.map(({ contentType: _, ...version }) => version) })
}

export const updateSecret = (
  context: TenantContext,
  who: Principal,
  { id: name, ifVersion, body }: SecretOperations['secrets.update']['input'],
): Answer =>
  inTurn(context, name, async () => {
    const before = standing(findSecret(context.db, name), ifVersion)
    if (!before.ok) return before
    const { state, version, rotateDays: days } = before.value
    if (state === 'deleted')
      return refuse('conflict', { detail: 'It is deleted: recover it first.' })
    const { enabled, expiresAt, rotateDays = days } = body
    if (enabled !== undefined || expiresAt !== undefined) {
      const sent = await vaultOf(context)('updateSecret', `update-${name}-${version}`, {
        ...{ name, version: null, enabled: enabled ?? null, expiresAt: expiresAt ?? null },
      })
      if (!sent.ok) return refusedByVault(sent.fault)
    }
    const patch: Partial<SecretRow> = {
      ...(enabled === undefined ? {} : { state: enabled ? 'active' : 'disabled' }),
      ...(expiresAt === undefined ? {} : { expiresAt }),
      ...(rotateDays === days ? {} : { rotateDays, rotationDueAt: dueAfter(context, rotateDays) }),
    }
    return ok(secretView(context, writeSecret(context, name, patch, { by: who.subject })))
  })

export const deleteSecret = (
  context: TenantContext,
  who: Principal,
  { id: name, ifVersion }: SecretOperations['secrets.delete']['input'],
): Answer =>
  inTurn(context, name, async () => {
    const before = standing(findSecret(context.db, name), ifVersion)
    if (!before.ok) return before
    const { state, version } = before.value
    if (state === 'deleted') return ok(secretView(context, before.value))
    const sent = await vaultOf(context)('deleteSecret', `delete-${name}-${version}`, { name })
    if (!sent.ok && sent.fault.target !== 'deleted') return refusedByVault(sent.fault)
    const purgeAt = sent.ok ? sent.value.purgeAt : null
    const patch: Partial<SecretRow> = { state: 'deleted', purgeAt, rotationDueAt: null }
    return ok(secretView(context, writeSecret(context, name, patch, { by: who.subject })))
  })

/** Under the caller's key: repeated, it is the answer of then. */
const underKey = (
  context: TenantContext,
  what: 'recover' | 'purge',
  { id: name, ...asked }: { id: string; key: string; fingerprint: string },
  who: Principal,
  run: (operation: string, row: SecretRow) => Promise<Result<Partial<SecretRow>>>,
): Answer =>
  inTurn(context, name, async () => {
    const before = findSecret(context.db, name)
    if (!before) return refuse('not-found')
    const request = beginRequest(context, what, name, asked)
    if (!request.ok) return request
    if (request.value.done) return ok(secretView(context, before))
    const still = standing(before, '*')
    if (!still.ok) return still
    if (before.state !== 'deleted')
      return refuse('conflict', { detail: 'Only what is deleted can be purged or recovered.' })
    const patch = await run(request.value.operation, before)
    if (!patch.ok) return patch
    const also = (tx: Parameters<typeof endRequest>[1]) =>
      endRequest(context, tx, what, asked.key, DONE)
    const row = writeSecret(context, name, patch.value, { by: who.subject, also })
    return ok(secretView(context, row))
  })

export const recoverSecret = (
  context: TenantContext,
  who: Principal,
  input: SecretOperations['secrets.recover']['input'],
): Answer =>
  underKey(context, 'recover', input, who, async (operation, { name, rotateDays }) => {
    const sent = await vaultOf(context)('recoverSecret', operation, { name })
    if (!sent.ok) return refusedByVault(sent.fault)
    const [newest] = sent.value.versions
    return ok({
      state: newest?.enabled === false ? 'disabled' : 'active',
      ...{ purgeAt: null, rotationDueAt: dueAfter(context, rotateDays) },
    })
  })

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
  return underKey(context, 'purge', input, who, async (operation, { name }) => {
    const sent = await vaultOf(context)('purgeSecret', operation, { name })
    if (!sent.ok) return refusedByVault(sent.fault)
    return ok({ state: 'purged', vaultVersion: null, generator: null, contentType: null })
  })
}
