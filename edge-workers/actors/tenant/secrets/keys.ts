// Keys of a tenant. One waits for its turn at the vault, which makes few in ten seconds for all who share it; everything else is
// done while the caller waits.
import { count, ne } from 'drizzle-orm'
import type { Principal } from '../../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../../schemas/result.ts'
import { KEYS_AT_MOST, type KeyView, type SecretVersions } from '../../../../schemas/secret-view.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import type { VaultRequest, VaultRequestKind } from '../../../../schemas/vault-request.ts'
import type { Versioned } from '../../contracts.ts'
import type { TenantContext } from '../context.ts'
import type { SecretOperations } from './contracts.ts'
import { type Asked, beginRequest, keyOf, request, subjectOf } from './requests.ts'
import { DONE, standing } from './states.ts'
import { comeBackIn, untilTurn } from './turns.ts'
import { inTurn, refusedByVault, vaultOf } from './vault.ts'
import { findKey, type KeyRow, keyView } from './views.ts'
import { writeKey } from './write.ts'

type Answer = Promise<Result<Versioned<KeyView>>>
export const NO_POLICY = { rotateDays: null, expireDays: null }
const turnOf = (name: string): string => subjectOf('create-key', name)

/** It is made in its turn (due.ts); until then it is queued. */
export const createKey = (
  context: TenantContext,
  who: Principal,
  { body, ...asked }: SecretOperations['keys.create']['input'],
): Answer =>
  inTurn(context, turnOf(body.name), async () => {
    const { name, kind, policy = NO_POLICY } = body
    const begun = beginRequest(context, name, 'create-key', asked)
    if (!begun.ok) return begun
    const before = findKey(context.db, name)
    if (begun.value === null && before) return ok(keyView(context, before))
    const id = begun.value?.id ?? ''
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
      { by: who.subject, ends: { id, vaultVersion: DONE } },
    )
    return ok(keyView(context, row))
  })

/** Where it has a policy the vault makes versions by itself, and tells nobody. Whoever reads it waits for the vault, not in vain. */
const followRotation = async (context: TenantContext, name: string): Promise<void> => {
  const row = findKey(context.db, name)
  if (row?.state !== 'active' || row.rotateDays === null) return
  try {
    const asked = { name, version: null }
    const operation = `read-${context.now().getTime()}`
    const read = await vaultOf(context)('readKey', operation, asked)
    if (!read.ok || read.value.version === row.vaultVersion) return
    const { version: vaultVersion, publicJwk, kind } = read.value
    writeKey(context, name, { kind, vaultVersion, publicJwk }, { by: 'phoenix', to: 'rotated' })
  } catch {
    // What is known is shown.
  }
}

export const readKey = async (context: TenantContext, name: string): Answer => {
  if ((findKey(context.db, name)?.rotateDays ?? null) !== null)
    await inTurn(context, turnOf(name), () => followRotation(context, name))
  const row = standing(findKey(context.db, name), '*')
  return row.ok ? ok(keyView(context, row.value)) : row
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
  if (!asked.ok) return refusedByVault(asked.fault)
  return ok({ versions: asked.value.versions.map(({ order: _, ...version }) => version) })
}

const usable = ({ state }: KeyRow): Result<null> => {
  if (state === 'queued') return refuse('conflict', { detail: 'It is not made yet.' })
  if (state === 'deleted') return refuse('conflict', { detail: 'It is deleted: recover it first.' })
  return ok(null)
}

type By<Kind extends VaultRequestKind> = Extract<VaultRequest, { what: Kind }> & { by: string }

export const doUpdateKey = async (
  context: TenantContext,
  name: string,
  { by, body: { enabled, policy } }: By<'update-key'>,
  { id, operation, order }: Asked,
): Answer => {
  const before = standing(findKey(context.db, name), '*')
  if (!before.ok) return before
  const can = usable(before.value)
  if (!can.ok) return can
  const vault = vaultOf(context)
  if (enabled !== undefined) {
    const sent = await vault('updateKey', operation, {
      ...{ name, version: null, enabled, expiresAt: null, order },
    })
    if (!sent.ok) return refusedByVault(sent.fault)
  }
  if (policy !== undefined) {
    const sent = await vault('putKeyPolicy', operation, { name, policy, order })
    if (!sent.ok) return refusedByVault(sent.fault)
  }
  const patch = {
    ...{ kind: before.value.kind, ...policy },
    ...(enabled === undefined
      ? {}
      : { state: enabled ? ('active' as const) : ('disabled' as const) }),
  }
  const ends = { id, vaultVersion: DONE }
  return ok(keyView(context, writeKey(context, name, patch, { by, ends })))
}

export const updateKey = (
  context: TenantContext,
  { subject: by }: Principal,
  { id: name, ifVersion, body }: SecretOperations['keys.update']['input'],
): Answer =>
  inTurn(context, turnOf(name), async () => {
    const before = standing(findKey(context.db, name), ifVersion)
    if (!before.ok) return before
    const update = { what: 'update-key', by, body } as const
    return request(
      context,
      { ...update, name, ...keyOf(name, before.value.version, body) },
      (asked) => doUpdateKey(context, name, update, asked),
      () => ok(keyView(context, before.value)),
    )
  })

