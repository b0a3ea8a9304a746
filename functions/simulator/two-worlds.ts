// Non-interference: a tenant's run is repeated in a world where another tenant works beside it, on hosts that they do not share,
// under the same names and keys. Every byte that the first one is sent must be the same.
import { registerConsoleRoutes } from '../../edge-workers/console/routes.tsx'
import { registerChangeRoutes } from '../../edge-workers/routes/changes.ts'
import { registerInvoiceRoutes } from '../../edge-workers/routes/invoices.ts'
import { registerResourceRoutes } from '../../edge-workers/routes/resources.ts'
import { registerRolloutRoutes } from '../../edge-workers/routes/rollouts.ts'
import type { Forge } from '../../schemas/ports.ts'
import { createDice, type Dice, pick } from './api-fuzz/mutate.ts'
import { createWorld, REGION, siteOf, type World } from './edge-world.ts'
import { createMemoryForge } from './memory-forge.ts'

const CLUSTER = 'lab'
/** What may differ between two answers that are the same. */
const PASSING_HEADERS = new Set(['date', 'x-request-id', 'traceparent'])

interface Party {
  slug: string
  id: string
  site: string
  tokens: Record<'owner' | 'requester' | 'approver' | 'auditor', string>
  /** Changes it asked for, oldest first. */
  changes: string[]
  asked: number
}

const newWorld = async (): Promise<World> => {
  const forges = new Map<string, Forge>()
  const connect = ({ repository }: { repository: string }): Forge => {
    const forge = forges.get(repository) ?? createMemoryForge().forge
    forges.set(repository, forge)
    return forge
  }
  const world = createWorld({
    register: (app) => {
      registerChangeRoutes(app)
      registerResourceRoutes(app)
      registerInvoiceRoutes(app)
      registerRolloutRoutes(app)
      registerConsoleRoutes(app)
    },
    connect,
  })
  await world.create('/v1/regions', REGION)
  await world.create('/v1/sites', siteOf('lab-01'))
  // Hosts that they do not share stand in a network that they do not share.
  const { network } = siteOf('lab-02')
  await world.create(
    '/v1/sites',
    siteOf('lab-02', {
      network: {
        ...{ ...network, name: 'lab-two', cidr: '192.168.12.0/24', gateway: '192.168.12.1' },
        pool: { first: '192.168.12.100', last: '192.168.12.250' },
      },
    }),
  )
  const cluster = { name: CLUSTER, region: REGION.name, engine: 'argocd', standIn: true }
  await world.create('/v1/clusters', { ...cluster, proxmoxProviderConfig: 'proxmox' })
  return world
}

const newParty = async (world: World, slug: string, site: string): Promise<Party> => {
  const { id } = await world.createTenant(slug, { basesOn: [CLUSTER] })
  const tokenOf = async (member: string, role: 'owner' | 'requester' | 'approver' | 'auditor') =>
    (await world.createToken(slug, role, { member })).token
  const tokens = {
    owner: await tokenOf('olga', 'owner'),
    requester: await tokenOf('rita', 'requester'),
    approver: await tokenOf('anton', 'approver'),
    auditor: await tokenOf('ada', 'auditor'),
  }
  return { slug, id, site, tokens, changes: [], asked: 0 }
}

/** Until nothing of this tenant is due. */
const settle = async (world: World, { id }: Party): Promise<void> => {
  for (let rung = 0; rung < 100; rung += 1) {
    const due = world.tenants.alarmOf(id)
    if (due === null || due > Date.now()) return
    await world.tenants.alarm(id)
  }
}

const shownOf = async (response: Response): Promise<string> => {
  const headers = [...response.headers].filter(([name]) => !PASSING_HEADERS.has(name))
  return `${response.status} ${JSON.stringify(headers)}\n${await response.text()}`
}

