// What an App asks about itself and its installations. https://docs.github.com/rest/apps
import type { Hono } from 'hono'
import * as z from 'zod'
import { APP_EVENTS, APP_PERMISSIONS, type Apps } from '../apps.ts'
import { type ForgeContext, ForgeRefusal, listRepositories, stamp } from '../context.ts'
import { deliveryJson, repositoryJson } from '../payloads.ts'
import type { DeliveryRow } from '../store.ts'
import { type AddCalls, type Call, paginate, type RestEnv, readBody, tokenOf } from './api.ts'

const TokenRequest = z.object({
  repositories: z.array(z.string().max(100)).max(500).optional(),
  permissions: z.record(z.string(), z.enum(['read', 'write'])).optional(),
})
type Asked = z.infer<typeof TokenRequest>

/** @throws ForgeRefusal 401 for whoever is not the App itself. */
const requireApp = async (forge: ForgeContext, c: Call): Promise<Apps> => {
  if (forge.apps === null) throw new ForgeRefusal(401, 'A JSON web token could not be decoded')
  await forge.apps.requireApp(tokenOf(c.req.header('authorization')) ?? '')
  return forge.apps
}

const installationJson = (forge: ForgeContext, apps: Apps, owner: string) => ({
  id: apps.installationOf(owner),
  account: { login: owner },
  app_id: apps.id,
  app_slug: apps.account.login.replace(/\[bot\]$/, ''),
  target_type: 'Organization',
  repository_selection: 'all',
  permissions: APP_PERMISSIONS,
  events: APP_EVENTS,
  suspended_at: null,
  html_url: forge.url,
})

const permissionsOf = ({ permissions }: Asked): Record<string, 'read' | 'write'> => {
  for (const [name, access] of Object.entries(permissions ?? {})) {
    const given = Object.entries(APP_PERMISSIONS).find(([known]) => known === name)?.[1]
    if (given === undefined || (access === 'write' && given !== 'write')) {
      throw new ForgeRefusal(422, 'The permissions requested are not granted to this installation.')
    }
  }
  return permissions ?? APP_PERMISSIONS
}

const issueToken = async (forge: ForgeContext, c: Call): Promise<Response> => {
  const apps = await requireApp(forge, c)
  const installation = Number(c.req.param('id'))
  const own = listRepositories(forge).filter(
    ({ owner }) => apps.installationOf(owner) === installation,
  )
  if (own.length === 0) throw new ForgeRefusal(404, 'Not Found')
  const asked = await readBody(c, TokenRequest)
  const permissions = permissionsOf(asked)
  const names = asked.repositories?.map((name) => name.toLowerCase())
  const chosen = own.filter(({ name }) => names?.includes(name.toLowerCase()) ?? true)
  if (names !== undefined && chosen.length !== new Set(names).size) {
    throw new ForgeRefusal(
      422,
      'There is at least one repository that does not exist or is not accessible to the parent installation.',
    )
  }
  const repositories = chosen.map(({ fullName }) => fullName.toLowerCase())
  const { token, expiresAt } = apps.issue({ installation, repositories, permissions })
  return c.json(
    {
      ...{ token, expires_at: stamp(expiresAt), permissions, repository_selection: 'selected' },
      repositories: chosen.map((repository) => repositoryJson(forge, repository)),
    },
    201,
  )
}

export const addApp = (api: Hono<RestEnv>, forge: ForgeContext): void => {
  api.get('/app', async (c) => {
    const { id, account } = await requireApp(forge, c)
    const slug = account.login.replace(/\[bot\]$/, '')
    return c.json({ id, slug, name: slug, permissions: APP_PERMISSIONS, events: APP_EVENTS })
  })
  api.get('/app/hook/config', async (c) => {
    await requireApp(forge, c)
    const url = forge.hooks.address()
    return c.json({
      ...(url === null ? {} : { url, secret: '********' }),
      ...{ content_type: 'json', insecure_ssl: '0' },
    })
  })
  api.get('/app/hook/deliveries', async (c) => {
    await requireApp(forge, c)
    const sql = 'SELECT * FROM deliveries ORDER BY id DESC'
    return c.json(paginate(c, forge.store.all<DeliveryRow>(sql)).map(deliveryJson))
  })
  api.post('/app/installations/:id/access_tokens', (c) => issueToken(forge, c))
}

/** Under a repository: whether the App is installed on it. */
export const addInstallation: AddCalls = (api, forge) => {
  api.get('/installation', async (c) =>
    c.json(installationJson(forge, await requireApp(forge, c), c.get('repository').owner)),
  )
}