/** In its turn: whoever calls has taken one. */
export const doRotateKey = async (
  context: TenantContext,
  name: string,
  by: string,
  { id, operation, order }: Asked,
): Answer => {
  const before = standing(findKey(context.db, name), '*')
  if (!before.ok) return before
  const can = usable(before.value)
  if (!can.ok) return can
  const sent = await vaultOf(context)('rotateKey', operation, { name, order })
  if (!sent.ok) return refusedByVault(sent.fault)
  const { version, publicJwk, enabled } = sent.value
  const row = writeKey(
    context,
    name,
    {
      ...{ kind: before.value.kind, vaultVersion: version, publicJwk },
      state: enabled ? 'active' : 'disabled',
    },
    { by, to: 'rotated', ends: { id, vaultVersion: version } },
  )
  return ok(keyView(context, row))
}

/** Takes its turn as a new key does: it is one more for the vault. Where that is far away the caller is told to come back. */
export const rotateKey = (
  context: TenantContext,
  { subject: by }: Principal,
  { id: name, key, fingerprint }: SecretOperations['keys.rotate']['input'],
): Answer =>
  inTurn(context, turnOf(name), async () => {
    const before = standing(findKey(context.db, name), '*')
    if (!before.ok) return before
    return request(
      context,
      { what: 'rotate-key', by, name, key, fingerprint },
      async (asked) => {
        const can = usable(before.value)
        if (!can.ok) return can
        // One turn waits for each key, however often it is asked for: others wait behind it.
        const wait = await untilTurn(context, `rotate ${name}`)
        if (wait > 0)
          return refuse('rate-limited', {
            detail: 'The vault makes few keys at a time, and others are before you.',
            retryAfterSeconds: comeBackIn(wait),
          })
        return doRotateKey(context, name, by, asked)
      },
      () => ok(keyView(context, before.value)),
    )
  })

export const doDeleteKey = async (
  context: TenantContext,
  name: string,
  by: string,
  { id, operation, order }: Asked,
): Answer => {
  const before = standing(findKey(context.db, name), '*')
  if (!before.ok) return before
  const { state, kind } = before.value
  // One that waits for its turn is asked for as well: the vault may have made it, and the answer was lost.
  const sent = await vaultOf(context)('deleteKey', operation, { name, order })
  const isAbsent = !sent.ok && sent.fault.fault === 'absent'
  if (!sent.ok && !isAbsent && sent.fault.target !== 'deleted') return refusedByVault(sent.fault)
  const purgeAt = sent.ok ? sent.value.purgeAt : null
  // Somebody may have taken it out of the vault there: a purge here says so, and its name is free.
  const to = isAbsent && state === 'queued' ? ('purged' as const) : ('deleted' as const)
  const ends = { id, vaultVersion: DONE }
  return ok(keyView(context, writeKey(context, name, { kind, state: to, purgeAt }, { by, ends })))
}

export const deleteKey = (
  context: TenantContext,
  { subject: by }: Principal,
  { id: name, ifVersion }: SecretOperations['keys.delete']['input'],
): Answer =>
  inTurn(context, turnOf(name), async () => {
    const before = standing(findKey(context.db, name), ifVersion)
    if (!before.ok) return before
    if (before.value.state === 'deleted') return ok(keyView(context, before.value))
    return request(
      context,
      { what: 'delete-key', by, name, ...keyOf(name, before.value.version) },
      (asked) => doDeleteKey(context, name, by, asked),
      () => ok(keyView(context, before.value)),
    )
  })

type Patch = Promise<Result<Partial<KeyRow>>>
const patches = {
  async 'recover-key'(context: TenantContext, name: string, asked: Asked): Patch {
    const { operation, order } = asked
    const sent = await vaultOf(context)('recoverKey', operation, { name, order })
    if (!sent.ok) return refusedByVault(sent.fault)
    const enabled = sent.value.versions[0]?.enabled !== false
    return ok({ state: enabled ? 'active' : 'disabled', purgeAt: null })
  },
  async 'purge-key'(context: TenantContext, name: string, { operation, order }: Asked): Patch {
    const sent = await vaultOf(context)('purgeKey', operation, { name, order })
    if (!sent.ok) return refusedByVault(sent.fault)
    return ok({ state: 'purged', vaultVersion: null, publicJwk: null })
  },
}

export const doOfDeletedKey = async (
  context: TenantContext,
  name: string,
  { what, by }: { what: keyof typeof patches; by: string },
  asked: Asked,
): Answer => {
  const before = standing(findKey(context.db, name), '*')
  if (!before.ok) return before
  if (before.value.state !== 'deleted')
    return refuse('conflict', { detail: 'Only what is deleted can be purged or recovered.' })
  const patch = await patches[what](context, name, asked)
  if (!patch.ok) return patch
  const ends = { id: asked.id, vaultVersion: DONE }
  const to = { ...patch.value, kind: before.value.kind }
  return ok(keyView(context, writeKey(context, name, to, { by, ends })))
}

const underKey = (
  context: TenantContext,
  what: keyof typeof patches,
  { id: name, key, fingerprint }: { id: string; key: string; fingerprint: string },
  { subject: by }: Principal,
): Answer =>
  inTurn(context, turnOf(name), async () => {
    const before = findKey(context.db, name)
    if (!before) return refuse('not-found')
    return request(
      context,
      { what, by, name, key, fingerprint },
      (asked) => doOfDeletedKey(context, name, { what, by }, asked),
      () => ok(keyView(context, before)),
    )
  })

export const recoverKey = (
  context: TenantContext,
  who: Principal,
  input: SecretOperations['keys.recover']['input'],
): Answer => underKey(context, 'recover-key', input, who)

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
  return underKey(context, 'purge-key', input, who)
}
