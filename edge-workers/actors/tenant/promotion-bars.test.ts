// What keeps `live` where it is although main holds only lawful merges: each bar alone, and that what is known a moment ago is not
// asked again.
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { planBody } from '../../../gitops/plan-body/body.ts'
import type { PullRequest } from '../../../schemas/ports.ts'
import { Outage, ok, refuse } from '../../../schemas/result.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import { gitBlobId, sha256Hex } from '../../digest.ts'
import type { Env } from '../../env.ts'
import { type Bench, NOON, onlyForge, openBench } from './bench.fixture.ts'
import { type ChangeRow, readPlanRow } from './context.ts'
import { barTo, missingBody } from './promotion-bars.ts'

const MERGE = 'd'.repeat(40)
const OTHER = 'e'.repeat(40)
const OUTAGE = refuse('outage', { detail: 'The forge is slow.' })
let bench: Bench
const forge = { readPull: vi.fn(), restoreBody: vi.fn() }
const frozen = vi.fn()
beforeEach(async () => {
  bench = await openBench()
  vi.clearAllMocks()
  frozen.mockResolvedValue(null)
  forge.restoreBody.mockResolvedValue(ok(null))
})
const context = (env: Partial<Env> = {}, seconds = 0) => {
  const DIRECTORY = { getByName: () => ({ frozen }) } as unknown as Env['DIRECTORY']
  return bench.context({
    env: { ...bench.world.env, DIRECTORY, ...env },
    repository: onlyForge(forge),
    now: () => new Date(Date.parse(NOON) + seconds * 1000),
  })
}
const merged = (more: Partial<ChangeRow> = {}, written?: { path: string; blob: string }[]) =>
  bench.copy({ state: 'merged', mergeSha: MERGE, mergedAt: NOON, ...more }, () =>
    written === undefined ? {} : { written },
  )
const bodyOf = (change: ChangeRow) =>
  planBody(readPlanRow(bench.db, change).plan, change, bench.world.env.PUBLIC_URL)
const show = (change: ChangeRow, more: Partial<PullRequest> = {}) => {
  const { pullNumber: number, mergeSha, headSha } = change
  const pull = { number, merged: true, mergeSha, headSha, body: bodyOf(change), ...more }
  forge.readPull.mockResolvedValue(ok({ pull, reviews: [] }))
}
const bar = async (change: ChangeRow, ...at: Parameters<typeof context>) =>
  barTo(context(...at), [change])
const of = ({ pullNumber }: ChangeRow) => `of pull request #${pullNumber}`

describe('nothing bars', () => {
  it('a merge that shows what was approved', async () => {
    const change = merged()
    show(change)
    expect(await bar(change)).toBeNull()
    expect(forge.readPull).toHaveBeenCalledExactlyOnceWith(
      ...[bench.tenant.repository, change.pullNumber, false],
    )
    expect(forge.restoreBody).not.toHaveBeenCalled()
  })

  it('a change without a pull request of its own', async () => {
    expect(await bar(merged({ pullNumber: null }))).toBeNull()
    expect(forge.readPull).not.toHaveBeenCalled()
  })
})

describe('a gate that is not ours alone', () => {
  it('bars everything outside the laptop, before the forge is asked anything', async () => {
    const change = merged()
    show(change)
    expect(await bar(change, { DEPLOYMENT: 'production' })).toMatch(/personal token.*FORGE_APP_ID/)
    expect([forge.readPull.mock.calls.length, frozen.mock.calls.length]).toEqual([0, 0])
    const app = { FORGE_APP_ID: '1', FORGE_APP_KEY: 'x' }
    expect(await bar(change, { DEPLOYMENT: 'production', ...app })).toBeNull()
  })
})

describe('a freeze', () => {
  it('bars, and is asked for last: one that came meanwhile holds', async () => {
    const change = merged()
    show(change)
    frozen.mockImplementation(async () => {
      expect(forge.readPull).toHaveBeenCalledTimes(1)
      return { since: NOON, reason: 'an incident' }
    })
    expect(await bar(change)).toBe(`frozen by operators since ${NOON}: an incident`)
  })

  it('of which nobody knows bars too, until the Directory answers', async () => {
    frozen.mockRejectedValue(new Error('overloaded'))
    const asked = barTo(context(), [])
    await expect(asked).rejects.toThrow(Outage)
    await expect(asked).rejects.toThrow('does not answer')
  })
})

