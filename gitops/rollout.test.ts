// How a rollout stands and what comes next, on a system of four phases made for these tests.

import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import type { ChangeState } from '../schemas/change.ts'
import type { Phase, System, Task } from '../schemas/system.ts'
import { findTemplate } from '../templates/index.ts'
import { block } from '../templates/systems/block.ts'
import { assess, type PhaseChange, type Standing } from './rollout.ts'

const task = (id: string, more: Partial<Task> = {}): Task => ({
  ...{ id, title: id, owner: 'somebody', when: 'before', after: [], source: 'here' },
  ...{ inputs: z.strictObject({}), steps: () => [] },
  ...more,
})
const template = findTemplate('certificate')
if (!template) throw new Error('the template certificate is missing')
const changing = () => [block(template, '', {})]
const phase = (id: string, more: Partial<Phase> = {}): Phase => ({
  ...{ id, title: id, duration: '1 week', needs: [], tasks: [], blocks: changing },
  ...more,
})

const system: System = {
  ...{ name: 'sample', version: '1.0.0', title: 'Sample', description: '', source: 'here' },
  ...{ durationWeeks: { least: 1, most: 2 }, requires: [], declaredTotals: {}, components: [] },
  prerequisites: [{ id: 'hsm', title: 'An HSM', owner: 'the vendor', why: '', source: 'here' }],
  parameters: z.strictObject({}),
  examples: [],
  phases: [
    phase('hosts', { blocks: () => [], tasks: [task('rack'), task('wire', { after: ['rack'] })] }),
    phase('cluster', { tasks: [task('check', { when: 'after' })] }),
    phase('vault', { needs: ['hsm'] }),
    // Beside the vault, not behind it.
    phase('portal', { after: ['cluster'] }),
  ],
  documents: {},
}

const change = (state: ChangeState, healthy = state === 'applied'): PhaseChange => ({
  ...{ id: `chg_${state}`, state, reason: null, healthy, stands: state === 'applied' },
})
const stand = (
  changes: Record<string, PhaseChange> = {},
  {
    done = [],
    met = [],
    ...more
  }: Partial<Omit<Standing, 'done' | 'met'>> & {
    done?: string[]
    met?: string[]
  } = {},
) =>
  assess(
    system,
    {},
    {
      state: 'running',
      phases: new Map(
        Object.entries(changes).map(([id, found]) => [id, { change: found, refused: null }]),
      ),
      ...{ done: new Set(done), met: new Set(met) },
      ...more,
    },
  )
const states = (outlook: ReturnType<typeof stand>) =>
  Object.fromEntries(outlook.phases.map(({ phase: { id }, state }) => [id, state]))
const HOSTS = ['hosts/rack', 'hosts/wire']

describe('a phase', () => {
  it('waits on the one before, and names whom it waits on', () => {
    const outlook = stand()
    expect(states(outlook)).toEqual({
      ...{ hosts: 'acting', cluster: 'waiting', vault: 'waiting', portal: 'waiting' },
    })
    expect(outlook.phases[0]?.waitsOn.map(({ id, who }) => [id, who])).toEqual([
      ['hosts/rack', 'somebody'],
      ['hosts/wire', 'somebody'],
    ])
    expect(outlook.phases[2]?.waitsOn.map(({ kind, id }) => `${kind} ${id}`)).toEqual([
      'phase cluster',
      'prerequisite hsm',
    ])
    expect(outlook.open).toEqual([])
  })

  it('is opened when what people do first is done', () => {
    expect(stand({}, { done: ['hosts/rack'] }).open).toEqual([])
    expect(stand({}, { done: HOSTS }).open).toEqual(['cluster'])
  })

  it('is healthy only after what people do last', () => {
    const applied = { cluster: change('applied') }
    expect(states(stand(applied, { done: HOSTS })).cluster).toBe('acting')
    const after = stand(applied, { done: [...HOSTS, 'cluster/check'] })
    expect(states(after)).toMatchObject({ cluster: 'healthy', vault: 'waiting', portal: 'opening' })
    expect(after.open).toEqual(['portal'])
  })

  it('waits on its prerequisite alone when all else is there', () => {
    const all = { done: [...HOSTS, 'cluster/check'], met: ['hsm'] }
    expect(stand({ cluster: change('applied') }, all).open).toEqual(['vault', 'portal'])
  })

  it.each(['accepted', 'proposed', 'approved', 'merged', 'promoted', 'applying'] as const)(
    'is open and holds up the next while its change is %s',
    (state) => {
      const outlook = stand({ cluster: change(state) }, { done: [...HOSTS, 'cluster/check'] })
      expect(states(outlook)).toMatchObject({ cluster: 'open', portal: 'waiting' })
      expect(outlook.open).toEqual([])
    },
  )

  it('that is not healthy any more holds up the next', () => {
    const sick = { cluster: change('applied', false) }
    const outlook = stand(sick, { done: [...HOSTS, 'cluster/check'] })
    expect(states(outlook)).toMatchObject({ cluster: 'degraded', portal: 'waiting' })
    expect([outlook.open, outlook.state]).toEqual([[], 'running'])
  })
})

describe('a rollout', () => {
  const ready = { done: [...HOSTS, 'cluster/check'], met: ['hsm'] }
  const ENDED = [
    ...['failed', 'rejected', 'expired', 'closed', 'superseded', 'merged_unauthorised'],
  ] as ChangeState[]

  it.each(ENDED)('fails with a phase whose change is %s, and opens nothing more', (state) => {
    const outlook = stand({ cluster: change('applied'), portal: change(state) }, ready)
    expect(states(outlook)).toMatchObject({ portal: 'failed', vault: 'opening' })
    expect([outlook.open, outlook.state]).toEqual([[], 'failed'])
    expect(outlook.reason).toContain('portal')
  })

  it('fails with a phase whose resource is gone', () => {
    const gone = { cluster: { ...change('applied'), stands: false, healthy: false } }
    expect(stand(gone, ready)).toMatchObject({ state: 'failed', open: [] })
  })

  it('fails with a phase that the planner refused', () => {
    const phases = new Map([['cluster', { change: null, refused: 'CAPACITY: no room' }]])
    const outlook = stand({}, { done: HOSTS, phases })
    expect([outlook.state, outlook.reason]).toEqual(['failed', 'cluster: CAPACITY: no room'])
  })

  it('opens nothing while it is paused', () => {
    expect(stand({}, { done: HOSTS, state: 'paused' })).toMatchObject({ open: [], state: 'paused' })
  })

  it('is done when every phase is healthy', () => {
    const all = ['cluster', 'vault', 'portal'].map((id) => [id, change('applied')])
    expect(stand(Object.fromEntries(all), ready).state).toBe('done')
  })
})
