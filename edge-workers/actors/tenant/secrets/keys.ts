// Keys of a tenant. One waits for its turn at the vault, which makes few in ten seconds for all who share it; everything else is
// done while the caller waits.
import { count, ne } from 'drizzle-orm'
import type { Principal } from '../../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../../schemas/result.ts'
import { KEYS_AT_MOST, type KeyView, type SecretVersions } from '../../../../schemas/secret-view.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import type { Versioned } from '../../contracts.ts'
import type { TenantContext } from '../context.ts'
import type { SecretOperations } from './contracts.ts'
import { beginRequest, endRequest } from './requests.ts'
import { standing } from './states.ts'
import { untilTurn } from './turns.ts'
import { inTurn, refusedByVault, vaultOf } from './vault.ts'
import { findKey, type KeyRow, keyView } from './views.ts'
import { writeKey } from './write.ts'

type Answer = Promise<Result<Versioned<KeyView>>>
const NO_POLICY = { rotateDays: null, expireDays: null }
const DONE = 'done'
const turnOf = (name: string): string => `key ${name}`

/** It is made in its turn (due.ts); until then it is queued. */
export const createKey = (
  context: TenantContext,
  who: Principal,
  { body, ...asked }: SecretOperations['keys.create']['input'],
): Answer =>
  inTurn(context, turnOf(body.name), async () => {
    const { name, kind, policy = NO_POLICY } = body
    const request = beginRequest(context, 'create-key', name, asked)
    if (!request.ok) return request
    const before = findKey(context.db, name)
    if (request.value.done && before) return ok(keyView(before))
    if (before && before.state !== 'purged')
      return refuse('conflict', { detail: 'There is a key of this name.' })
    const { vaultKeys } = tables
    const there = context.db
      .select({ n: count() })
      .from(vaultKeys)
      .where(ne(vaultKeys.state, 'purged'))
      .get()
    if ((there?.n ?? 0) >= KEYS_AT_MOST)
      return refuse('conflict', { detail: `A tenant has at most ${KEYS_AT_MOST} keys.` })
    const row = writeKey(
      context,
      name,
      { kind, ...policy, state: 'queued', publicJwk: null, vaultVersion: null, purgeAt: null },
      { by: who.subject, also: (tx) => endRequest(context, tx, 'create-key', asked.key, DONE) },
    )
    return ok(keyView(row))
  })

export const readKey = ({ db }: TenantContext, name: string): Result<Versioned<KeyView>> => {
  const row = standing(findKey(db, name), '*')
  return row.ok ? ok(keyView(row.value)) : row
}

export const keyVersions = async (
  context: TenantContext,
  name: string,
): Promise<Result<SecretVersions>> => {
  const row = standing(findKey(context.db, name), '*')
  if (!row.ok) return row
  if (row.value.state === 'deleted' || row.value.state === 'queued') return ok({ versions: [] })
  const operation = `versions-${context.now().getTime()}`
  const asked = await vaultOf(context)('keyVersions', operation, { name })
  return asked.ok ? ok(asked.value) : refusedByVault(asked.fault)
}

const usable = ({ state }: KeyRow): Result<null> => {
  if (state === 'queued') return refuse('conflict', { detail: 'It is not made yet.' })
  if (state === 'deleted') return refuse('conflict', { detail: 'It is deleted: recover it first.' })
  return ok(null)
}

export const updateKey = (
  context: TenantContext,
  who: Principal,
  { id: name, ifVersion, body }: SecretOperations['keys.update']['input'],
): Answer =>
  inTurn(context, turnOf(name), async () => {
    const before = standing(findKey(context.db, name), ifVersion)
    if (!before.ok) return before
    const can = usable(before.value)
    if (!can.ok) return can
    const { kind, version } = before.value
    const { enabled, policy } = body
    const vault = vaultOf(context)
    if (enabled !== undefined) {
      const sent = await vault('updateKey', `update-key-${name}-${version}`, {
        ...{ name, version: null, enabled, expiresAt: null },
      })
      if (!sent.ok) return refusedByVault(sent.fault)
    }
    if (policy !== undefined) {
      const sent = await vault('putKeyPolicy', `policy-${name}-${version}`, { name, policy })
      if (!sent.ok) return refusedByVault(sent.fault)
    }
    const patch = {
      ...{ kind, ...policy },
      ...(enabled === undefined
        ? {}
        : { state: enabled ? ('active' as const) : ('disabled' as const) }),
    }
    return ok(keyView(writeKey(context, name, patch, { by: who.subject })))
  })

