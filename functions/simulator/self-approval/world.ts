// The one world of all traces: five people, a machine, accounts at the forge, three changes that wait for approval. It is made
// once and put back before each trace, which costs next to nothing.
import { vi } from 'vitest'
import type { SessionEntry } from '../../../edge-workers/actors/contracts.ts'
import { scopesOf, type TenantRole } from '../../../schemas/principal.ts'
import { openAccount, prove } from '../forge-proof.ts'
import { createTenantWorld, type TenantWorld } from '../tenant-world.ts'
import {
  type Asked,
  FIRST_OWNERS,
  firstTruth,
  type Human,
  LOGINS,
  MEMBERS,
  type Member,
  type Truth,
} from './truth.ts'
import { type InWallet, presentFor, takeCredential } from './wallets.ts'

const START = Date.parse('2026-11-21T12:00:00Z')
const ALL: TenantRole[] = ['owner', 'admin', 'requester', 'approver', 'auditor']
const SESSION = 'ses_bea'

export interface Scene {
  world: TenantWorld
  tokens: Record<Member, string>
  /** Pseudonyms. */
  ids: Record<Member, string>
  machine: { token: string; tokenId: string }
  /** Credentials of approvers, each offered by Olga. */
  wallets: Partial<Record<Member, InWallet>>
  antonsSession: SessionEntry
  truth: Truth
  /** Moves on with every step. */
  now: number
}

export const setRoles = (world: TenantWorld, id: string, roles: readonly string[]) =>
  world.send('PATCH', `/members/${id}`, {
    ...{ token: world.operator, headers: { 'if-match': '*' }, body: { roles } },
  })

/** Tokens with every scope there is: what their members may do is up to their roles alone. */
const makePeople = async (world: TenantWorld) => {
  const tokens = {} as Scene['tokens']
  const ids = {} as Scene['ids']
  for (const member of MEMBERS) {
    ids[member] = await world.ensureMember('acme', member, 'owner')
    await setRoles(world, ids[member], ALL)
    tokens[member] = await world.tokenOf(member, 'owner', { scopes: scopesOf(...ALL) })
  }
  // Only now: each of them was an owner in between.
  for (const [member, roles] of firstTruth().roles) await setRoles(world, ids[member], roles)
  return { tokens, ids }
}

const makeMachine = async (world: TenantWorld, maker: string) => {
  const made = await world.send('POST', '/service-accounts', {
    ...{ token: maker, body: { handle: 'robot', roles: ['requester'] } },
  })
  const { status, body } = await world.send('POST', '/tokens', {
    ...{ token: maker, body: { name: 'Robot', member: made.body.id } },
  })
  if (status !== 201) throw new Error(`the machine has no token: ${status}`)
  const minted = body as unknown as { id: string; token: string }
  return { tokenId: minted.id, token: minted.token }
}

/** Bea is signed in with an identity provider too. */
const openSession = async (world: TenantWorld, beaId: string): Promise<void> => {
  const sql = world.tenants.actors.get(world.tenantId)?.surroundings.storage.sql
  sql?.exec("UPDATE members SET identity = 'idn_bea' WHERE id = ?", beaId)
  const times = { createdAt: new Date(START).toISOString(), expiresAt: '2027-11-21T12:00:00.000Z' }
  await world.tenant.openSession({ id: SESSION, identity: 'idn_bea', issuer: 'test', ...times })
}

/** As an auditor sees it, who has nothing to do with any of it. */
export const readChange = ({ world }: Scene, id: string) =>
  world.insist(world.send('GET', `/changes/${id}`, { token: world.tokens.auditor }))

/** What the product calls the change, after the forge has its pull request. */
export const addAsked = async (
  scene: Scene,
  id: string,
  askers: Iterable<Human>,
): Promise<Asked> => {
  const { name, pullRequest, revision } = await readChange(scene, id)
  const asked: Asked = {
    ...{ id, name, number: pullRequest?.number ?? 0, branch: pullRequest?.branch ?? '' },
    ...{ askers: new Set(askers), revision, pushers: new Set<Human>() },
    ...{ knownPushers: new Set<Human>(), approvals: [], mayBePromoted: null, promoted: false },
  }
  scene.truth.asked.push(asked)
  return asked
}

