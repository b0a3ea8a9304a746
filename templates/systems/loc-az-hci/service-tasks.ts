// What people do for the services of loc_az_hci: secrets beforehand, onboarding and looks afterwards, and the tests.
import {
  ChainServices,
  HostLossTested,
  MachinesInArc,
  RestoreTested,
  Tested,
  VaultFilled,
  WatchedAndServed,
} from '../../../schemas/tasks/loc-az-hci.ts'
import { serviceAddress } from './blocks.ts'
import { PLATFORM_OPERATOR } from './cluster-tasks.ts'
import { AZURE_OPERATOR, HOST_OPERATOR, type LocTask, SCOPE } from './tasks.ts'

export const serviceTasks: LocTask[] = [
  {
    id: 'vault-filled',
    title: 'Put the tunnel’s credentials into the vault',
    owner: PLATFORM_OPERATOR,
    when: 'before',
    after: [],
    inputs: VaultFilled,
    steps: ({ name, parameters: { domain, certificate, git } }) => [
      `\`cloudflared tunnel create ${name}\`, and for each public name \`cloudflared tunnel route dns ${name} <name>\`: ${git === 'git-server' ? `git.${domain}, ` : ''}explorer.${domain}.`,
      `\`az keyvault secret set --vault-name <vault> --name ${name}-tunnel-credentials --file <credentials.json>\`, then delete the file.`,
      certificate === undefined
        ? 'The proxy has no certificate, and speaks plain HTTP to the site.'
        : `The certificate ${certificate} for *.${domain} lies in the same vault, as PEM with its key.`,
      'Report the vault’s address and the names of the secrets; not their values.',
    ],
    source: `${SCOPE}, external services: Cloudflare`,
  },
  {
    id: 'machines-in-arc',
    title: 'Onboard the machines to Azure Arc',
    owner: AZURE_OPERATOR,
    when: 'after',
    after: [],
    inputs: MachinesInArc,
    steps: ({ name, parameters: { azure } }) => [
      `On ${name}-tunnel and every other machine: install the agent and \`azcmagent connect --subscription-id ${azure.subscriptionId} --resource-group ${azure.resourceGroup} --location ${azure.location} --tenant-id <Entra tenant>\`.`,
      'Allow the machine’s identity to read its own secrets: `az role assignment create --role "Key Vault Secrets User" --assignee <its principal id> --scope <id of the secret>`.',
      'Write `VAULT_URL=https://<vault>.vault.azure.net` into `/etc/phoenix/vault.env` on it.',
      'Report name, resource id, version of the agent and status of each.',
    ],
    source: `${SCOPE}, deployment phase 2: VM creation and onboarding`,
  },
  {
    id: 'chain-services',
    title: 'Confirm Besu, FireFly and the explorer',
    owner: 'the chain operator',
    when: 'after',
    after: ['machines-in-arc'],
    inputs: ChainServices,
    steps: ({ name, parameters }) => [
      `On ${name}-besu-1: \`systemctl status besu-install besu\`. Without a genesis it waits, and FireFly and the explorer wait with it: report \`waiting\`. Chain 138 is made by smom-dbis-138, which comes later.`,
      `Where the chain is there already: put its nodes into \`/etc/besu/static-nodes.json\` and its genesis into \`/etc/besu/genesis.json\` (as genesis.json.new first, then \`mv\`), have the chain’s nodes allow this one, and \`curl -s -H 'content-type: application/json' -d '{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber","params":[]}' http://${serviceAddress(parameters, 'besu-1')}:8545\` grows.`,
      'Report versions, number of nodes, and the block number or null.',
    ],
    source: `${SCOPE}, deployment phase 6: blockchain services (Besu, Firefly)`,
  },
  {
    id: 'watched-and-served',
    title: 'Confirm Cacti, the proxy and the tunnel',
    owner: PLATFORM_OPERATOR,
    when: 'after',
    after: ['machines-in-arc'],
    inputs: WatchedAndServed,
    steps: ({ name, parameters: { domain } }) => [
      `Finish the set-up of Cacti at http://cacti.${domain}/cacti from inside the site, with passwords of your own, and add the hosts by SNMP.`,
      `\`cloudflared tunnel info ${name}\` shows connections.`,
      `\`curl -sI https://explorer.${domain}\` answers from outside.`,
      'Report version and devices of Cacti, id and connections of the tunnel, and which addresses answer.',
    ],
    source: `${SCOPE}, deployment phase 6: monitoring (Cacti), proxy services (Nginx)`,
  },
]

export const testTasks: LocTask[] = [
  {
    id: 'tests',
    title: 'Test the services together',
    owner: PLATFORM_OPERATOR,
    when: 'before',
    after: [],
    inputs: Tested,
    steps: () => [
      'Run the acceptance tests: names, GitOps from a commit to a running pod, Arc, monitoring.',
      'Report how many tests ran, that none failed, and the digest of the report (`sha256sum`).',
    ],
    source: `${SCOPE}, estimated timeline: testing and validation; critical path 5`,
  },
  {
    id: 'restore',
    title: 'Bring one machine back from its backup',
    owner: HOST_OPERATOR,
    when: 'before',
    after: [],
    inputs: RestoreTested,
    steps: ({ name }) => [
      `\`vzdump <VM id> --mode snapshot --storage <storage>\` of ${name}-git or another machine that holds data.`,
      '`qmrestore <archive> <free VM id> --unique 1`, start it without a network, and compare its files with the original’s.',
      'Report machine, time of the backup, minutes and differences.',
    ],
    source: `${SCOPE}, estimated timeline: testing and validation`,
  },
  {
    id: 'host-loss',
    title: 'Lose a host on purpose',
    owner: HOST_OPERATOR,
    when: 'before',
    after: ['restore'],
    inputs: HostLossTested,
    steps: () => [
      'In an agreed hour, shut one host down. On another one `pvecm status` still says Quorate: Yes.',
      'Count the machines that stopped, start the host again, and wait until all of them run.',
      'Report host, votes left, quorum, machines stopped and minutes until all was back.',
    ],
    source: `${SCOPE}, overview: high availability`,
  },
]