/** Takes its turn as a new key does: it is one more for the vault. Where that is far away the caller is told to come back. */
export const rotateKey = (
  context: TenantContext,
  who: Principal,
  { id: name, ...asked }: SecretOperations['keys.rotate']['input'],
): Answer =>
  inTurn(context, turnOf(name), async () => {
    const before = standing(findKey(context.db, name), '*')
    if (!before.ok) return before
    const request = beginRequest(context, 'rotate-key', name, asked)
    if (!request.ok) return request
    if (request.value.done) return ok(keyView(before.value))
    const can = usable(before.value)
    if (!can.ok) return can
    const wait = await untilTurn(context, `${before.value.id} ${request.value.operation}`)
    if (wait > 0)
      return refuse('rate-limited', {
        detail: 'The vault makes few keys at a time, and others are before you.',
        retryAfterSeconds: Math.ceil(wait / 1_000),
      })
    const sent = await vaultOf(context)('rotateKey', request.value.operation, { name })
    if (!sent.ok) return refusedByVault(sent.fault)
    const { version, publicJwk } = sent.value
    const row = writeKey(
      context,
      name,
      { kind: before.value.kind, vaultVersion: version, publicJwk },
      {
        ...{ by: who.subject, to: 'rotated' },
        also: (tx) => endRequest(context, tx, 'rotate-key', asked.key, version),
      },
    )
    return ok(keyView(row))
  })

export const deleteKey = (
  context: TenantContext,
  who: Principal,
  { id: name, ifVersion }: SecretOperations['keys.delete']['input'],
): Answer =>
  inTurn(context, turnOf(name), async () => {
    const before = standing(findKey(context.db, name), ifVersion)
    if (!before.ok) return before
    const { state, kind, version } = before.value
    if (state === 'deleted') return ok(keyView(before.value))
    // One that waits for its turn is asked for as well: the vault may have made it, and the answer was lost.
    const sent = await vaultOf(context)('deleteKey', `delete-key-${name}-${version}`, { name })
    const isAbsent = state === 'queued' && !sent.ok && sent.fault.fault === 'absent'
    if (!sent.ok && !isAbsent && sent.fault.target !== 'deleted') return refusedByVault(sent.fault)
    const purgeAt = sent.ok ? sent.value.purgeAt : null
    const to = isAbsent ? ('purged' as const) : ('deleted' as const)
    const row = writeKey(context, name, { kind, state: to, purgeAt }, { by: who.subject })
    return ok(keyView(row))
  })

const underKey = (
  context: TenantContext,
  what: 'recover-key' | 'purge-key',
  { id: name, ...asked }: { id: string; key: string; fingerprint: string },
  who: Principal,
  run: (operation: string) => Promise<Result<Partial<KeyRow>>>,
): Answer =>
  inTurn(context, turnOf(name), async () => {
    const before = findKey(context.db, name)
    if (!before) return refuse('not-found')
    const request = beginRequest(context, what, name, asked)
    if (!request.ok) return request
    if (request.value.done) return ok(keyView(before))
    const still = standing(before, '*')
    if (!still.ok) return still
    if (before.state !== 'deleted')
      return refuse('conflict', { detail: 'Only what is deleted can be purged or recovered.' })
    const patch = await run(request.value.operation)
    if (!patch.ok) return patch
    const also = (tx: Parameters<typeof endRequest>[1]) =>
      endRequest(context, tx, what, asked.key, DONE)
    const row = writeKey(
      context,
      name,
      { ...patch.value, kind: before.kind },
      { by: who.subject, also },
    )
    return ok(keyView(row))
  })

export const recoverKey = (
  context: TenantContext,
  who: Principal,
  input: SecretOperations['keys.recover']['input'],
): Answer =>
  underKey(context, 'recover-key', input, who, async (operation) => {
    const sent = await vaultOf(context)('recoverKey', operation, { name: input.id })
    if (!sent.ok) return refusedByVault(sent.fault)
    const enabled = sent.value.versions[0]?.enabled !== false
    return ok({ state: enabled ? 'active' : 'disabled', purgeAt: null })
  })

export const purgeKey = (
  context: TenantContext,
  who: Principal,
  input: SecretOperations['keys.purge']['input'],
): Answer | Result<never> => {
  if (!findKey(context.db, input.id)) return refuse('not-found')
  if (!who.person) return refuse('forbidden', { detail: 'Only people purge.' })
  if (input.body.confirm !== input.id)
    return refuse('confirm-required', {
      detail: 'Send the name of the key once more as `confirm`: it is gone for good then.',
      errors: [{ pointer: '/confirm', detail: 'The name of the key, once more.' }],
    })
  return underKey(context, 'purge-key', input, who, async (operation) => {
    const sent = await vaultOf(context)('purgeKey', operation, { name: input.id })
    if (!sent.ok) return refusedByVault(sent.fault)
    return ok({ state: 'purged', vaultVersion: null, publicJwk: null })
  })
}
