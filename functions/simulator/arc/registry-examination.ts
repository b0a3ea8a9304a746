// The examination of the ClusterRegistry port: what every adapter answers. What an agent does beside it the adapter's opener does.
import { describe, expect, it } from 'vitest'
import type { AzurePlace } from '../../../schemas/arm.ts'
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
}