describe('a pull request', () => {
  it.each<[string, Partial<PullRequest>]>([
    ['that is not merged', { merged: false }],
    ['of another merge', { mergeSha: OTHER }],
    ['of another head', { headSha: OTHER }],
  ])('%s bars', async (_, more) => {
    const change = merged()
    show(change, more)
    expect(await bar(change)).toBe(`the head or the merge ${of(change)} is not what was approved`)
    expect(frozen).not.toHaveBeenCalled()
  })

  it('that is not there bars, and one that nobody could read is read again', async () => {
    const change = merged()
    for (const answer of [ok(null), refuse('not-found')]) {
      forge.readPull.mockResolvedValue(answer)
      expect(await bar(change)).toContain('is not what was approved')
    }
    forge.readPull.mockResolvedValue(OUTAGE)
    await expect(bar(change)).rejects.toThrow(Outage)
  })

  it('of any of them bars all', async () => {
    const [one, two] = [merged(), merged()]
    show(one)
    expect(await barTo(context(), [one, two])).toContain(of(two))
  })
})

describe('a text', () => {
  it('that is not the plan is put right, and read once more before anything moves', async () => {
    const change = merged()
    show(change, { body: 'Nothing but a small fix.' })
    expect(await bar(change)).toBe(
      `the text ${of(change)} was not its plan, and has been restored: read it again`,
    )
    expect(forge.restoreBody).toHaveBeenCalledExactlyOnceWith(
      ...[bench.tenant.repository, change.pullNumber, bodyOf(change)],
    )
    forge.restoreBody.mockResolvedValue(OUTAGE)
    await expect(bar(change)).rejects.toThrow(Outage)
  })

  it('is the same with the line ends of a browser and white space after it, not before it', () => {
    const change = merged()
    const body = bodyOf(change)
    const missing = (shown: string) => missingBody(context(), change, { body: shown })
    for (const same of [body, `${body.replaceAll('\n', '\r\n')}\r\n`, `${body.trimEnd()} \n\n`])
      expect(missing(same)).toBeNull()
    for (const other of [` ${body}`, body.slice(1), '']) expect(missing(other)).toBe(body)
  })

  it('of an earlier release is known by the PLAN.md of its commit', async () => {
    const earlier = '# The plan as it was worded once\n'
    const written = (text: string, path = 'changes/x/PLAN.md') =>
      merged({}, [
        { path: 'changes/x/plan.json', blob: OTHER },
        { path, blob: gitBlobId(text) },
      ])
    for (const change of [written(earlier), written(earlier.trimEnd())]) {
      show(change, { body: earlier.replaceAll('\n', '\r\n') })
      expect(await bar(change)).toBeNull()
    }
    const unwritten = bench.copy({ state: 'merged', mergeSha: MERGE, mergedAt: NOON }, () => ({
      written: null,
    }))
    for (const change of [written('another'), written(earlier, 'x/PLAN.txt'), unwritten]) {
      show(change, { body: earlier })
      expect(await bar(change)).toContain('was not its plan')
    }
  })
})

describe('what we merged ourselves a moment ago', () => {
  const command = (changeId: string, what: string, of = changeId) =>
    bench.db
      .insert(tables.commands)
      .values({
        key: `k ${changeId}`,
        changeId,
        at: NOON,
        fingerprint: sha256Hex(`${what}\u0000${of}`),
      })
      .run()

  it('was compared then, and is not read again for a minute', async () => {
    const change = merged()
    command(change.id, 'merge')
    expect(await bar(change, {}, 60)).toBeNull()
    expect(forge.readPull).not.toHaveBeenCalled()
    show(change)
    await bar(change, {}, 61)
    expect(forge.readPull).toHaveBeenCalledTimes(1)
  })

  it('is that only by a command to merge exactly this', async () => {
    const others = [merged(), merged(), merged(), merged({ mergedAt: null })]
    command(others[0]?.id ?? '', 'approve')
    command(others[1]?.id ?? '', 'merge', 'chg_other')
    command(others[3]?.id ?? '', 'merge')
    for (const change of others) {
      show(change)
      await bar(change)
    }
    expect(forge.readPull).toHaveBeenCalledTimes(4)
  })
})
