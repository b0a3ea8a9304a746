// The genesis of a QBFT chain with validators in the block header (Besu docs, "Configure QBFT consensus").
// Validators in a contract are not made here: they need bytecode that nobody gave us.
import type { BesuNetworkParameters } from '../../schemas/parameters/besu-network.ts'
import { rlp } from './rlp.ts'

const VANITY = '00'.repeat(32)
const NO_VOTE: readonly string[] = []
const ROUND_ZERO = ''
const NO_SEALS: readonly string[] = []
/** By these bytes a client knows a QBFT block. */
const MIX_HASH = '0x63746963616c2062797a616e74696e65206661756c7420746f6c6572616e6365'
const NOBODY = `0x${'00'.repeat(20)}`

/** RLP of [32 zero bytes, validators in the order given, no vote, round 0, no seals]. Addresses with 0x. */
export const extraData = (validators: readonly string[]): string =>
  `0x${rlp([VANITY, validators.map((address) => address.slice(2)), NO_VOTE, ROUND_ZERO, NO_SEALS])}`

/**
 * The genesis document. Gas is free (zeroBaseFee, and min-gas-price=0 on every node). Forks end at Shanghai: naming
 * the latest one implies the earlier ones, and Cancun on a BFT chain is unproven.
 * @param validators addresses in any order; the chain wants them ascending
 */
export const genesis = (
  parameters: Pick<
    BesuNetworkParameters,
    'chainId' | 'blockPeriodSeconds' | 'requestTimeoutSeconds' | 'epochLength' | 'gasLimit'
  >,
  validators: readonly string[],
): Record<string, unknown> => ({
  config: {
    chainId: parameters.chainId,
    londonBlock: 0,
    shanghaiTime: 0,
    zeroBaseFee: true,
    qbft: {
      blockperiodseconds: parameters.blockPeriodSeconds,
      epochlength: parameters.epochLength,
      requesttimeoutseconds: parameters.requestTimeoutSeconds,
    },
  },
  nonce: '0x0',
  timestamp: '0x0',
  gasLimit: parameters.gasLimit,
  difficulty: '0x1',
  mixHash: MIX_HASH,
  coinbase: NOBODY,
  alloc: {},
  extraData: extraData([...validators].sort()),
})
