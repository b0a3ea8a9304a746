// What one region's change makes the planner do, counted: the same in a fleet of any size, and far from all of it.
import { describe, expect, it, vi } from 'vitest'
import { findFlyable } from '../../../templates/index.ts'
import { changeOne, renderAll } from './delta.ts'
import { countingHash, standingFleet } from './fleet-state.ts'

const REGION = 11
/** The new files of the region, and of what changed the file that stood there. */
const MANIFESTS_AT_MOST = 20

/** Counts of one change, and how often the template was asked to render. */
const countsOf = (size: number) => {
  const state = standingFleet(size)
  const { hash, counts } = countingHash()
  const application = findFlyable('application')
  if (!application) throw new Error('no such template')
  const render = vi.spyOn(application, 'render')
  const { planned } = changeOne(state, REGION, 77, hash)
  const rendered = render.mock.calls.length
  render.mockRestore()
  return { rendered, manifests: counts.manifests, files: planned.files }
}

describe('a change of one region', () => {
  it('renders and hashes as much in 3,250 regions as in 325', () => {
    const small = countsOf(325)
    const large = countsOf(3250)
    expect(large.manifests).toBe(small.manifests)
    expect(large.rendered).toBe(small.rendered)
    expect(small.manifests).toBeGreaterThan(0)
    expect(small.manifests).toBeLessThanOrEqual(MANIFESTS_AT_MOST)
    // To weigh it, as it will be, and as it was for the list of what goes and for the difference shown.
    expect(small.rendered).toBe(4)
  })

  it('writes the files of that region alone', () => {
    const { files } = countsOf(325)
    expect(files.map(({ path }) => path)).toEqual([
      'rendered/c-region-00011/70-edge/horizontalpodautoscaler-edge.yaml',
    ])
  })

  it('finds by rendering everything what it finds by itself', () => {
    const state = standingFleet(60)
    expect(renderAll(state)).toBe(0)
    const { hash, counts } = countingHash()
    renderAll(state, hash)
    expect(counts.manifests).toBeGreaterThan(60 * 5)
  })
})
