// CHAIN: a chain's rendered files against each other and against where its machines and keys are. Independent of the
// template that wrote them: it reads the genesis back, extraData included (RLP, Ethereum yellow paper, appendix B).
import type { PolicyContext } from './context.ts'
import { at, type FileHit, fieldsOf, listOf, pointerTo, type RenderedObject } from './walk.ts'

const GENESIS = 'genesis.json'
const ALLOWLIST = 'permissions_config.toml'
const LEAST_VALIDATORS = 4
const ENODE = /enode:\/\/[0-9a-f]{128}@[0-9.]+:[0-9]+/g

type Rlp = string | Rlp[]

/** Hex to strings of hex and lists of them. @throws {RangeError} on bytes that are no RLP */
const decodeRlp = (hex: string): Rlp => {
  const { value, next } = item(hex, 0)
  if (next !== hex.length) throw new RangeError('bytes after the end')
  return value
}

const item = (hex: string, from: number): { value: Rlp; next: number } => {
  const first = Number.parseInt(hex.slice(from, from + 2), 16)
  if (Number.isNaN(first)) throw new RangeError('no byte')
  if (first < 0x80) return { value: hex.slice(from, from + 2), next: from + 2 }
  const isList = first >= 0xc0
  const short = first - (isList ? 0xc0 : 0x80)
  const width = short > 55 ? (short - 55) * 2 : 0
  const length = width === 0 ? short : Number.parseInt(hex.slice(from + 2, from + 2 + width), 16)
  const start = from + 2 + width
  const next = start + length * 2
  if (Number.isNaN(next) || next > hex.length) throw new RangeError('longer than its bytes')
  if (!isList) return { value: hex.slice(start, next), next }
  const list: Rlp[] = []
  for (let at = start; at < next; ) {
    const read = item(hex, at)
    list.push(read.value)
    at = read.next
  }
  return { value: list, next }
}

