// GET and POST /arc/machines/{tenant}/{secret}: the script that connects one machine, for whoever has its link. Command-line tools get
// it at once; a browser, and whatever looks at links before people do, gets a page, and the script by its button. Whatever is wrong
// with a link, the answer is the same.
import type { Child } from 'hono/jsx'
import { TenantId } from '../../../schemas/ids.ts'
import type { Refusal } from '../../../schemas/result.ts'
import type { TenantApi } from '../../actors/contracts.ts'
import { findTenant, tenantStub } from '../../actors/stubs.ts'
import { commandOf, LINK_SECRET, linkDigestOf } from '../../actors/tenant/arc/machines/link.ts'
import type { ScriptFormat } from '../../actors/tenant/arc/machines/wallet-contracts.ts'
import { secretScope } from '../../actors/tenant/credentials/issuer/secrets.ts'
import type { App, AppContext } from '../../http/context.ts'
import { answerRefusal } from '../../http/problem.ts'
import { readForm } from '../answers.tsx'
import { answerPageHtml } from '../layout.tsx'
import { GoneLinkPage, LinkPage } from './link-page.tsx'

const PATH = '/arc/machines/:tenant/:secret'
const HEADERS = {
  'cache-control': 'no-store',
  'referrer-policy': 'same-origin',
  'x-robots-tag': 'noindex, nofollow',
}
const GONE: Refusal = {
  problem: 'not-found',
  detail:
    'A link to a script is for one download within fifteen minutes; POST …/links of its machine makes another.',
}

interface Way {
  tenant: Pick<TenantApi, 'wallet'>
  linkDigest: string
}

const wayIn = async (c: AppContext): Promise<Way | null> => {
  const { tenant = '', secret = '' } = c.req.param()
  if (!TenantId.safeParse(tenant).success || !LINK_SECRET.test(secret)) return null
  const entry = await findTenant(c.env, tenant)
  const reached = entry && tenantStub(c.env, entry.jurisdiction, entry.id)
  if (!entry || !reached?.ok) return null
  const linkDigest = linkDigestOf(secretScope(c.env, entry.id), secret)
  return { tenant: reached.value.stub, linkDigest }
}

/** What is run by somebody who means it. Previews of messengers send any Accept; browsers ask for pages. */
const TOOLS = /^(?:curl|Wget|Cloud-Init)\//
const isTool = (c: AppContext): boolean =>
  c.req.method === 'GET' &&
  TOOLS.test(c.req.header('user-agent') ?? '') &&
  c.req.header('range') === undefined &&
  !(c.req.header('accept') ?? '').includes('text/html')
const wantsPage = (c: AppContext): boolean => (c.req.header('accept') ?? '').includes('text/html')

const page = (c: AppContext, title: string, status: 200 | 404 | 409, body: Child) => {
  for (const [name, value] of Object.entries(HEADERS)) c.header(name, value)
  return answerPageHtml(c, { title, status }, body)
}

const gone = (c: AppContext): Response | Promise<Response> => {
  if (wantsPage(c)) return page(c, 'Not a good link', 404, <GoneLinkPage spent={null} />)
  return answerRefusal(c, GONE)
}

const FORMATS: Record<ScriptFormat, { type: string; file: string }> = {
  script: { type: 'text/x-shellscript; charset=utf-8', file: 'onboard-arc.sh' },
  'cloud-init': { type: 'text/cloud-config; charset=utf-8', file: 'onboard-arc.yaml' },
}
const isFormat = (text: string): text is ScriptFormat => Object.hasOwn(FORMATS, text)
/** The script where none is asked for. Null: there is no such format. */
const formatOf = ([asked = 'script', ...more]: readonly string[]): ScriptFormat | null =>
  more.length === 0 && isFormat(asked) ? asked : null
/** Before the link is claimed: it says nothing of the link, and uses nothing up. */
const NO_FORMAT: Refusal = {
  problem: 'invalid-parameters',
  detail: '`format` is `script` or `cloud-init`, once. Nothing was used up: ask again.',
}

const handOut = async (c: AppContext, way: Way, format: ScriptFormat | null): Promise<Response> => {
  if (format === null) return answerRefusal(c, NO_FORMAT)
  const { linkDigest } = way
  const claimed = await way.tenant.wallet('arc-machines.claim', { linkDigest, format })
  if (claimed.ok) {
    const { type, file } = FORMATS[format]
    return c.body(claimed.value.text, 200, {
      ...{ ...HEADERS, 'content-type': type },
      'content-disposition': `attachment; filename="${file}"`,
    })
  }
  const { refusal } = claimed
  if (refusal.problem === 'not-found') return gone(c)
  if (!wantsPage(c)) return answerRefusal(c, refusal)
  return page(c, 'Not now', 409, <GoneLinkPage spent={refusal.detail ?? null} />)
}

export const registerArcLinkPages = (app: App): void => {
  app.get(PATH, async (c) => {
    const way = await wayIn(c)
    if (!way) return gone(c)
    if (isTool(c)) return handOut(c, way, formatOf(c.req.queries('format') ?? []))
    const look = await way.tenant.wallet('arc-machines.look', { linkDigest: way.linkDigest })
    if (!look.ok) return gone(c)
    const command = commandOf(c.env, `${c.env.PUBLIC_URL}${c.req.path}`)
    return page(c, 'Connect a machine', 200, <LinkPage {...look.value} command={command} />)
  })
  // The button. Whoever knows the secret may: there is nothing else to forge.
  app.post(PATH, async (c) => {
    const way = await wayIn(c)
    if (!way) return gone(c)
    return handOut(c, way, formatOf((await readForm(c)).getAll('format')))
  })
}
