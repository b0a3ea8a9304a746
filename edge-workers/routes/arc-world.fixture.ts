// A tenant with a place in Azure, for tests: the edge, the real Functions of Azure Arc, and the stand-in behind them, on one clock.
import { vi } from 'vitest'
import {
  type ArcOfficeOptions,
  createArcOffice,
  SUBSCRIPTION,
} from '../../functions/simulator/arc/office.ts'
import { createWorld, type Sent } from '../../functions/simulator/edge-world.ts'
import type { MadeArcMachine } from '../../schemas/arc-machine.ts'
import { registerConsoleRoutes } from '../console/routes.tsx'

const START = '2026-11-22T12:00:00.000Z'
export const PLACE = {
  ...{ subscriptionId: SUBSCRIPTION, resourceGroup: 'phoenix-acme', location: 'westeurope' },
  entraTenantId: '00000000-0000-4000-8000-00000000beef',
}
export const CURL = { 'user-agent': 'curl/8.5.0', accept: '*/*' }
export const BROWSER = { 'user-agent': 'Mozilla/5.0', accept: 'text/html,*/*;q=0.8' }

/** Call `vi.useRealTimers()` afterwards. */
export const createArcWorld = async ({
  laptop = false,
  ...options
}: ArcOfficeOptions & { laptop?: boolean } = {}) => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date(START) })
  const world = createWorld({ laptop, register: registerConsoleRoutes })
  const arc = await createArcOffice(options)
  world.env.LOCAL = { fetch: arc.office }
  const { id: tenantId } = await world.createTenant('acme', { basesOn: ['aks', 'lab'] })
  const owner = (await world.createToken('acme', 'owner', { member: 'olga' })).token
  let keys = 0
  const api = async (
    method: string,
    path: string,
    { body, token = owner, key, headers }: Sent = {},
  ) => {
    keys += 1
    const response = await world.send(method, path, {
      ...{ token, key: key ?? `key-${keys}` },
      ...(headers ? { headers } : {}),
      ...(body === undefined ? {} : { body }),
    })
    const text = await response.text()
    return {
      ...{ status: response.status, headers: response.headers, text },
      body: text.startsWith('{') ? JSON.parse(text) : {},
    }
  }
  const put = (tenant = 'acme', place: object = PLACE, token = world.operator) =>
    api('PUT', `/v1/tenants/${tenant}/azure-scope`, { body: place, token })
  const MACHINES = '/v1/tenants/acme/arc/machines'
  const register = async (more: object = {}, key?: string): Promise<MadeArcMachine> => {
    const made = await api('POST', MACHINES, {
      body: { name: 'pve-1', kind: 'host', ...more },
      ...(key === undefined ? {} : { key }),
    })
    if (made.status !== 201) throw new Error(made.text)
    return made.body
  }
  const read = async (id: string) => (await api('GET', `${MACHINES}/${id}`)).body
  /** At the link, without a credential. */
  const visit = (
    url: string,
    {
      method = 'GET',
      headers = CURL,
      body,
    }: { method?: string; headers?: object; body?: string } = {},
  ) => {
    const form = body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }
    const init = {
      method,
      headers: { ...headers, ...form },
      ...(body === undefined ? {} : { body }),
    }
    return world.app.request(url, init, world.env)
  }
  const advance = (seconds: number): void => {
    world.advance(seconds)
    vi.setSystemTime(Date.now() + seconds * 1000)
  }
  /** Rings the tenant's alarm until nothing is due at this moment. */
  const ring = async (): Promise<void> => {
    while ((world.tenants.alarmOf(tenantId) ?? Number.POSITIVE_INFINITY) <= Date.now())
      await world.tenants.alarm(tenantId)
  }
  /** Seconds pass, and what is due is done. */
  const pass = async (seconds: number): Promise<void> => {
    advance(seconds)
    await ring()
  }
  /** Everything that is stored, as text. */
  const stored = (): string => {
    const { sql } = world.tenants.storageOf(tenantId) ?? {}
    const names = sql?.exec("select name from sqlite_master where type = 'table'").toArray() ?? []
    return names
      .map(({ name }) => JSON.stringify(sql?.exec(`select * from "${name}"`).toArray()))
      .join('\n')
  }
  return {
    ...{
      world,
      arc,
      tenantId,
      owner,
      api,
      put,
      register,
      read,
      visit,
      advance,
      ring,
      pass,
      stored,
    },
    MACHINES,
  }
}
export type ArcWorld = Awaited<ReturnType<typeof createArcWorld>>
