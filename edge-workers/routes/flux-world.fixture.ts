// A tenant with a place in Azure, its people, a forge in memory and the real Functions of Azure Arc, for tests of what goes from Git into
// Azure. Time stands still unless a test lets it pass.
import { afterEach, beforeEach, vi } from 'vitest'
import { type ArcOfficeOptions, createArcOffice } from '../../functions/simulator/arc/office.ts'
import { createTenantWorld } from '../../functions/simulator/tenant-world.ts'
import { PLACE } from './arc-world.fixture.ts'

const PROVIDERS = `/subscriptions/${PLACE.subscriptionId}/resourceGroups/${PLACE.resourceGroup}/providers`
export const CLUSTERS = '/arc/clusters'

export const specOf = (more: object = {}) => ({
  namespace: 'acme',
  kustomizations: [
    { name: 'infra', path: 'clusters/lab/flux' },
    { name: 'apps', path: 'rendered/lab/60-web', dependsOn: ['infra'] },
  ],
  localAuthRef: 'phoenix-git',
  ...more,
})

/** Call it in the test's file: nothing is printed, and the clock is put back after each test. */
export const quietly = (): void => {
  beforeEach(() => {
    for (const method of ['log', 'error', 'warn'] as const)
      vi.spyOn(console, method).mockImplementation(() => undefined)
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.restoreAllMocks()
  })
}

/** Call `quietly` beside it. */
export const createFluxWorld = async (options: ArcOfficeOptions = {}) => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-11-22T12:00:00.000Z') })
  const arc = await createArcOffice(options)
  /** In the place of the Functions; tests put theirs around it. */
  const office = { fetch: arc.office }
  const world = await createTenantWorld({ office: (input, init) => office.fetch(input, init) })
  await world.http('PUT', '/v1/tenants/acme/azure-scope', { body: PLACE, token: world.operator })
  const { owner } = world.tokens
  /** Seconds pass, and what is due is done. */
  const pass = async (seconds: number): Promise<void> => {
    world.advance(seconds)
    vi.setSystemTime(Date.now() + seconds * 1_000)
    await world.settle()
  }
  const wait = async (turns = 6): Promise<void> => {
    for (let turn = 0; turn < turns; turn += 1) await pass(30)
  }
  const api = (method: string, path: string, more: Parameters<typeof world.send>[2] = {}) =>
    world.send(method, path, { token: owner, ...more }) as unknown as Promise<{
      status: number
      // biome-ignore lint/suspicious/noExplicitAny: answers of many routes
      body: any
    }>
  /** An AKS cluster that is there, registered: it costs no key. */
  const register = async (name = 'prod', cluster = 'lab'): Promise<string> => {
    const path = `${PROVIDERS}/Microsoft.ContainerService/managedClusters/${name}`
    const properties = { provisioningState: 'Succeeded', powerState: { code: 'Running' } }
    arc.standIn.state.resources.set(path.toLowerCase(), { id: path, name, type: 'x', properties })
    const made = await api('POST', CLUSTERS, { body: { name, cluster, kind: 'managed' } })
    await wait(2)
    return made.body.cluster.id
  }
  /** What stands in Azure under this name: the properties as they are kept, to be changed at will. */
  // biome-ignore lint/suspicious/noExplicitAny: Azure's own shape
  const inAzure = (name: string): any =>
    [...arc.standIn.state.resources].find(([path]) =>
      path.endsWith(`/fluxconfigurations/${name}`),
    )?.[1].properties
  const readFlux = async (cluster: string, name: string) => {
    const { body } = await api('GET', `${CLUSTERS}/${cluster}/flux-configurations`)
    return body.items.findLast((one: { name: string }) => one.name === name)
  }
  /** The deletion of the tenant: a preview, or with the digest of its list the request. */
  const erase = async (query: string, body?: object) => {
    const sent = { token: owner, headers: { 'if-match': '*' }, ...(body ? { body } : {}) }
    const answer = await world.http('DELETE', `/v1/tenants/acme${query}`, sent)
    return (await answer.json()) as { destroys: { digest: string }; change: { id: string } }
  }
  const resource = async (name: string) => (await api('GET', `/resources/${name}`)).body
  return { ...world, arc, office, api, pass, wait, register, inAzure, readFlux, resource, erase }
}
export type FluxWorld = Awaited<ReturnType<typeof createFluxWorld>>
