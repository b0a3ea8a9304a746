// /v1/tenants/{tenant}/secrets: a value goes in and never comes out.
import {
  PurgeSecret,
  PutSecret,
  RotateSecret,
  SECRETS_AT_MOST,
  SecretVersions,
  SecretView,
  UpdateSecret,
} from '../../schemas/secret-view.ts'
import type { App } from '../http/context.ts'
import { addRoute } from '../http/route.ts'
import { answerEnd, answerList, answerOne } from './collection.ts'
import { answerKeyed, answerKeyedAlone, answerOfVault, answerPatched } from './vault-routes.ts'

const TAG = 'Secrets'
const LIST = '/v1/tenants/{tenant}/secrets'
const ONE = `${LIST}/{name}`
const view = { schema: SecretView, name: 'Secret' }

export const registerSecretRoutes = (app: App): void => {
  const shared = { tag: TAG, problems: ['conflict'] as 'conflict'[] }
  addRoute(
    app,
    {
      ...{ method: 'get', path: LIST, tag: TAG, action: 'secrets.read' },
      summary: 'List secrets',
      description: 'By name, deleted ones too until they are purged. No value is in any answer.',
      answers: { 200: { text: 'The secrets.', ...view, list: true } },
    },
    answerList('secrets.list'),
  )
  addRoute(
    app,
    {
      ...{ method: 'get', path: ONE, tag: TAG, action: 'secrets.read' },
      summary: 'Read about a secret',
      description:
        'Its times, its schedule, and `reference`: what a manifest says of it. `reference.key` is the `remoteKey` of the template external-secret, or the `vaultSecret` of secret-store.',
      answers: { 200: { text: 'The secret, without its value.', ...view } },
    },
    answerOne('secrets.read', 'name'),
  )
  addRoute(
    app,
    {
      ...{ method: 'put', path: ONE, action: 'secrets.write', ...shared },
      summary: 'Set a secret',
      description: `A first value or the next: the vault keeps the versions. Either \`value\`, or \`generate\`: then it is made beside the vault and nobody sees it. It passes through on its way to the vault and is kept nowhere else; a repeat under the same \`Idempotency-Key\` makes no second version. At most ${SECRETS_AT_MOST}.`,
      idempotencyKey: true,
      body: PutSecret,
      bodyName: 'PutSecret',
      answers: { 200: { text: 'The secret, without its value.', ...view } },
    },
    answerKeyed('secrets.put', PutSecret),
  )
  addRoute(
    app,
    {
      ...{ method: 'patch', path: ONE, action: 'secrets.close', ...shared },
      summary: 'Change a secret',
      description:
        'Disable it or enable it again, with all its versions; set when it expires, or how often it rotates. Without another value.',
      ifMatch: true,
      body: UpdateSecret,
      bodyName: 'UpdateSecret',
      answers: { 200: { text: 'The secret as it is now.', ...view } },
    },
    answerPatched('secrets.update', UpdateSecret),
  )
  addRoute(
    app,
    {
      ...{ method: 'delete', path: ONE, action: 'secrets.close', ...shared },
      summary: 'Delete a secret',
      description: 'It can be had back until its vault forgets it (`purgeAt`), or you purge it.',
      ifMatch: true,
      answers: { 200: { text: 'The deleted secret.', ...view } },
    },
    answerEnd('secrets.delete', 'name'),
  )
  addRoute(
    app,
    {
      ...{ method: 'get', path: `${ONE}/versions`, tag: TAG, action: 'secrets.read' },
      summary: 'List a secret’s versions',
      description: 'Newest first, as the vault has them at this moment.',
      answers: {
        200: { text: 'The versions.', schema: SecretVersions, name: 'SecretVersions' },
      },
    },
    answerOfVault('secrets.versions'),
  )
  addRoute(
    app,
    {
      ...{ method: 'post', path: `${ONE}/rotate`, action: 'secrets.write', ...shared },
      summary: 'Rotate a secret',
      description:
        'The next value now. A generated one is made beside the vault; otherwise bring `value`. Older versions stay.',
      ...{ idempotencyKey: true, body: RotateSecret, bodyName: 'RotateSecret', bodyOptional: true },
      answers: { 200: { text: 'The secret with its new version.', ...view } },
    },
    answerKeyed('secrets.rotate', RotateSecret, { optional: true }),
  )
  addRoute(
    app,
    {
      ...{ method: 'post', path: `${ONE}/recover`, action: 'secrets.write', ...shared },
      summary: 'Recover a deleted secret',
      idempotencyKey: true,
      answers: { 200: { text: 'The secret, with all its versions.', ...view } },
    },
    answerKeyedAlone('secrets.recover'),
  )
  addRoute(
    app,
    {
      ...{ method: 'post', path: `${ONE}/purge`, action: 'secrets.purge', ...shared },
      summary: 'Purge a deleted secret',
      description:
        'For good, where its vault lets anybody do that. Only owners, only people, with the name once more in `confirm`.',
      ...{ idempotencyKey: true, body: PurgeSecret, bodyName: 'PurgeSecret' },
      answers: { 200: { text: 'It is gone.', ...view } },
    },
    answerKeyed('secrets.purge', PurgeSecret),
  )
}
