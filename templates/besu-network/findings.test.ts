// What the template says about a request before anything is rendered, and about the loss of a place.
import { describe, expect, it } from 'vitest'
import type { BesuNetworkParameters } from '../../schemas/parameters/besu-network.ts'
import { quorum } from '../../schemas/qbft.ts'
import type { RenderInput } from '../../schemas/template.ts'
import { exampleInput } from '../example-inputs.ts'
import { findTemplate } from '../index.ts'
import { findingsOf } from './findings.ts'
import { besuNetwork } from './template.ts'

const template = findTemplate('besu-network')
if (!template) throw new Error('no besu-network')
const size = { value: 10, unit: 'GiB' }
const group = (role: string, count: number) => ({ role, count, cores: 1, memory: size, disk: size })

const inputOf = (more: object = {}) =>
  exampleInput(template, {
    name: 'n',
    parameters: { sites: ['r630-01', 'ml110-01'], ...more },
  }) as RenderInput<BesuNetworkParameters>
const rulesOf = (input: RenderInput<BesuNetworkParameters>) =>
  findingsOf(input).map(({ rule, severity }) => `${severity} ${rule}`)

describe('findings', () => {
  it('of the default network are warnings only', () => {
    expect(rulesOf(inputOf())).toEqual([
      'warn BESU-CHECKSUM',
      'info QBFT-QUORUM',
      'info QBFT-SITES',
      'warn CHAIN-IDENTITIES-SIMULATED',
      'warn BESU-DISK',
      'warn SINGLE-INSTANCE',
      'info DERIVED-SPLIT',
    ])
    expect(findingsOf(inputOf()).map(({ message }) => message)).toEqual(
      expect.arrayContaining([
        '15 GiB a VM on average is thin against 200-500 GB per Besu node.',
        'One machine only: archive, monitoring, oracle, nginx-proxy, cloudflare-tunnel.',
      ]),
    )
  })

  it.each([
    [{ groups: [group('validator', 3)] }, 'block QBFT-VALIDATORS', '/parameters/groups'],
    [{ groups: [group('rpc', 2)] }, 'block QBFT-VALIDATORS', '/parameters/groups'],
    [{ blockPeriodSeconds: 11 }, 'block CHAIN-TIMING', '/parameters/requestTimeoutSeconds'],
    [{ identities: [] }, 'block CHAIN-IDENTITIES', '/parameters/identities'],
  ])('of %j block', (more, rule, pointer) => {
    const input = inputOf(more)
    expect(rulesOf(input)).toContain(rule)
    expect(findingsOf(input).find((found) => rule.endsWith(found.rule))).toMatchObject({ pointer })
  })

  it.each([
    ['one missing', (all: object[]) => all.slice(1)],
    ['one twice', (all: object[]) => [...all, all[0]]],
    [
      'one of a node that is not asked for',
      (all: object[]) => [...all.slice(1), { ...all[0], node: 'x' }],
    ],
    ['two with one address', (all: object[]) => withFirst(all, 'address')],
    ['two with one public key', (all: object[]) => withFirst(all, 'publicKey')],
  ])('block identities with %s', (_, change) => {
    const input = inputOf()
    const identities = change(input.identities) as typeof input.identities
    expect(rulesOf({ ...input, identities })).toContain('block CHAIN-IDENTITIES')
  })

  it('accept identities that came with the request, and call them real', () => {
    const given = inputOf().identities.map(({ simulated: _, ...identity }) => identity)
    const input = inputOf({ identities: given })
    expect(rulesOf(input)).not.toContain('warn CHAIN-IDENTITIES-SIMULATED')
    expect(rulesOf(input).filter((rule) => rule.startsWith('block'))).toEqual([])
    expect(besuNetwork.render(input)).toHaveLength(1)
  })

  it('have nothing to warn of in a large network with a checksum: only its quorum is told', () => {
    const large = { ...group('validator', 4), disk: { value: 400, unit: 'GiB' } }
    const identities = inputOf()
      .identities.slice(0, 4)
      .map(({ simulated: _, ...identity }) => identity)
    const besu = { sha256: 'a'.repeat(64) }
    expect(rulesOf(inputOf({ groups: [large], identities, besu }))).toEqual([
      'info QBFT-QUORUM',
      'info QBFT-SITES',
    ])
  })

  it('need a cluster that reaches Proxmox', () => {
    const input = inputOf()
    const { proxmoxProviderConfig: _, ...cluster } = input.cluster
    expect(rulesOf({ ...input, cluster })).toContain('block CLUSTER-UNKNOWN')
  })
})

const withFirst = (all: object[], field: string): object[] => {
  const [first, second, ...rest] = all
  return [first as object, { ...second, [field]: Reflect.get(first as object, field) }, ...rest]
}

describe('the loss of a place', () => {
  it('is told with the numbers', () => {
    const { placement, parameters } = inputOf()
    const loss = (site: string) => besuNetwork.onLoss?.({ placement, parameters }, { site })
    expect(loss('r630-01')).toEqual({
      survives: false,
      numbers: { validators: 4, left: 1, needed: 3 },
      text: 'Losing r630-01 leaves 1 of 4 validators, 3 are needed: the chain stops.',
    })
    expect(loss('ml110-01')).toEqual({
      survives: true,
      numbers: { validators: 4, left: 3, needed: 3 },
      text: 'Losing ml110-01 leaves 3 of 4 validators, 3 are needed: the chain goes on.',
    })
  })

  it.each([
    [4, 3],
    [6, 4],
    [7, 5],
    [9, 6],
    [10, 7],
  ])('%i validators need %i', (validators, needed) => {
    expect(quorum(validators)).toBe(needed)
  })
})
