// /v1/tenants/{tenant}/keys: keys whose private halves never leave the vault.
import {
  CreateKey,
  KEYS_AT_MOST,
  KeyView,
  PurgeSecret,
  SecretVersions,
  UpdateKey,
} from '../../schemas/secret-view.ts'
import { tenantDoor } from '../auth/door.ts'
import { answerVersioned } from '../http/answer.ts'
import type { App } from '../http/context.ts'
import { readKeyed } from '../http/idempotency.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute, param } from '../http/route.ts'
import { answerEnd, answerList, answerOne } from './collection.ts'
import { answerKeyed, answerKeyedAlone, answerOfVault, answerPatched } from './vault-routes.ts'

const TAG = 'Keys'
const LIST = '/v1/tenants/{tenant}/keys'
const ONE = `${LIST}/{name}`
const view = { schema: KeyView, name: 'Key' }

export const registerKeyRoutes = (app: App): void => {
  const shared = { tag: TAG, problems: ['conflict'] as 'conflict'[] }
  addRoute(
    app,
    {
      ...{ method: 'post', path: LIST, action: 'secrets.write', ...shared },
      summary: 'Create a key',
      description: `The vault makes few keys in ten seconds for all who share it: 202, and the key is \`queued\` until its turn. With \`policy\` the vault rotates it by itself. At most ${KEYS_AT_MOST}.`,
      ...{ idempotencyKey: true, body: CreateKey, bodyName: 'CreateKey' },
      answers: { 202: { text: 'The key, queued.', ...view } },
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const asked = await readKeyed(c, CreateKey, 'POST keys')
      if (!asked.ok) return answerRefusal(c, asked.refusal)
      const { tenant, caller } = door.value
      const made = await tenant.call(caller, 'keys.create', asked.value)
      const headers = made.ok ? { location: `${c.req.path}/${made.value.value.name}` } : {}
      return answerVersioned(c, made, { status: 202, headers })
    },
  )
  addRoute(
    app,
    {
      ...{ method: 'get', path: LIST, tag: TAG, action: 'secrets.read' },
      summary: 'List keys',
      answers: { 200: { text: 'The keys, by name.', ...view, list: true } },
    },
    answerList('keys.list'),
  )
  addRoute(
    app,
    {
      ...{ method: 'get', path: ONE, tag: TAG, action: 'secrets.read' },
      summary: 'Read a key',
      answers: { 200: { text: 'The key with its public half.', ...view } },
    },
    answerOne('keys.read', 'name'),
  )
  addRoute(
    app,
    {
      ...{ method: 'patch', path: ONE, action: 'secrets.close', ...shared },
      summary: 'Change a key',
      description: 'Disable it or enable it again; set its rotation policy.',
      ...{ ifMatch: true, body: UpdateKey, bodyName: 'UpdateKey' },
      answers: { 200: { text: 'The key as it is now.', ...view } },
    },
    answerPatched('keys.update', UpdateKey),
  )
  addRoute(
    app,
    {
      ...{ method: 'delete', path: ONE, action: 'secrets.close', ...shared },
      summary: 'Delete a key',
      description: 'It can be had back until its vault forgets it (`purgeAt`), or you purge it.',
      ifMatch: true,
      answers: { 200: { text: 'The deleted key.', ...view } },
    },
    answerEnd('keys.delete', 'name'),
  )
  addRoute(
    app,
    {
      ...{ method: 'get', path: `${ONE}/versions`, tag: TAG, action: 'secrets.read' },
      summary: 'List a key’s versions',
      answers: {
        200: { text: 'The versions.', schema: SecretVersions, name: 'SecretVersions' },
      },
    },
    answerOfVault('keys.versions'),
  )
  addRoute(
    app,
    {
      ...{ method: 'post', path: `${ONE}/rotate`, action: 'secrets.write', ...shared },
      summary: 'Rotate a key',
      description: 'Another version of the same kind. Older ones stay, for what they signed.',
      idempotencyKey: true,
      answers: { 200: { text: 'The key with its new version.', ...view } },
    },
    answerKeyedAlone('keys.rotate'),
  )
  addRoute(
    app,
    {
      ...{ method: 'post', path: `${ONE}/recover`, action: 'secrets.write', ...shared },
      summary: 'Recover a deleted key',
      idempotencyKey: true,
      answers: { 200: { text: 'The key, with all its versions.', ...view } },
    },
    answerKeyedAlone('keys.recover'),
  )
  addRoute(
    app,
    {
      ...{ method: 'post', path: `${ONE}/purge`, action: 'secrets.purge', ...shared },
      summary: 'Purge a deleted key',
      description: 'For good. Only owners, only people, with the name once more in `confirm`.',
      ...{ idempotencyKey: true, body: PurgeSecret, bodyName: 'PurgeSecret' },
      answers: { 200: { text: 'It is gone.', ...view } },
    },
    answerKeyed('keys.purge', PurgeSecret),
  )
}
