// A log that is not the one whose checkpoint was published does nothing: it signs nothing, and every call is refused (rules C21
// and C22). What others did to the branch without knowing of another checkpoint stops nothing.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  createLog,
  createLogWorld,
  type LogWorld,
} from '../../../functions/simulator/log-world.fixture.ts'
import { CHECKPOINT_PATH, LOG_BRANCH } from '../../../gitops/log/branch.ts'
import { gitBlobId } from '../../digest.ts'

const A = 'ten_eu_aaaaaaaaaaaaaaaa'
const B = 'ten_eu_bbbbbbbbbbbbbbbb'

let world: LogWorld
let said: string[]
beforeEach(async () => {
  world = await createLogWorld()
  said = []
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  vi.spyOn(console, 'error').mockImplementation((line) => void said.push(String(line)))
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const log = createLog('a')
const published = () => world.memory.forge.readBlob(CHECKPOINT_PATH, LOG_BRANCH)
const countCheckpoints = () => world.rows('select size from checkpoints').length

const refused = { ok: false, refusal: { problem: 'outage', retryAfterSeconds: 60 } }
const expectHalted = async (): Promise<void> => {
  expect(await world.stub.noteHead(B, createLog('b').grow())).toMatchObject(refused)
  expect(await world.stub.inclusion(0)).toMatchObject(refused)
  expect(await world.stub.consistency(0, 1)).toMatchObject(refused)
  for (const call of [
    () => world.stub.headOf(A),
    () => world.stub.checkpoint(),
    () => world.stub.proveHead(A, 1),
  ])
    await expect(call()).rejects.toMatchObject({ name: 'Outage', port: 'log' })
  const help = 'Operators restore a newer export of it.'
  const line = said.find((each) => each.includes('log-behind-published'))
  expect(JSON.parse(line ?? '{}').help).toContain(help)
  for (const path of ['checkpoint', 'proofs/inclusion?index=0', 'proofs/consistency?from=0&to=1']) {
    const answer = await world.send('GET', `/v1/log/${path}`)
    expect([path, answer.status]).toEqual([path, 503])
    expect(answer.headers.get('retry-after')).toBe('60')
    if (path !== 'checkpoint') expect(await answer.text()).toContain(help)
  }
}

describe('an older snapshot of the database', () => {
  it('is refused, signs nothing, and goes on when the newer one is back', async () => {
    await world.stub.noteHead(A, log.grow(2))
    await world.settle()
    const { storage } = world.log.actors.get('log')?.surroundings ?? {}
    storage?.control.keep()
    await world.stub.noteHead(A, log.grow(2))
    await world.settle()
    const newer = await published()
    const after = world.rows<Record<string, string>>('select * from checkpoints')
    storage?.control.rewind()
    world.log.evict('log')
    expect(countCheckpoints()).toBeLessThan(after.length)
    const before = countCheckpoints()
    vi.setSystemTime(Date.now() + 60_000)
    await world.settle(3)
    await expectHalted()
    await world.settle(10)
    expect(countCheckpoints()).toBe(before)
    expect(await published()).toBe(newer)
  })

  it('also an empty one', async () => {
    await world.stub.noteHead(A, log.grow(2))
    await world.settle()
    const other = await createLogWorld()
    other.memory.person.push('main', 'README.md', '# Another\n')
    const note = (await world.stub.checkpoint())?.note ?? ''
    await other.memory.forge.createBranch(LOG_BRANCH, other.memory.branches.get('main') ?? '')
    other.memory.person.push(LOG_BRANCH, CHECKPOINT_PATH, note)
    world = other
    await world.settle(3)
    await expectHalted()
    expect(countCheckpoints()).toBe(0)
  })
})

it('a checkpoint that was not signed here halts it, until the branch shows one that was', async () => {
  await world.stub.noteHead(A, log.grow(2))
  await world.settle()
  const head = world.memory.branches.get(LOG_BRANCH) ?? ''
  world.memory.person.push(LOG_BRANCH, CHECKPOINT_PATH, 'something else\n')
  world.log.evict('log')
  await world.settle(3)
  await expectHalted()
  world.memory.person.force(LOG_BRANCH, head)
  expect(await world.settle(20)).toBe(true)
  expect((await world.stub.noteHead(A, log.grow())).ok).toBe(true)
})

it('a branch that is gone halts it once something was committed there, until it is back', async () => {
  await world.stub.noteHead(A, log.grow(2))
  await world.settle()
  const head = world.memory.branches.get(LOG_BRANCH) ?? ''
  await world.memory.forge.deleteBranch(LOG_BRANCH)
  world.log.evict('log')
  await world.settle(3)
  await expectHalted()
  await world.memory.forge.createBranch(LOG_BRANCH, head)
  expect(await world.settle(20)).toBe(true)
  await world.stub.noteHead(A, log.grow(2))
  expect(await world.settle(20)).toBe(true)
  expect(await published()).toBe(gitBlobId((await world.stub.checkpoint())?.note ?? ''))
})

describe('a database that was put back together with the branch', () => {
  /** Both as they were before the second of two rounds; what the others have of it stays. */
  const putBack = async () => {
    await world.stub.noteHead(A, log.grow(2))
    await world.settle()
    const { storage } = world.log.actors.get('log')?.surroundings ?? {}
    const branch = world.memory.branches.get(LOG_BRANCH) ?? ''
    storage?.control.keep()
    await world.stub.noteHead(A, log.grow(2))
    await world.settle()
    storage?.control.rewind()
    world.memory.person.force(LOG_BRANCH, branch)
    world.log.evict('log')
    vi.setSystemTime(Date.now() + 60_000)
  }

  it.each([
    ['the anchor has more', () => Object.assign(world.office, { cosigner: null })],
    ['the second party has signed more', () => Object.assign(world.office, { anchor: false })],
  ])('is found out where %s', async (_, only) => {
    await putBack()
    only()
    const before = countCheckpoints()
    await world.settle(3)
    await expectHalted()
    expect(countCheckpoints()).toBe(before)
  })

  it('while the forge does not answer, by a witness', async () => {
    await putBack()
    world.setAround(async (what, run) => {
      if (what === 'publishedLog') throw new TypeError('no answer')
      return run()
    })
    await world.settle(3)
    await expectHalted()
  })

  it('also later, by a witness that did not answer at first', async () => {
    await putBack()
    world.office.cosigner = null
    let down = true
    world.setAround(async (what, run) => {
      if (what === 'latest' && down) throw new TypeError('no answer')
      return run()
    })
    await world.settle(3)
    expect(await world.stub.headOf(A)).not.toBeNull()
    down = false
    vi.setSystemTime(Date.now() + 300_000)
    await world.settle(3)
    await expectHalted()
  })

  it('and an empty one when its first checkpoint comes to the second party', async () => {
    await world.stub.noteHead(A, log.grow(2))
    await world.settle()
    world.office.anchor = false
    world.log.lose('log')
    await world.memory.forge.deleteBranch(LOG_BRANCH)
    await world.stub.noteHead(B, createLog('b').grow(1))
    await world.settle(6)
    await expectHalted()
    expect(world.memory.branches.has(LOG_BRANCH)).toBe(false)
  })
})

it('a push between two commits of ours is not overwritten', async () => {
  await world.stub.noteHead(A, log.grow(2))
  await world.settle()
  const theirs = world.memory.person.push(LOG_BRANCH, CHECKPOINT_PATH, 'something else\n')
  await world.stub.noteHead(A, log.grow(2))
  await world.settle(20)
  expect(world.memory.branches.get(LOG_BRANCH)).toBe(theirs)
  await expectHalted()
})

it('a tree that does not lead to its own checkpoint halts it', async () => {
  await world.stub.noteHead(A, log.grow(2))
  await world.settle()
  world.rows('drop trigger nodes_no_update')
  world.rows(`update nodes set hash = '${'0'.repeat(64)}' where level = 1 and "index" = 0`)
  world.log.evict('log')
  await world.settle(3)
  await expectHalted()
})

describe('goes on', () => {
  it('when the branch was taken back to an older checkpoint, and says so', async () => {
    await world.stub.noteHead(A, log.grow(2))
    await world.settle()
    const older = world.memory.branches.get(LOG_BRANCH) ?? ''
    await world.stub.noteHead(A, log.grow(2))
    await world.settle()
    world.memory.person.force(LOG_BRANCH, older)
    world.log.evict('log')
    await world.stub.noteHead(A, log.grow(2))
    expect(await world.settle(20)).toBe(true)
    expect(said.some((line) => line.includes('published-log-moved-back'))).toBe(true)
    expect(await published()).toBe(gitBlobId((await world.stub.checkpoint())?.note ?? ''))
  })

  it.each([
    ['was kept', false],
    ['was lost', true],
  ])(
    'when what the edge alone signed was published, its answer %s, and signed by the second party later',
    async (_, lost) => {
      const { cosigner } = world.office
      world.office.cosigner = null
      world.setAround(async (what, run) => {
        const answer = await run()
        if (what === 'publishLog' && lost) throw new TypeError('lost')
        return answer
      })
      await world.stub.noteHead(A, log.grow(2))
      await world.settle(4)
      const alone = await world.stub.checkpoint()
      expect([alone?.cosigned, alone?.commit === null]).toEqual([false, lost])
      expect(await published()).toBe(gitBlobId(alone?.note ?? ''))
      world.setAround(async (what, run) => {
        if (what === 'publishLog') throw new TypeError('no answer')
        return run()
      })
      world.office.cosigner = cosigner
      for (let rung = 0; rung < 10 && !(await world.stub.checkpoint())?.cosigned; rung += 1)
        await world.settle(1)
      expect(await world.stub.checkpoint()).toMatchObject({ cosigned: true, size: alone?.size })
      world.setAround(null)
      world.log.evict('log')
      expect(await world.settle(20)).toBe(true)
      expect((await world.stub.checkpoint())?.commit).toBe(world.memory.branches.get(LOG_BRANCH))
      expect((await world.stub.noteHead(A, log.grow())).ok).toBe(true)
      expect(await world.settle(20)).toBe(true)
      expect(await published()).toBe(gitBlobId((await world.stub.checkpoint())?.note ?? ''))
      expect(said).toEqual([])
    },
  )

  it('vouching for tenants on a witness’s word while the forge is silent, and signing nothing', async () => {
    await world.stub.noteHead(A, log.grow(2))
    await world.settle()
    const before = countCheckpoints()
    const known = await world.stub.headOf(A)
    world.setAround(async (what, run) => {
      if (what === 'publishedLog') throw new TypeError('no answer')
      return run()
    })
    world.log.evict('log')
    expect(await world.stub.headOf(A)).toEqual(known)
    expect((await world.stub.noteHead(A, log.grow())).ok).toBe(true)
    expect(await world.settle(20)).toBe(false)
    expect(countCheckpoints()).toBe(before)
  })

  it('on its own memory, and saying so, where nobody answers, and signing nothing until the forge has', async () => {
    let down = true
    world.setAround(async (what, run) => {
      if (['publishedLog', 'latest', 'cosign'].includes(what) && down)
        throw new TypeError('no answer')
      return run()
    })
    expect((await world.stub.noteHead(A, log.grow(2))).ok).toBe(true)
    expect(said.filter((line) => line.includes('log-not-compared'))).toHaveLength(1)
    expect(await world.settle(20)).toBe(false)
    expect(countCheckpoints()).toBe(0)
    down = false
    expect(await world.settle(20)).toBe(true)
    expect((await world.stub.noteHead(A, log.grow(2))).ok).toBe(true)
    expect(await world.settle(20)).toBe(true)
    expect(countCheckpoints()).toBeGreaterThan(0)
  })
})

it('does not say which tenants there are where it is lost: it knows of none', async () => {
  const known = () => world.stub.knownTenants({ limit: 10, after: null })
  await world.stub.noteHead(A, log.grow())
  await world.settle()
  expect(await known()).toEqual({ items: [A], next: null })
  world.log.lose('log')
  await expect(known()).rejects.toThrow('is not the one that was published')
})
