// Cases of CHAIN: the rendered files of a chain, one of them bent at a time.
import type { Finding } from '../../schemas/plan.ts'
import { snapshotOf } from '../world.fixture.ts'
import { type PolicyContext, policyContext } from './context.ts'
import { judgePolicies } from './judge.ts'
import { type PolicyCase, renderedExample } from './policies.fixture.ts'

const CHAIN = 'smom-dbis-138'
const DIRECTORY = `rendered/core/60-${CHAIN}`
const MAP = `${DIRECTORY}/configmap-${CHAIN}-chain.yaml`
const MACHINE = `${DIRECTORY}/environmentfile-${CHAIN}-validator-01.yaml`

/** The chain of the example, with a text replaced in one file. */
const chain = (
  change: { file?: string; from?: string | RegExp; to?: string } = {},
  more: Partial<PolicyContext> = {},
): Finding[] => {
  const { objects, input } = renderedExample('besu-network')
  const { file, from = '', to = '' } = change
  const changed = objects.map((object) =>
    object.path === file
      ? { ...object, manifest: replaced(object.manifest, from, to) as typeof object.manifest }
      : object,
  )
  const context = policyContext(input, { name: 'besu-network' }, snapshotOf())
  return judgePolicies(changed, { ...context, ...more })
}

/** In every text of a value. */
const replaced = (value: unknown, from: string | RegExp, to: string): unknown => {
  if (typeof value === 'string') return value.replace(from, to)
  if (Array.isArray(value)) return value.map((item) => replaced(item, from, to))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, replaced(inner, from, to)]),
  )
}

const GENESIS = '/data/genesis.json'
const ALLOWLIST = '/data/permissions_config.toml'
/** RLP of the same four validators in another order, of three, and of one twice, by the same rules by hand. */
const address = (index: number) => (0x30 + index).toString(16).repeat(20)
const extraData = (addresses: string[]): string => {
  const list = addresses.map((one) => `94${one}`).join('')
  const body = `a0${'00'.repeat(32)}${prefix(list)}${list}c080c0`
  return `0x${prefix(body)}${body}`
}
const prefix = (body: string): string => {
  const bytes = body.length / 2
  return bytes < 56 ? (0xc0 + bytes).toString(16) : `f8${bytes.toString(16).padStart(2, '0')}`
}
const inOrder = [0, 1, 2, 3].map(address)
const genesisOf = (addresses: string[]) => ({
  file: MAP,
  from: /"extraData": "0x[0-9a-f]+"/,
  to: `"extraData": "${extraData(addresses)}"`,
})

/** The same genesis in the ConfigMap as it stands: proof that the encoding above is right. */
export const unchanged = (): Finding[] => chain(genesisOf(inOrder))

const bend = (
  what: string,
  says: string,
  [pointer, change, hint = 'in every file', file = MAP]: [
    string,
    { file?: string; from?: string | RegExp; to?: string },
    string?,
    string?,
  ],
): PolicyCase => ({
  ...{ rule: 'CHAIN', what, says, file, pointer, hint },
  passes: () => chain(),
  fails: () => chain(change),
})

const unreadable = (one: PolicyCase): PolicyCase => ({
  ...one,
  ...{ rule: 'CHAIN-GENESIS', hint: 'report it' },
})

export const chainCases: PolicyCase[] = [
  {
    ...{ rule: 'CHAIN', what: 'an id that is taken', file: MAP, pointer: GENESIS },
    hint: 'One chain id per chain',
    passes: () => chain({}, { takenChainIds: [139] }),
    fails: () => chain({}, { takenChainIds: [138] }),
  },
  unreadable(
    bend('no genesis that can be read', 'names no validators', [
      GENESIS,
      { file: MAP, from: /^\{[\s\S]*/, to: '{' },
    ]),
  ),
  unreadable(
    bend('extraData that is no RLP', 'names no validators', [
      GENESIS,
      { file: MAP, from: '"0xf8', to: '"0xf9' },
    ]),
  ),
  bend('three validators', 'too few', [
    GENESIS,
    genesisOf(inOrder.slice(1)),
    'at least 4 validators',
  ]),
  bend('a validator twice', 'twice or out of order', [
    GENESIS,
    genesisOf([...inOrder, address(3)]),
  ]),
  bend('out of order', 'twice or out of order', [GENESIS, genesisOf([...inOrder].reverse())]),
  bend('another validator', 'other validators than the plan', [
    GENESIS,
    genesisOf([...inOrder.slice(0, 3), address(9)]),
  ]),
  bend('a short timeout', 'request timeout', [
    GENESIS,
    { file: MAP, from: '"requesttimeoutseconds": 10', to: '"requesttimeoutseconds": 4' },
    'request timeout',
  ]),
  bend('a node left out of the allow-list', 'leaves out nodes', [
    ALLOWLIST,
    { file: MAP, from: /nodes-allowlist=\[\n {2}"[^"]+",/, to: 'nodes-allowlist=[' },
  ]),
  bend('a bootnode that nobody allows', 'does not have', [
    '/data/config-validator.toml',
    {
      file: MAP,
      from: /(p2p-port=)/,
      to: `bootnodes=["enode://${'ab'.repeat(64)}@10.0.0.9:30303"]\n$1`,
    },
  ]),
  bend('a machine with another genesis', 'another genesis', [
    '/spec/forProvider/sourceRaw/0/data',
    { ...genesisOf([...inOrder].reverse()), file: MACHINE },
    'in every file',
    MACHINE,
  ]),
]