const LOOKS = (party: Party, dice: Dice): string => {
  const own = `/v1/tenants/${party.slug}`
  const change = party.changes.at(-1 - dice(2)) ?? `chg_${'a'.repeat(26)}`
  return pick(dice, [
    ...[own, `${own}/changes`, `${own}/resources`, `${own}/resources/web-1`, `${own}/me`],
    ...[`${own}/changes/${change}`, `${own}/changes/${change}/plan`, `${own}/members`],
    ...[`${own}/changes/${change}/files`, `${own}/changes/${change}/diff`, `${own}/tokens`],
    ...[`${own}/invoices/2026-11`, `${own}/rollouts`, '/v1/tenants', '/v1/sites', '/v1/clusters'],
    ...['/v1/sites/lab-01', '/v1/regions', '/v1/price-book', '/v1/templates/virtual-machine'],
    // What is the other one's: never there.
    ...['/v1/tenants/bravo', '/v1/tenants/bravo/changes', '/v1/tenants/alpha/resources/web-9'],
  ])
}

const request = (dice: Dice, { site }: Party) => {
  const shape = {
    ...{ site, cores: 1 + dice(4), memory: { value: 1 + dice(4), unit: 'GiB' } },
  }
  const action = pick(dice, ['create', 'create', 'create', 'update', 'delete'])
  return {
    ...{ action, template: 'virtual-machine', name: `web-${1 + dice(3)}` },
    parameters: action === 'delete' ? {} : shape,
  }
}

/** One step of one tenant's day; what it was answered. */
const act = async (world: World, party: Party, dice: Dice): Promise<string> => {
  const changes = `/v1/tenants/${party.slug}/changes`
  party.asked += 1
  const key = `key-${party.asked}`
  const send = (method: string, path: string, token: string, body?: unknown) =>
    world.send(method, path, {
      ...{ token, key, headers: { 'x-request-id': 'same-0001' } },
      ...(body === undefined ? {} : { body }),
    })
  const { owner, requester, approver, auditor } = party.tokens
  const latest = party.changes.at(-1)
  const what = dice(9)
  if (what === 0) {
    await settle(world, party)
    return 'settled'
  }
  if (what <= 3) {
    const preview = dice(3) === 0 ? '?validateOnly=true' : ''
    const answer = await send('POST', `${changes}${preview}`, requester, request(dice, party))
    const shown = await shownOf(answer)
    const id = /"id":"(chg_[a-z2-7]{26})"/.exec(shown)?.[1]
    if (answer.status === 202 && id !== undefined) party.changes.push(id)
    await settle(world, party)
    return shown
  }
  if (what <= 5 && latest !== undefined) {
    const step = pick(dice, ['approvals', 'merge', 'merge', 'cancel', 'reject'])
    const token = step === 'cancel' ? requester : approver
    const shown = await shownOf(await send('POST', `${changes}/${latest}/${step}`, token, {}))
    await settle(world, party)
    return shown
  }
  const token = pick(dice, [owner, requester, approver, auditor])
  return shownOf(await send('GET', LOOKS(party, dice), token))
}

export interface TwoWorlds {
  /** What the first tenant was answered, step by step. */
  alone: string[]
  beside: string[]
  /** Steps of the other one. */
  others: number
}

/** The same day of one tenant, alone and beside another. */
export const runTwoWorlds = async (seed: number, steps: number): Promise<TwoWorlds> => {
  const day = async (withOther: boolean): Promise<{ answers: string[]; others: number }> => {
    const world = await newWorld()
    const mine = await newParty(world, 'alpha', 'lab-01')
    const other = withOther ? await newParty(world, 'bravo', 'lab-02') : null
    const dice = createDice(seed)
    const othersDice = createDice(seed + 1)
    const answers: string[] = []
    let others = 0
    for (let step = 0; step < steps; step += 1) {
      for (let times = other ? othersDice(3) : 0; other && times > 0; times -= 1) {
        await act(world, other, othersDice)
        others += 1
      }
      answers.push(await act(world, mine, dice))
    }
    return { answers, others }
  }
  const alone = await day(false)
  const beside = await day(true)
  return { alone: alone.answers, beside: beside.answers, others: beside.others }
}