/** By a session the routes of the API are not gone through: the console calls the actor. */
export const askBySession = async ({ world }: Scene, name: string): Promise<string | null> => {
  const made = await world.tenant.createChange(
    { kind: 'session', sessionId: SESSION, identity: 'idn_bea' },
    {
      ...{ key: `session-${name}`, fingerprint: name, validateOnly: false },
      request: world.vmRequest(name) as Parameters<typeof world.tenant.createChange>[1]['request'],
    },
  )
  return made.ok ? made.value.id : null
}

/** Olga has seen what everybody’s credential was fetched with. Anton is signed in by one, or she is. */
export const OFFERER: Member = 'olga'
const giveCredentials = async (
  world: TenantWorld,
  { tokens, ids }: Pick<Scene, 'tokens' | 'ids'>,
) => {
  const wallets: Scene['wallets'] = {}
  for (const member of ['anton', 'bea'] as const)
    wallets[member] = await takeCredential(world, tokens[OFFERER], {
      ...{ configuration: 'phoenix-approver', member: ids[member] },
    })
  const held = await takeCredential(world, tokens[OFFERER], {
    ...{ configuration: 'phoenix-member', member: ids.anton },
  })
  return { wallets, antonsSession: await signInBy(world, held) }
}

/** It lasts as long as a trace does. */
const signInBy = async (world: TenantWorld, held: InWallet): Promise<SessionEntry> => {
  const browserDigest = 'b'.repeat(64)
  const browser = { browserDigest, callerDigest: 'c'.repeat(64) }
  const begun = await world.tenant.wallet('powers.begin-sign-in', {
    ...{ mode: 'cross-device', ...browser },
  })
  if (!begun.ok) throw new Error('nobody signs in by a credential')
  const page = async () => {
    const read = await world.tenant.wallet('powers.sign-in', { id: begun.value.id, browserDigest })
    if (!read.ok) throw new Error('the sign-in is gone')
    return read.value
  }
  await presentFor(world, (await page()).uri ?? '', held)
  const { signedIn } = await page()
  if (!signedIn) throw new Error('the credential signs nobody in')
  await world.tenant.openSession({ ...signedIn.session, expiresAt: '2027-11-21T12:00:00.000Z' })
  return signedIn.session
}

const askThrice = async (scene: Scene): Promise<void> => {
  const { world, tokens, machine } = scene
  const byToken = await world.insist(
    world.request(world.vmRequest('by-token'), { token: tokens.rita }),
  )
  const byMachine = await world.insist(
    world.request(world.vmRequest('by-machine'), { token: machine.token }),
  )
  const bySession = await askBySession(scene, 'by-session')
  if (bySession === null) throw new Error('the session may not ask')
  await world.settle()
  await addAsked(scene, byToken.id, ['rita'])
  await addAsked(scene, byMachine.id, scene.truth.machineHolders)
  await addAsked(scene, bySession, ['bea'])
}

/** Fake time has to be on. `next` gives the world as it was at first. */
export const createScenes = async (): Promise<{ next: () => Scene }> => {
  vi.setSystemTime(START)
  const world = await createTenantWorld({
    tenant: { quota: { vms: 50, cores: 50, memoryMiB: 100_000, diskGiB: 10_000 } },
  })
  const { tokens, ids } = await makePeople(world)
  const machine = await makeMachine(world, tokens.olga)
  await openSession(world, ids.bea)
  const held = await giveCredentials(world, { tokens, ids })
  const scene: Scene = { world, tokens, ids, machine, ...held, truth: firstTruth(), now: START }
  for (const [name, login] of Object.entries(LOGINS))
    openAccount(world, login, FIRST_OWNERS[name as keyof typeof LOGINS])
  const sql = world.tenants.actors.get(world.tenantId)?.surroundings.storage.sql
  sql?.exec('DELETE FROM forge_accounts')
  for (const [member, login] of [
    ['rita', 'rita-k'],
    ['anton', 'Anton'],
    ['bea', 'bea'],
    ['olga', 'olga'],
  ] as const) {
    const { status } = await prove(world, { token: tokens[member], login, key: member })
    if (status !== 201) throw new Error(`${member} cannot link: ${status}`)
    scene.truth.links.set(member, login.toLowerCase())
  }
  await askThrice(scene)
  const kept = structuredClone(scene.truth)
  const namespaces = [world.directory, world.inventory, world.tenants, world.repository, world.log]
  const back = [...namespaces.map(({ keep }) => keep()), world.memory.keep()]
  return {
    next: () => {
      for (const put of back) put()
      vi.setSystemTime(START + 60_000)
      return { ...scene, truth: structuredClone(kept), now: START + 60_000 }
    },
  }
}
