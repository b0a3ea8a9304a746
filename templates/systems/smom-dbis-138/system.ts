// The system smom-dbis-138: a Besu QBFT chain of 18 machines for the tenant DBIS, its contracts and its integration.
import {
  type SmomDbis138Parameters as Parameters,
  SmomDbis138Parameters,
} from '../../../schemas/parameters/systems/smom-dbis-138.ts'
import type { System } from '../../../schemas/system.ts'
import { besuNetwork } from '../../besu-network/template.ts'
import { block } from '../block.ts'
import { count, each, GiB } from '../size.ts'
import { frontBlocks } from './azure.ts'
import { components } from './components.ts'
import { contractTasks, genesisTask, integrationTasks, platformTask } from './tasks.ts'

const CHAIN_ID = 138

export const smomDbis138: System<Parameters> = {
  name: 'smom-dbis-138',
  version: '1.0.0',
  title: 'DeFi Oracle Meta Mainnet, chain 138',
  description:
    'A private Besu chain with QBFT consensus on 18 virtual machines, with CCIP bridges and an oracle. Weeks include those of the platform; the source’s comparison says 6 to 8.',
  durationWeeks: count(12, 15),
  requires: ['loc_az_hci', 'sankofa'],
  declaredTotals: each(count(72), GiB(140), GiB(278)),
  components,
  prerequisites: [
    {
      id: 'toolchain',
      title: 'Foundry (forge, cast, anvil), and kubectl for Phoenix’ cluster',
      owner: 'the contract engineer',
      why: 'Contracts are built and deployed with it, and the chain is asked with it.',
      source: 'Deployment Requirements Scope, section 2, prerequisites',
    },
    {
      id: 'ccip-access',
      title: 'Access to CCIP and to the Chainlink oracles',
      owner: 'Chainlink, through the CCIP operator',
      why: 'Lanes between chains are opened by their operator.',
      source: 'Deployment Requirements Scope, section 2, external services',
    },
    {
      id: 'ethereum-mainnet',
      title: 'An Ethereum mainnet RPC endpoint for cross-chain operations',
      owner: 'the chain operator',
      why: 'Bridges need both sides.',
      source: 'Deployment Requirements Scope, section 2, external services',
    },
  ],
  parameters: SmomDbis138Parameters,
  examples: [
    { title: 'As the source describes it', parameters: { domain: 'smom.example.org' } },
    {
      title: 'With an Application Gateway before the RPC',
      parameters: {
        domain: 'smom.example.org',
        azure: {
          subscriptionId: '3b9e1f52-6c0d-4f0a-9a57-2f4f7f0d8c11',
          certificate: 'https://smom-dbis-138-kv.vault.azure.net/secrets/rpc-certificate',
          vault:
            '/subscriptions/3b9e1f52-6c0d-4f0a-9a57-2f4f7f0d8c11/resourceGroups/smom/providers/Microsoft.KeyVault/vaults/smom-dbis-138-kv',
          origin: 'rpc-origin.smom.example.org',
        },
      },
    },
  ],
  phases: [
    {
      id: 'platform',
      title: 'Platform prerequisites',
      duration: '8-10 weeks of loc_az_hci and Sankofa, before everything else',
      needs: [],
      tasks: [platformTask],
      blocks: () => [],
    },
    {
      id: 'nodes',
      title: 'Tenant deployment: 18 machines, network and genesis',
      duration: '1-2 weeks',
      needs: [],
      tasks: [genesisTask],
      blocks: ({ domain: _domain, currency: _currency, azure: _azure, ...network }) => [
        block(besuNetwork, '', { ...network, chainId: CHAIN_ID }),
      ],
    },
    {
      id: 'contracts',
      title: 'Smart contracts',
      duration: '1 week',
      needs: ['toolchain'],
      tasks: contractTasks,
      blocks: () => [],
    },
    {
      id: 'integration',
      title: 'Configuration and integration',
      duration: '1 week, and 2 weeks of testing',
      needs: ['ccip-access', 'ethereum-mainnet'],
      tasks: integrationTasks,
      blocks: frontBlocks,
    },
  ],
  documents: { 'add-chain': ({ parameters }) => addChain(parameters) },
  source: 'Deployment Requirements Scope, section 2',
}

/** What a wallet is asked to add: the parameters of wallet_addEthereumChain (EIP-3085). Null without public addresses. */
const addChain = ({ domain, currency }: Parameters): unknown =>
  domain === undefined
    ? null
    : {
        chainId: `0x${CHAIN_ID.toString(16)}`,
        chainName: 'DeFi Oracle Meta Mainnet',
        nativeCurrency: { ...currency, decimals: 18 },
        rpcUrls: [`https://rpc.${domain}`],
        blockExplorerUrls: [`https://explorer.${domain}`],
      }
