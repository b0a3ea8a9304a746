// `npm run deploy:anchor`: puts the contract of the anchor on a chain and prints what the Functions are then set to. Its key comes
// from the environment: it does not belong on a command line.
import { createClient, defineChain, encodeDeployData, type Hex, http, isAddress } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import {
  estimateGas,
  getChainId,
  getTransactionCount,
  sendRawTransaction,
  waitForTransactionReceipt,
} from 'viem/actions'
import { CHECKPOINT_ANCHOR_ABI, CHECKPOINT_ANCHOR_BYTECODE } from '../anchor/checkpoint-anchor.ts'
import { DEFAULT_CHAIN_ID, gasPriceOf } from '../anchor/evm.ts'
import { readArguments } from './arguments.ts'

const USAGE = `npm run deploy:anchor -- --admin 0x… [--writer 0x… …] [--attester 0x… …] [--threshold 1]
Reads ANCHOR_RPC_URL, ANCHOR_CHAIN_ID (default ${DEFAULT_CHAIN_ID}) and ANCHOR_DEPLOYER_KEY from the environment.`

export interface Deployment {
  rpcUrl: string
  chainId?: number
  deployerKey: Hex
  admin: Hex
  writers: Hex[]
  attesters: Hex[]
  threshold: number
}

/** The contract's address. Throws where the chain has another id, or the deployment fails. */
export const deployAnchor = async ({
  rpcUrl,
  chainId = DEFAULT_CHAIN_ID,
  deployerKey,
  admin,
  writers,
  attesters,
  threshold,
}: Deployment): Promise<Hex> => {
  const chain = defineChain({
    ...{ id: chainId, name: `chain ${chainId}`, rpcUrls: { default: { http: [rpcUrl] } } },
    nativeCurrency: { name: 'unit', symbol: 'UNIT', decimals: 18 },
  })
  const client = createClient({ chain, transport: http(rpcUrl), pollingInterval: 100 })
  const found = await getChainId(client)
  if (found !== chainId) throw new Error(`The chain has id ${found} and not ${chainId}.`)
  const account = privateKeyToAccount(deployerKey)
  const data = encodeDeployData({
    ...{ abi: CHECKPOINT_ANCHOR_ABI, bytecode: CHECKPOINT_ANCHOR_BYTECODE },
    args: [admin, writers, attesters, threshold],
  })
  const [gas, nonce, gasPrice] = await Promise.all([
    estimateGas(client, { account, data }),
    getTransactionCount(client, { address: account.address }),
    gasPriceOf(client),
  ])
  const fields = { type: 'legacy', chainId, data, nonce, gasPrice, gas } as const
  const serializedTransaction = await account.signTransaction(fields)
  const hash = await sendRawTransaction(client, { serializedTransaction })
  const { contractAddress, status } = await waitForTransactionReceipt(client, { hash })
  if (status !== 'success' || !contractAddress) throw new Error(`The deployment ${hash} failed.`)
  return contractAddress
}

const address = (text: string | undefined, what: string): Hex => {
  if (text === undefined || !isAddress(text)) throw new Error(`${what} must be an address.`)
  return text
}

const main = async (): Promise<void> => {
  const { values } = readArguments(USAGE, {
    options: {
      admin: { type: 'string' },
      writer: { type: 'string', multiple: true, default: [] },
      attester: { type: 'string', multiple: true, default: [] },
      threshold: { type: 'string', default: '1' },
    },
  })
  const { ANCHOR_RPC_URL, ANCHOR_CHAIN_ID, ANCHOR_DEPLOYER_KEY = '' } = process.env
  if (!ANCHOR_RPC_URL || !/^0x[0-9a-f]{64}$/.test(ANCHOR_DEPLOYER_KEY))
    throw new Error('ANCHOR_RPC_URL and ANCHOR_DEPLOYER_KEY (0x and 64 digits) must be set.')
  const chainId = Number(ANCHOR_CHAIN_ID || DEFAULT_CHAIN_ID)
  const contract = await deployAnchor({
    ...{ rpcUrl: ANCHOR_RPC_URL, chainId, deployerKey: ANCHOR_DEPLOYER_KEY as Hex },
    admin: address(values.admin, '--admin'),
    writers: values.writer.map((text) => address(text, '--writer')),
    attesters: values.attester.map((text) => address(text, '--attester')),
    threshold: Number(values.threshold),
  })
  console.log(`ANCHOR_RPC_URL=${ANCHOR_RPC_URL}
ANCHOR_CHAIN_ID=${chainId}
ANCHOR_CONTRACT=${contract}`)
}

if (process.argv[1] === import.meta.filename) {
  await main().catch((error: Error) => {
    console.error(error.message.split('\n')[0])
    process.exitCode = 1
  })
}
