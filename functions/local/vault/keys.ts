// What only keys do in the simulated vault: creation, rotation by itself or when asked, its policy, signatures.
import {
  addVersion,
  attributesOf,
  bundleOf,
  type Json,
  livingAt,
  requireEnabled,
  tagsOf,
  type VaultContext,
  versionAt,
} from './items.ts'
import { makeJwk, signDigest, verifyDigest } from './key-material.ts'
import { badParameter, forbidden, notFound } from './refusal.ts'
import type { Item, Policy } from './store.ts'

const DAY_SECONDS = 86_400

export const createKey = (context: VaultContext, name: string, body: Json): Json => {
  const { kty, crv, key_size: size = 2_048, key_ops: ops, attributes, tags } = body
  const { item, version } = addVersion(context, 'keys', name, {
    ...tagsOf(tags),
    jwk: makeJwk(kty, crv, size),
    keyOps: Array.isArray(ops) ? (ops as string[]) : ['sign', 'verify'],
    attributes: attributesOf(attributes, null, context.seconds),
  })
  return bundleOf(context, item, version)
}

const daysOf = (duration: unknown): number | null => {
  const days = /^P(\d{1,4})D$/.exec(String(duration ?? ''))?.[1]
  return days === undefined ? null : Number(days)
}

/** Another version of the same kind, valid for as long as the policy says. */
const nextVersion = (context: VaultContext, item: Item): Item => {
  const last = versionAt(item, '')
  const { kty, crv, n } = last.jwk ?? {}
  const size = Buffer.from(n ?? '', 'base64url').length * 8
  const days = daysOf(item.policy?.attributes?.expiryTime)
  const exp = days === null ? {} : { exp: context.seconds + days * DAY_SECONDS }
  return addVersion(context, 'keys', item.name, {
    ...(last.tags ? { tags: last.tags } : {}),
    ...(last.keyOps ? { keyOps: last.keyOps } : {}),
    jwk: makeJwk(kty, crv, size),
    attributes: attributesOf(exp, null, context.seconds),
  }).item
}

/** Whatever the policy would have done until now: the real one does it when its time comes. */
export const keyAt = (context: VaultContext, name: string): Item => {
  const item = livingAt(context, 'keys', name)
  const action = item.policy?.lifetimeActions?.find((one) => one.action.type === 'Rotate')
  const days = daysOf(action?.trigger.timeAfterCreate)
  const last = versionAt(item, '')
  const due = days !== null && last.attributes.created + days * DAY_SECONDS <= context.seconds
  return due ? nextVersion(context, item) : item
}

export const rotate = (context: VaultContext, name: string): Json => {
  const item = nextVersion(context, keyAt(context, name))
  return bundleOf(context, item, versionAt(item, ''))
}

const NOTIFY = [{ trigger: { timeBeforeExpiry: 'P30D' }, action: { type: 'Notify' } }]
export const policyOf = (context: VaultContext, name: string): Json => {
  const { policy, vault } = livingAt(context, 'keys', name)
  const shown = policy ?? { lifetimeActions: NOTIFY, attributes: {} }
  return { id: `${vault}/keys/${name}/rotationpolicy`, ...shown }
}
export const putPolicy = (context: VaultContext, name: string, body: Json): Json => {
  const item = livingAt(context, 'keys', name)
  const { lifetimeActions = [], attributes = {} } = body as Policy
  const expires = daysOf(attributes.expiryTime)
  const rotates = lifetimeActions.map(({ trigger }) => daysOf(trigger.timeAfterCreate))
  if (attributes.expiryTime != null && (expires ?? 0) < 28)
    throw badParameter('The expiry time is at least 28 days.')
  if (rotates.some((days) => days !== null && (days < 7 || days > (expires ?? days + 7) - 7)))
    throw badParameter('A rotation is at least 7 days after creation and before expiry.')
  const { seconds } = context
  const times = { created: item.policy?.attributes?.created ?? seconds, updated: seconds }
  const policy = { lifetimeActions, attributes: { ...attributes, ...times } }
  context.store.save({ ...item, policy })
  return policyOf(context, name)
}

const usable = (context: VaultContext, name: string, version: string, operation: string) => {
  const item = keyAt(context, name)
  const found = versionAt(item, version)
  requireEnabled(item, found, operation)
  const { nbf, exp } = found.attributes
  if (operation === 'sign' && nbf !== undefined && nbf > context.seconds)
    throw forbidden('KeyNotYetValid', 'The key is not yet valid.')
  if (operation === 'sign' && exp !== undefined && exp <= context.seconds)
    throw forbidden('KeyExpired', 'The key is expired.')
  if (!found.keyOps?.includes(operation))
    throw forbidden('KeyOperationForbidden', `Operation ${operation} is not permitted on this key.`)
  if (!found.jwk) throw notFound('Key')
  return { jwk: found.jwk, kid: `${item.vault}/keys/${item.name}/${found.version}` }
}
const bytesOf = (value: unknown): Buffer => {
  if (typeof value !== 'string' || !/^[A-Za-z0-9_-]+$/.test(value))
    throw badParameter('The property value is invalid.')
  return Buffer.from(value, 'base64url')
}
export const sign = (context: VaultContext, name: string, version: string, body: Json): Json => {
  const { jwk, kid } = usable(context, name, version, 'sign')
  const signature = signDigest(jwk, body.alg, bytesOf(body.value))
  return { kid, value: signature.toString('base64url') }
}
export const verify = (context: VaultContext, name: string, version: string, body: Json): Json => {
  const { jwk } = usable(context, name, version, 'verify')
  return { value: verifyDigest(jwk, body.alg, bytesOf(body.digest), bytesOf(body.value)) }
}
