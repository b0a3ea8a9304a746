// The five systems on the laptop, each through all its phases: real workerd, real Git, the forge's rules and the clusters
// simulated. Read from the top: smom-dbis-138 stands on the two before it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { ChangeView } from '../../../schemas/change.ts'
import { Site } from '../../../schemas/place.ts'
import { RolloutView } from '../../../schemas/rollout.ts'
import { systems } from '../../../templates/index.ts'
import {
  caller,
  changesOf,
  expectStatus,
  problemOf,
  type RunningLaptop,
  type Send,
  startTestLaptop,
  until,
} from '../../local/story-client.ts'
import { type People, patient, readRollout, report, walk } from './walker.ts'

const MINUTES = 60_000

let laptop: RunningLaptop
let operator: Send
let people: People
/** Of the tenant `platform`. */
let operators: People
let rollouts: string

beforeAll(async () => {
  laptop = await startTestLaptop()
  const { url, tokens, tenant, platform } = laptop.local
  operator = caller(url, tokens.operator)
  people = {
    tenant,
    requester: patient(caller(url, tokens.requester)),
    approver: patient(caller(url, tokens.approver)),
  }
  operators = {
    tenant: platform.tenant,
    requester: patient(caller(url, platform.tokens.requester)),
    approver: patient(caller(url, platform.tokens.approver)),
  }
  rollouts = `/v1/tenants/${tenant}/rollouts`
}, MINUTES)
afterAll(() => laptop?.stop())

const ask = (system: string, { preview = false } = {}) =>
  people.requester('POST', `${rollouts}${preview ? '?validateOnly=true' : ''}`, {
    ...{ body: { system, parameters: PARAMETERS[system] ?? {} }, key: `walk-${system}` },
  })

const blocking = (findings: ReturnType<typeof problemOf>['findings'] = []) =>
  findings.filter(({ severity }) => severity === 'block')

/** Two clusters stand on the laptop: a system says which. */
const PARAMETERS: Record<string, object> = Object.fromEntries(
  systems.map(({ name }) => [name, { cluster: 'loc-mgmt' }]),
)

describe('before anything stands', () => {
  it('smom-dbis-138 is refused with exactly what is missing', async () => {
    for (const preview of [true, false]) {
      const { name, findings } = problemOf(await ask('smom-dbis-138', { preview }))
      expect(name).toBe('plan-blocked')
      expect(
        blocking(findings).map(({ rule, message }) => `${rule} ${message.split(' ')[0]}`),
      ).toEqual(['SYSTEM-PREREQUISITE loc_az_hci', 'SYSTEM-PREREQUISITE sankofa'])
      // What its source contradicts is told all the same.
      expect(findings?.some(({ rule }) => rule === 'SUM-GRAND')).toBe(true)
    }
    const List = z.object({ items: z.array(z.unknown()) })
    expect(expectStatus(await people.requester('GET', rollouts), 200, List).items).toEqual([])
  })
})

describe('an operator', () => {
  it('makes room: the default hosts of the laptop hold the foundation, not all five systems', async () => {
    for (const site of ['r630-01', 'ml110-01']) {
      const read = expectStatus(await operator('GET', `/v1/sites/${site}`), 200, Site)
      const [first] = read.hosts
      if (!first) throw new Error('a site without hosts')
      const host = { ...first, cores: 128, memory: { value: 1024, unit: 'GiB' } }
      const storage = { ...first.storage, size: { value: 40, unit: 'TB' } }
      expectStatus(
        await operator('PATCH', `/v1/sites/${site}`, {
          ...{ headers: { 'if-match': '*' }, body: { hosts: [{ ...host, storage }] } },
        }),
        200,
        Site,
      )
    }
  })

  it('raises the quota, by a change of the operators’ own tenant', async () => {
    const { tenant } = people
    const quota = { vms: 200, cores: 1000, memoryMiB: 4_000_000, diskGiB: 40_000 }
    await carryThrough(operators, {
      ...{ action: 'create', template: 'tenant-quota', name: tenant },
      parameters: { tenant, ...quota },
    })
  })

  it('raises what the namespace may hold, by a change', async () => {
    await carryThrough(people, {
      ...{ action: 'create', template: 'tenant-base', name: 'base' },
      parameters: { cluster: 'loc-mgmt', quota: QUOTA },
    })
  })
})

/** From the request to where it is applied. */
const carryThrough = async (
  { tenant, requester, approver }: People,
  body: { template: string; parameters: object },
) => {
  const { root, when } = changesOf(requester, tenant)
  const key = `walk-${body.template}`
  const made = expectStatus(await requester('POST', root, { body, key }), 202, ChangeView)
  const id = String(made.id)
  await when(id, 'a gate', ({ gate }) => gate.state === 'red')
  for (const what of ['approvals', 'merge'])
    await approver('POST', `${root}/${id}/${what}`, { key: `${key}-${what}` })
  await when(id, 'applied', ({ state }) => state === 'applied')
}

/** Of the five systems together, with room. */
const QUOTA = { cpu: '400', memory: '1000Gi', storage: '40Ti', pods: 400 }

describe.each(['loc_az_hci', 'sankofa', 'smom-dbis-138', 'dbis_core', 'the_order'])(
  '%s',
  (name) => {
    it(
      'goes through all its phases in order',
      async () => {
        const system = systems.find((candidate) => candidate.name === name)
        if (!system) throw new Error('no such system')
        const asked = expectStatus(await ask(name), 202, RolloutView)
        if (name === 'dbis_core') await failOnce(String(asked.id))
        const { rollout, opened, tasks } = await walk(people, String(asked.id))
        expect(rollout.phases.map(({ id, state }) => [id, state])).toEqual(
          system.phases.map(({ id }) => [id, 'healthy']),
        )
        const rendering = rollout.phases.filter(({ resource }) => resource !== null)
        // Branches may overtake each other; that none is ahead of what it waits on was watched all along.
        expect(opened.toSorted()).toEqual(rendering.map(({ id }) => id).toSorted())
        console.log(
          `${name}: ${rollout.phases.length} phases, ${opened.length} changes, ${tasks} tasks`,
        )
      },
      10 * MINUTES,
    )

    it('is not rolled out twice', async () => {
      const again = await people.requester('POST', rollouts, {
        ...{ body: { system: name, parameters: PARAMETERS[name] ?? {} }, key: `again-${name}` },
      })
      expect(blocking(problemOf(again).findings).map(({ rule }) => rule)).toEqual(['SYSTEM-UNIQUE'])
    })
  },
)

/** The first change is rejected: nothing else is opened until the rollout is resumed, and then it is asked for again. */
const failOnce = async (id: string): Promise<void> => {
  const { root, when } = changesOf(people.requester, people.tenant)
  const now = () => readRollout(people.requester, people.tenant, id)
  for (let seed = 1; !(await now()).phases.some(({ change }) => change); seed += 1) {
    await report(people, await now(), seed)
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  const first = (await now()).phases.find(({ change }) => change)
  const change = String(first?.change?.id)
  await when(change, 'a pull request', ({ state }) => state === 'proposed')
  await people.approver('POST', `${root}/${change}/reject`, { key: 'walk-reject' })
  await until('failed', async () => ((await now()).state === 'failed' ? true : null))
  const { phases, reason } = await now()
  expect(reason).toContain(first?.title)
  expect(phases.filter((phase) => phase.change).map((phase) => phase.id)).toEqual([first?.id])
  expectStatus(await people.requester('POST', `${rollouts}/${id}/resume`), 200, RolloutView)
}
