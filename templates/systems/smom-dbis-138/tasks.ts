// What people do for smom-dbis-138: contracts in the order of the source, then chain, bridges, feeds and verification.
// Phoenix deploys no contract and holds no key; it asks for what was done, in order, in forms that can be checked.
import type { SmomDbis138Parameters } from '../../../schemas/parameters/systems/smom-dbis-138.ts'
import type { Task } from '../../../schemas/system.ts'
import {
  AuditPassed,
  BridgeDestinations,
  ChainRegistered,
  ChainRuns,
  CrossplaneConnected,
  Deployed,
  PriceFeeds,
  RpcReached,
  Verified,
} from '../../../schemas/tasks/smom-dbis-138.ts'

type SmomTask = Task<SmomDbis138Parameters>
const SCOPE = 'Deployment Requirements Scope, section 2'
const ENGINEER = 'the contract engineer'

const deployment = (id: string, contract: string, after: string[]): SmomTask => ({
  id,
  title: `Deploy ${contract}`,
  owner: ENGINEER,
  when: 'before',
  after,
  inputs: Deployed,
  steps: () => [
    `Build at the audited tag: \`forge build\`, and compare the bytecode with the audit’s.`,
    `Deploy: \`forge create ${contract} --rpc-url $RPC_URL --account $ACCOUNT\`; the key stays in the keystore or HSM.`,
    'Check that code is there: `cast code $ADDRESS --rpc-url $RPC_URL`.',
    'Report chain id, address, transaction hash and block number.',
  ],
  source: `${SCOPE}, smart contract deployment`,
})

/** The source names the LINK token in the list but not in the order; what needs it is the router, so it is first. */
export const contractTasks: SmomTask[] = [
  deployment('link-token', 'MockLinkToken', []),
  deployment('ccip-router', 'CCIPRouter', ['link-token']),
  deployment('weth9', 'WETH9', ['ccip-router']),
  deployment('weth10', 'WETH10', ['ccip-router']),
  deployment('weth9-bridge', 'CCIPWETH9Bridge', ['weth9']),
  deployment('weth10-bridge', 'CCIPWETH10Bridge', ['weth10']),
  deployment('oracle-aggregator', 'OracleAggregator', ['weth9-bridge', 'weth10-bridge']),
  {
    id: 'verification',
    title: 'Verify the contracts’ sources',
    owner: ENGINEER,
    when: 'before',
    after: ['oracle-aggregator'],
    inputs: Verified,
    steps: () => [
      'Verify each of the seven contracts: `forge verify-contract $ADDRESS $NAME --verifier blockscout`.',
      'Report the explorer’s address and the seven addresses it shows as verified.',
    ],
    source: `${SCOPE}, contract verification`,
  },
]

export const integrationTasks: SmomTask[] = [
  {
    id: 'chain-registration',
    title: 'Register the chain with CCIP',
    owner: 'the CCIP operator',
    when: 'before',
    after: [],
    inputs: ChainRegistered,
    steps: () => [
      'Have the chain selector of chain 138 assigned.',
      'Set on- and off-ramps on the router and note the transaction.',
      'Report selector, router and transaction.',
    ],
    source: `${SCOPE}, CCIP chain configuration`,
  },
  {
    id: 'bridge-destinations',
    title: 'Set the bridges’ destinations',
    owner: ENGINEER,
    when: 'before',
    after: ['chain-registration'],
    inputs: BridgeDestinations,
    steps: () => [
      'For each destination: `cast send $BRIDGE "addDestination(uint64,address)" $SELECTOR $RECEIVER`.',
      'Report bridge, selector, receiver and transaction of each.',
    ],
    source: `${SCOPE}, bridge destination setup`,
  },
  {
    id: 'price-feeds',
    title: 'Connect the price feeds',
    owner: 'the oracle operator',
    when: 'before',
    after: [],
    inputs: PriceFeeds,
    steps: () => [
      'Give the oracle worker its sources and the aggregator’s address.',
      'Wait for two rounds of each feed: `cast call $AGGREGATOR "latestRoundData()"`.',
      'Report pairs, decimals, heartbeat and deviation.',
    ],
    source: `${SCOPE}, oracle feed configuration`,
  },
  {
    id: 'security-audit',
    title: 'Complete security scanning and audit',
    owner: 'the auditor',
    when: 'before',
    after: ['bridge-destinations', 'price-feeds'],
    inputs: AuditPassed,
    steps: () => [
      'Scan contracts and hosts; have the findings fixed.',
      'Report the digest of the report and that no critical finding is open.',
    ],
    source: `${SCOPE}, critical path 8`,
  },
  {
    id: 'rpc-reached',
    title: 'Reach the RPC as a wallet does',
    owner: 'the network operator',
    when: 'after',
    after: [],
    inputs: RpcReached,
    steps: ({ name, parameters: { domain, azure } }) => [
      ...(azure === undefined
        ? [
            `Lead the public name ${domain === undefined ? '(none was asked for: name a domain first)' : `rpc.${domain}`} to the tunnel of ${name}-cloudflare-tunnel-01.`,
          ]
        : [
            `Lead ${azure.origin} to the tunnel and rpc.${domain} to the gateway: \`kubectl get configmap ${name}-gateway-address -o jsonpath={.data.ip}\`.`,
            `Give the gateway’s identity the role Key Vault Secrets User on the vault: \`kubectl get configmap ${name}-gateway-identity -o jsonpath={.data.principal-id}\`, then \`az role assignment create\`.`,
          ]),
      '`cast chain-id --rpc-url $URL` says 138 from outside, and `cast block-number --rpc-url $URL` grows.',
      'Send the document add-chain to a wallet, and have it show the chain.',
      'Report address, way, chain id (0x8a) and block number.',
    ],
    source: `${SCOPE}, networking; external services (MetaMask)`,
  },
]

export const platformTask: SmomTask = {
  id: 'crossplane-connected',
  title: 'Confirm that Crossplane reaches the Proxmox hosts',
  owner: 'the platform operator',
  when: 'before',
  after: [],
  inputs: CrossplaneConnected,
  steps: ({ parameters }) => [
    '`kubectl get provider provider-proxmox-bpg` says Installed and Healthy.',
    `\`kubectl get environmentnodes\` or the provider’s log shows the hosts of ${parameters.sites.join(' and ')}.`,
    'Report the name of the provider’s configuration and how many hosts it reaches.',
  ],
  source: `${SCOPE}, deployment phase 1`,
}

export const genesisTask: SmomTask = {
  id: 'genesis',
  title: 'Confirm that the chain makes blocks',
  owner: 'the chain operator',
  when: 'after',
  after: [],
  inputs: ChainRuns,
  steps: ({ name }) => [
    `On ${name}-rpc-01: \`cast chain-id\` says 138, \`cast block 0\` shows the genesis hash.`,
    '`cast block-number` grows.',
    '`qbft_getValidatorsByBlockNumber("latest")` names every validator of the plan.',
    'Report chain id, genesis hash, block number and number of validators.',
  ],
  source: `${SCOPE}, critical path 5`,
}
