// The examination of the ClusterRegistry port: what every adapter answers. What an agent does beside it the adapter's opener does.
import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { AzurePlace, Long } from '../../../schemas/arm.ts'
import type { Azure } from '../../../schemas/azure.ts'
import { type FluxProperties, FluxSpec, fluxProperties } from '../../../schemas/flux.ts'
import type { ClusterRegistry } from '../../../schemas/ports.ts'

export interface ExaminedRegistry {
  registry: ClusterRegistry
  place: AzurePlace
  /** Another resource group that the adapter may act in. */
  elsewhere: AzurePlace
  /** A machine as its agent connects it. `machine`: null for one that is not ours. */
  connect: (place: AzurePlace, name: string, machine: string | null) => Promise<void>
}

const ID = `amc_${'a'.repeat(26)}`
const OTHER = `amc_${'b'.repeat(26)}`
let operations = 0
const next = (): string => `operation-${++operations}`

export const examineRegistry = (name: string, open: () => Promise<ExaminedRegistry>): void => {
  const namesIn = async ({ registry }: ExaminedRegistry, place: AzurePlace) => {
    const listed = await registry.machines('list', next(), { place })
    if (!listed.ok) throw new Error(listed.fault.fault)
    return listed.value.machines.map((one) => [one.name, one.machine]).sort()
  }

  describe(`machines of ${name}`, () => {
    it('are listed by their group, with the mark by which they are ours', async () => {
      const on = await open()
      expect(await namesIn(on, on.place)).toEqual([])
      await on.connect(on.place, 'pve-1', ID)
      await on.connect(on.place, 'foreign', null)
      await on.connect(on.elsewhere, 'pve-1', OTHER)
      expect(await namesIn(on, on.place)).toEqual([
        ['foreign', null],
        ['pve-1', ID],
      ])
      const upper = { ...on.place, resourceGroup: on.place.resourceGroup.toUpperCase() }
      expect(await namesIn(on, upper)).toHaveLength(2)
    })

    it('say how they are', async () => {
      const on = await open()
      await on.connect(on.place, 'pve-1', ID)
      const listed = await on.registry.machines('list', next(), { place: on.place })
      const [found] = listed.ok ? listed.value.machines : []
      expect(found?.remote).toMatchObject({ status: 'Connected', errors: [] })
      expect(Date.parse(found?.remote.lastStatusChange ?? '')).toBeGreaterThan(0)
    })

    it('are removed once, and removing again finds nothing to do', async () => {
      const on = await open()
      await on.connect(on.place, 'pve-1', ID)
      const input = { place: on.place, name: 'pve-1', machine: ID }
      const operation = next()
      for (const one of [operation, operation, next()])
        expect(await on.registry.machines('remove', one, input)).toEqual({
          ...{ ok: true, value: { done: true, value: null } },
        })
      expect(await namesIn(on, on.place)).toEqual([])
    })

    it('that are not ours are not removed', async () => {
      const on = await open()
      await on.connect(on.place, 'foreign', null)
      await on.connect(on.place, 'pve-1', OTHER)
      for (const one of ['foreign', 'pve-1'])
        expect(
          await on.registry.machines('remove', next(), { place: on.place, name: one, machine: ID }),
        ).toMatchObject({ ok: false, fault: { fault: 'conflict' } })
      expect(await namesIn(on, on.place)).toHaveLength(2)
    })

    it('of another place are followed by nobody here', async () => {
      const on = await open()
      const { subscriptionId, resourceGroup } = on.elsewhere
      const resource = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.HybridCompute/machines/x`
      const pending = { method: 'DELETE' as const, resource, statusUrl: null, locationUrl: null }
      expect(
        await on.registry.machines('follow', next(), { place: on.place, pending }),
      ).toMatchObject({ ok: false, fault: { fault: 'refused' } })
    })

    it('get a token that ends', async () => {
      const on = await open()
      const minted = await on.registry.machines('mint', next(), { place: on.place })
      if (!minted.ok) throw new Error(minted.fault.fault)
      expect(minted.value.token).not.toBe('')
      expect(Date.parse(minted.value.expiresAt)).toBeGreaterThan(0)
    })
  })

  const KEY = generateKeyPairSync('rsa', { modulusLength: 4096 })
    .publicKey.export({ type: 'pkcs1', format: 'der' })
    .toString('base64')
  const OWN = `acl_${'a'.repeat(26)}`
  const THEIRS = `acl_${'b'.repeat(26)}`
  const connect = ({ registry, place }: ExaminedRegistry, cluster = OWN, operation = next()) =>
    ended(registry, place, operation, () =>
      registry.clusters('connect', operation, {
        ...{ place, name: 'lab', cluster, location: 'westeurope', agentPublicKey: KEY },
        distribution: 'k3s',
      }),
    )
  /** What goes on is followed to its end. */
  const ended = async <T>(
    registry: ClusterRegistry,
    place: AzurePlace,
    operation: string,
    ask: () => Promise<Azure<Long<T>>>,
  ): Promise<Azure<Long<T>>> => {
    const answer = await ask()
    if (!answer.ok || answer.value.done) return answer
    const { pending } = answer.value
    const input = { place, kind: 'connected' as const, name: 'lab', pending }
    for (let looks = 0; looks < 20; looks += 1) {
      const followed = await registry.clusters('followArc', operation, input)
      if (!followed.ok || followed.value.done) return ask()
    }
    throw new Error('it never ends')
  }
  const FLUX = {
    ...{ kind: 'connected' as const, name: 'lab', configuration: 'phoenix' },
    properties: fluxProperties(
      'https://git.example/acme/infrastructure.git',
      FluxSpec.parse({
        namespace: 'acme',
        kustomizations: [{ name: 'tenant', path: 'clusters/lab/flux' }],
      }),
    ),
  }

  describe(`clusters of ${name}`, () => {
    it('are connected once, found with their mark, and removed', async () => {
      const on = await open()
      const asked = { place: on.place, kind: 'connected' as const, name: 'lab' }
      const read = async () => {
        const answer = await on.registry.clusters('readCluster', next(), asked)
        return answer.ok ? (answer.value.found?.cluster ?? null) : answer.fault.fault
      }
      expect(await read()).toBeNull()
      for (let times = 0; times < 2; times += 1)
        expect(await connect(on, OWN, 'the-same')).toMatchObject({
          ok: true,
          value: { done: true },
        })
      expect(await read()).toBe(OWN)
      expect(await connect(on, THEIRS)).toMatchObject({ fault: { fault: 'conflict' } })
      const remove = (cluster: string) => {
        const operation = next()
        return ended(on.registry, on.place, operation, () =>
          on.registry.clusters('removeCluster', operation, {
            ...{ place: on.place, name: 'lab', cluster },
          }),
        )
      }
      expect(await remove(THEIRS)).toMatchObject({ fault: { fault: 'conflict' } })
      for (let times = 0; times < 2; times += 1)
        expect(await remove(OWN)).toMatchObject({ ok: true, value: { done: true } })
      expect(await read()).toBeNull()
    })

    it('get Flux, and say where it is not what was put', async () => {
      const on = await open()
      const asked = { place: on.place, ...FLUX }
      const { configuration: _, properties: __, ...cluster } = asked
      expect(await on.registry.clusters('putFlux', next(), asked)).toMatchObject({
        fault: { fault: 'absent' },
      })
      await connect(on)
      const extension = next()
      expect(
        await ended(on.registry, on.place, extension, () =>
          on.registry.clusters('ensureFlux', extension, cluster),
        ),
      ).toMatchObject({ ok: true, value: { done: true } })
      const put = next()
      await ended(on.registry, on.place, put, () => on.registry.clusters('putFlux', put, asked))
      const read = async (properties: FluxProperties) => {
        const answer = await on.registry.clusters('readFlux', next(), { ...asked, properties })
        return answer.ok ? answer.value.found : answer.fault.fault
      }
      expect(await read(FLUX.properties)).toMatchObject({
        provisioningState: 'Succeeded',
        differs: [],
      })
      const other = await read({ ...FLUX.properties, suspend: true })
      expect(other).toMatchObject({ differs: [expect.stringMatching(/^\//)] })
      const { properties: ___, ...named } = asked
      const gone = next()
      await ended(on.registry, on.place, gone, () =>
        on.registry.clusters('removeFlux', gone, named),
      )
      expect(await read(FLUX.properties)).toBeNull()
    })

    it('of another place are followed by nobody here', async () => {
      const on = await open()
      const { subscriptionId, resourceGroup } = on.elsewhere
      const resource = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Kubernetes/connectedClusters/lab`
      const pending = { method: 'DELETE' as const, resource, statusUrl: null, locationUrl: null }
      const asked = { place: on.place, kind: 'connected' as const, name: 'lab', pending }
      expect(await on.registry.clusters('followArc', next(), asked)).toMatchObject({
        fault: { fault: 'refused' },
      })
    })
  })
}