/** The validators that a header's extraData names, as 0x addresses; null for one that cannot be read. */
export const validatorsOf = (extraData: unknown): string[] | null => {
  if (typeof extraData !== 'string' || !/^0x(?:[0-9a-f]{2})+$/.test(extraData)) return null
  try {
    const [vanity, validators] = decodeRlp(extraData.slice(2))
    return vanity?.length === 64 && Array.isArray(validators)
      ? validators.map((address) => `0x${address}`)
      : null
  } catch {
    return null
  }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

export const chains = (objects: readonly RenderedObject[], context: PolicyContext): FileHit[] => {
  const taken = new Set(context.takenChainIds)
  return objects.flatMap((object): FileHit[] => {
    const { data } = object.manifest
    if (object.manifest.kind !== 'ConfigMap' || at(data, GENESIS) === undefined) return []
    const genesis = parsed(`${at(data, GENESIS)}`)
    const validators = validatorsOf(at(genesis, 'extraData'))
    const numbers = numbersOf(genesis, validators ?? [])
    const hit: MakeHit = (name, message) => ({
      ...{ rule: 'CHAIN', file: object.path, pointer: `/data${pointerTo(name)}`, message },
      ...(validators === null ? {} : { numbers }),
    })
    if (validators === null) {
      return [{ ...hit(GENESIS, 'The genesis names no validators.'), rule: 'CHAIN-GENESIS' }]
    }
    const found = [
      ...(taken.has(numbers.chainId) ? [hit(GENESIS, 'Another chain of yours has this id.')] : []),
      ...genesisHits(validators, numbers, hit),
      ...nodeHits(object, validators, context, hit),
      ...machineHits(objects, object, { extraData: `${at(genesis, 'extraData')}`, numbers }),
    ]
    taken.add(numbers.chainId)
    return found
  })
}

type MakeHit = (name: string, message: string) => FileHit
type Numbers = ReturnType<typeof numbersOf>

/** What the rule's sentence is about, for every finding alike. */
const numbersOf = (genesis: unknown, validators: readonly string[]) => {
  const qbft = fieldsOf(at(genesis, 'config', 'qbft'))
  // Besu's own defaults are one second each (besu-docs, "QBFT").
  return {
    chainId: Number(at(genesis, 'config', 'chainId') ?? 0),
    validators: validators.length,
    least: LEAST_VALIDATORS,
    period: Number(qbft.blockperiodseconds ?? 1),
    timeout: Number(qbft.requesttimeoutseconds ?? 1),
  }
}

const genesisHits = (validators: string[], numbers: Numbers, hit: MakeHit): FileHit[] => {
  const sorted = [...new Set(validators)].sort()
  return [
    ...(validators.length < LEAST_VALIDATORS
      ? [hit(GENESIS, 'The genesis has too few validators.')]
      : []),
    ...(sorted.join() === validators.join()
      ? []
      : [hit(GENESIS, 'The genesis names validators twice or out of order.')]),
    ...(numbers.timeout >= numbers.period
      ? []
      : [hit(GENESIS, 'The request timeout is shorter than the block period.')]),
  ]
}

/** Lists of nodes against each other, and against the machines of the plan whose public keys are known. */
const nodeHits = (
  { manifest }: RenderedObject,
  validators: string[],
  { placement, identities }: PolicyContext,
  hit: MakeHit,
): FileHit[] => {
  const texts = Object.entries(fieldsOf(manifest.data))
  const allowed = new Set(`${at(manifest.data, ALLOWLIST) ?? ''}`.match(ENODE))
  const resource = manifest.metadata.labels?.['phoenix.cloud/resource']
  const machines = new Map(placement.map((vm) => [vm.name, vm]))
  const nodes = identities.flatMap((identity) => {
    const vm = machines.get(`${resource}-${identity.node}`)
    return vm ? [{ ...identity, vm }] : []
  })
  const declared = nodes.filter(({ vm }) => vm.role === 'validator').map(({ address }) => address)
  const missing = nodes.filter(
    ({ publicKey, vm }) =>
      ![...allowed].some((enode) => enode.startsWith(`enode://${publicKey}@${vm.address}:`)),
  ).length
  const strangers = texts
    .filter(([, text]) => (`${text}`.match(ENODE) ?? []).some((enode) => !allowed.has(enode)))
    .map(([name]) => name)
  return [
    ...(nodes.length > 0 && declared.sort().join() !== validators.join()
      ? [hit(GENESIS, 'The genesis names other validators than the plan has.')]
      : []),
    ...(missing > 0
      ? [hit(ALLOWLIST, `The allow-list leaves out nodes of the plan: ${missing}.`)]
      : []),
    ...strangers.map((name) => hit(name, 'A file names a node that the allow-list does not have.')),
  ]
}

const GENESIS_OF_MACHINE = /"extraData": "(0x[0-9a-f]+)"/g

/** What each machine is given must be the genesis that the ConfigMap shows. */
const machineHits = (
  objects: readonly RenderedObject[],
  { manifest: { metadata } }: RenderedObject,
  { extraData, numbers }: { extraData: string; numbers: Numbers },
): FileHit[] =>
  objects.flatMap(({ path, manifest }): FileHit[] => {
    const same =
      manifest.kind === 'EnvironmentFile' &&
      manifest.metadata.labels?.['phoenix.cloud/resource'] ===
        metadata.labels?.['phoenix.cloud/resource']
    if (!same) return []
    return listOf(at(manifest, 'spec', 'forProvider', 'sourceRaw')).flatMap(({ data }, index) =>
      [...`${data}`.matchAll(GENESIS_OF_MACHINE)].some(([, own]) => own !== extraData)
        ? [
            {
              rule: 'CHAIN',
              file: path,
              pointer: `/spec/forProvider/sourceRaw/${index}/data`,
              message: 'A machine is given another genesis than the chain has.',
              numbers,
            },
          ]
        : [],
    )
  })
