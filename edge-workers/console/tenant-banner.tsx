// What every page of a tenant says while it is not active. Asked once for a page, of the actor that the page asks anyway.

import type { TenantView } from '../../schemas/tenant.ts'
import type { Entered } from '../auth/door.ts'
import type { App, AppContext } from '../http/context.ts'
import { unpackResult } from '../packed.ts'
import { sessionDoor } from './session.ts'

const noted = new WeakMap<Request, TenantView>()

/** For a page whose address does not name its tenant. */
export const noteTenant = async (c: AppContext, { tenant, caller }: Entered): Promise<void> => {
  const read = await unpackResult(tenant.readTenant(caller))
  if (read.ok && read.value.value.state !== 'active') noted.set(c.req.raw, read.value.value)
}

export const noteTenants = (app: App): void => {
  app.use('/t/:tenant/*', async (c, next) => {
    const isPage = c.req.method === 'GET' && !c.req.path.endsWith('/events')
    const door = isPage ? await sessionDoor(c) : null
    if (door?.ok && c.req.param('tenant') === door.value.entry.slug) await noteTenant(c, door.value)
    await next()
  })
}

export const TenantBanner = ({ c }: { c: AppContext }) => {
  const tenant = noted.get(c.req.raw)
  return tenant === undefined ? null : (
    <p class="banner" role="status">
      <Words tenant={tenant} />
    </p>
  )
}

const Words = ({ tenant }: { tenant: TenantView }) => {
  const { slug, state, stateReason, stateSince, deletion, eraseAt } = tenant
  const since = stateSince?.slice(0, 10)
  if (state === 'suspended')
    return (
      <>
        <strong>{slug} is suspended</strong> since {since}: {stateReason}. Reading goes on;
        everything else waits until an operator resumes it.
      </>
    )
  if (state === 'deleting')
    return (
      <>
        <strong>{slug} is being deleted.</strong> Nothing new can be asked for.{' '}
        {stateReason === null ? null : `It waits: ${stateReason}. `}
        {deletion === null ? null : <a href={`/changes/${deletion}`}>The change</a>}{' '}
        <a href={`/t/${slug}/settings#danger`}>Take it back</a>
      </>
    )
  return (
    <>
      <strong>{slug} is deleted.</strong> Everything personal of it is erased on{' '}
      {eraseAt?.slice(0, 10)}. <a href={`/t/${slug}/settings#danger`}>Restore it</a>
    </>
  )
}
