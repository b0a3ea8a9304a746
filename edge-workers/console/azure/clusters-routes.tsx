// /t/{tenant}/arc/clusters: clusters in Azure Arc as pages. A form goes the way the API's request goes.
import { type ConnectBundle, CreateArcCluster } from '../../../schemas/arc.ts'
import { CreateFluxConfiguration } from '../../../schemas/flux.ts'
import { mayDo } from '../../../schemas/principal.ts'
import type { Refusal } from '../../../schemas/result.ts'
import type { Entered } from '../../auth/door.ts'
import { isLaptop } from '../../env.ts'
import type { App, AppContext } from '../../http/context.ts'
import { keyed } from '../../http/idempotency.ts'
import { nextLink, readPage } from '../../http/page.ts'
import { refusedPage } from '../answers.tsx'
import { inWords, keyOf, newKey, onForm, onPage, refusedForm, versionOf } from '../forms.ts'
import { answerPageHtml } from '../layout.tsx'
import { ClusterPage, ClustersPage } from './clusters-page.tsx'

const LIST = '/t/:tenant/arc/clusters'
const ONE = `${LIST}/:id`
const invalid = (detail: string): Refusal => ({ problem: 'invalid-parameters', detail })

const showList = async (c: AppContext, door: Entered, refusal?: Refusal): Promise<Response> => {
  const { tenant, caller, tenantId, entry } = door
  const page = readPage(c, { tenantId })
  if (!page.ok) return refusedPage(c, page.refusal)
  const [who, listed] = await Promise.all([
    tenant.whoAmI(caller, 'arc.read'),
    tenant.call(caller, 'arc-clusters.list', page.value),
  ])
  if (!who.ok) return refusedPage(c, who.refusal)
  if (!listed.ok) return refusedPage(c, listed.refusal)
  return answerPageHtml(
    c,
    { title: 'Clusters in Azure Arc', status: refusal ? 409 : 200 },
    <ClustersPage
      tenant={entry.slug}
      clusters={listed.value.items}
      next={nextLink(c, { tenantId }, listed.value.next)}
      formKey={mayDo(who.value, 'arc.write') ? newKey() : null}
      simulated={isLaptop(c.env)}
      refused={refusal && inWords(refusal)}
    />,
  )
}

const showOne = async (
  c: AppContext,
  { tenant, caller, entry }: Entered,
  id: string,
  { refusal, connect }: { refusal?: Refusal; connect?: ConnectBundle | null } = {},
): Promise<Response> => {
  const [who, read, flux] = await Promise.all([
    tenant.whoAmI(caller, 'arc.read'),
    tenant.call(caller, 'arc-clusters.read', id),
    tenant.call(caller, 'flux.list', { cluster: id }),
  ])
  if (!who.ok) return refusedPage(c, who.refusal)
  if (!read.ok) return refusedPage(c, read.refusal)
  if (!flux.ok) return refusedPage(c, flux.refusal)
  return answerPageHtml(
    c,
    {
      ...{ title: read.value.value.name, status: refusal ? 409 : 200 },
      ...(connect ? { headers: { 'cache-control': 'no-store' } } : {}),
    },
    <ClusterPage
      tenant={entry.slug}
      cluster={read.value.value}
      version={read.value.version}
      flux={flux.value.items.filter(({ state }) => state !== 'removed')}
      connect={connect}
      formKey={mayDo(who.value, 'arc.write') ? newKey() : null}
      mayRemove={mayDo(who.value, 'arc.remove')}
      simulated={isLaptop(c.env)}
      refused={refusal && inWords(refusal)}
    />,
  )
}

export const registerArcClusterPages = (app: App): void => {
  app.get(
    LIST,
    onPage((c, door) => showList(c, door)),
  )
  app.get(
    ONE,
    onPage((c, door) => showOne(c, door, c.req.param('id') ?? '')),
  )
  app.post(
    LIST,
    onForm(async (c, door, form) => {
      const body = CreateArcCluster.safeParse({
        ...{ name: form.get('name')?.trim(), cluster: form.get('cluster')?.trim() },
        ...{ kind: form.get('kind'), distribution: form.get('distribution') },
        connectBy: form.get('connectBy') ?? undefined,
      })
      if (!body.success)
        return showList(
          c,
          door,
          invalid('A name of letters, digits, _ and -, and the name of a cluster here.'),
        )
      const asked = keyed(keyOf(form), body.data, 'POST arc/clusters')
      const made = await door.tenant.call(door.caller, 'arc-clusters.create', asked)
      if (!made.ok) return refusedForm(c, made.refusal, (refusal) => showList(c, door, refusal))
      const { cluster, connect } = made.value.value
      return showOne(c, door, cluster.id, { connect })
    }),
  )
  app.post(
    `${ONE}/flux`,
    onForm(async (c, door, form) => {
      const id = c.req.param('id') ?? ''
      const read = await door.tenant.call(door.caller, 'arc-clusters.read', id)
      if (!read.ok) return refusedPage(c, read.refusal)
      const secret = form.get('secret')?.trim() ?? ''
      const body = CreateFluxConfiguration.safeParse({
        name: form.get('name')?.trim(),
        spec: {
          namespace: door.entry.slug,
          kustomizations: [
            // The entries bring their own order and their own waiting.
            { name: 'tenant', path: `clusters/${read.value.value.cluster}/flux`, wait: false },
          ],
          ...(secret === '' ? {} : { localAuthRef: secret }),
        },
      })
      if (!body.success)
        return showOne(c, door, id, {
          refusal: invalid(
            'A name of lower-case letters, digits and -, and the name of a Secret or none.',
          ),
        })
      const { key, fingerprint } = keyed(keyOf(form), body.data, 'POST flux-configurations')
      const asked = { action: 'create' as const, ...body.data }
      const input = { key, fingerprint, validateOnly: false, cluster: id, asked }
      const made = await door.tenant.call(door.caller, 'flux.ask', input)
      if (made.ok) return c.redirect(`/t/${door.entry.slug}/changes/${made.value.id}`, 303)
      return refusedForm(c, made.refusal, (refusal) => showOne(c, door, id, { refusal }))
    }),
  )
  app.post(
    `${ONE}/flux/:configuration/restore`,
    onForm(async (c, door) => {
      const [id, configuration] = [c.req.param('id') ?? '', c.req.param('configuration') ?? '']
      const input = { cluster: id, id: configuration, ifVersion: '*' as const, body: null }
      const put = await door.tenant.call(door.caller, 'flux.restore', input)
      if (put.ok) return c.redirect(`/t/${door.entry.slug}/arc/clusters/${id}`, 303)
      return refusedForm(c, put.refusal, (refusal) => showOne(c, door, id, { refusal }))
    }),
  )
  app.post(
    `${ONE}/remove`,
    onForm(async (c, door, form) => {
      const id = c.req.param('id') ?? ''
      const input = { id, ifVersion: versionOf(form), body: null }
      const removed = await door.tenant.call(door.caller, 'arc-clusters.remove', input)
      if (removed.ok) return c.redirect(`/t/${door.entry.slug}/arc/clusters/${id}`, 303)
      return refusedForm(c, removed.refusal, (refusal) => showOne(c, door, id, { refusal }))
    }),
  )
}
