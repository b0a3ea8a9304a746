// Whose chain has which id: of plain resources, of phases of systems, and of neither. And that a plan is held to it.
import { describe, expect, it } from 'vitest'
import { renderingPhases } from '../templates/index.ts'
import { chainIdsOf } from './chain-ids.ts'
import type { Made } from './pod-use.ts'
import { CHAIN_REQUEST, chainSnapshot, planned, rulesOf } from './world.fixture.ts'

const made = (more: Partial<Made> = {}): Made => ({
  name: 'net',
  template: 'besu-network',
  templateVersion: '1.0.0',
  cluster: 'core',
  parameters: { sites: ['a'], chainId: 139 },
  ...more,
})

describe('ids of chains', () => {
  it('are those of networks, each once and in order', () => {
    const other = made({ parameters: { sites: ['a'], chainId: 7 } })
    expect(chainIdsOf([made(), other, made()])).toEqual([7, 139])
  })

  it('are found inside the phase of a system', () => {
    const phases = renderingPhases.flatMap((template) =>
      template.examples
        .slice(0, 1)
        .map(({ name, parameters }) =>
          made({ name, template: template.name, templateVersion: template.version, parameters }),
        ),
    )
    expect(chainIdsOf(phases)).toEqual([138])
  })

  it('are none of what makes no chain, or is no longer taken', () => {
    expect(chainIdsOf([made({ template: 'virtual-machine' }), made({ parameters: 7 })])).toEqual([])
    expect(chainIdsOf([made({ template: 'nobody' })])).toEqual([])
  })
})

it('a second chain of one id is blocked', () => {
  const rules = (takenChainIds: number[]) =>
    rulesOf(planned(CHAIN_REQUEST, chainSnapshot({ takenChainIds })).plan.findings)
  expect(rules([139])).not.toContain('CHAIN')
  expect(rules([138])).toContain('CHAIN')
})
