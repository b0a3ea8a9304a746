// Every row of smom-dbis-138, as read against mission.md section 5.2 and the source: what it is, when it is made,
// on what it stands, who reaches it, where its data is, how it is kept, and which numbers are ours.
import { expect, it } from 'vitest'
import { courseOf, declaredOf, factLines, rowsBy, tableLines } from '../rows.fixture.ts'
import { smomDbis138 } from './system.ts'

/** Id, count, size of each (cores, memory, disk), kind, basis, phase, depends on, exposure, version floor, which numbers are derived. */
const TABLE = `
validator               | 4   | 4, 8 GiB, 16 GiB  | virtual-machine | rendered | nodes       | -                           | none    | - | count each
sentry                  | 4   | 4, 8 GiB, 14 GiB  | virtual-machine | rendered | nodes       | validator                   | none    | - | count each
bootnode                | 2   | 2, 6 GiB, 10 GiB  | virtual-machine | rendered | nodes       | validator                   | none    | - | count each
rpc                     | 3   | 6, 12 GiB, 18 GiB | virtual-machine | rendered | nodes       | sentry bootnode             | tunnel  | - | count each
archive                 | 1   | 6, 8 GiB, 28 GiB  | virtual-machine | rendered | nodes       | sentry bootnode             | none    | - | count each
monitoring              | 1   | 4, 8 GiB, 16 GiB  | virtual-machine | rendered | nodes       | validator                   | none    | - | count each
oracle                  | 1   | 4, 4 GiB, 10 GiB  | virtual-machine | rendered | nodes       | rpc                         | none    | - | count each
nginx-proxy             | 1   | 2, 4 GiB, 20 GiB  | virtual-machine | rendered | nodes       | rpc                         | private | - | count each
cloudflare-tunnel       | 1   | 2, 4 GiB, 10 GiB  | virtual-machine | rendered | nodes       | nginx-proxy                 | tunnel  | - | count each
link-token              | 1   | -                 | contract        | task     | contracts   | validator                   | public  | - | -
ccip-router             | 1   | -                 | contract        | task     | contracts   | link-token                  | public  | - | -
weth9                   | 1   | -                 | contract        | task     | contracts   | ccip-router                 | public  | - | -
weth10                  | 1   | -                 | contract        | task     | contracts   | ccip-router                 | public  | - | -
weth9-bridge            | 1   | -                 | contract        | task     | contracts   | ccip-router weth9           | public  | - | -
weth10-bridge           | 1   | -                 | contract        | task     | contracts   | ccip-router weth10          | public  | - | -
oracle-aggregator       | 1   | -                 | contract        | task     | contracts   | weth9-bridge weth10-bridge  | public  | - | -
application-gateway     | 0-1 | -                 | network         | optional | integration | rpc network-security-groups | public  | - | count
network-security-groups | 0-1 | -                 | network         | optional | integration | -                           | private | - | count
private-endpoint        | 0-1 | -                 | network         | optional | integration | -                           | private | - | count
ccip                    | 1   | -                 | external        | external | integration | -                           | public  | - | -
chainlink-oracles       | 1   | -                 | external        | external | integration | -                           | public  | - | -
ethereum-mainnet        | 1   | -                 | external        | external | integration | -                           | public  | - | -
metamask                | 1   | -                 | external        | external | integration | rpc                         | public  | - | -
backup-storage          | 1   | -                 | storage         | external | -           | -                           | none    | - | -
`

it('has rows, phases, dependencies, exposures and version floors of the source', () => {
  expect(factLines(smomDbis138)).toEqual(tableLines(TABLE))
})

it('says where data may be', () => {
  expect(rowsBy(smomDbis138, ({ residency }) => residency)).toEqual({
    'on the sites of loc_az_hci: ml110-01 (192.168.11.10) and r630-01 (192.168.11.11)':
      'validator sentry bootnode rpc archive monitoring oracle nginx-proxy cloudflare-tunnel backup-storage',
    'on the chain: on every node':
      'link-token ccip-router weth9 weth10 weth9-bridge weth10-bridge oracle-aggregator',
    'one Azure region of the European Union':
      'application-gateway network-security-groups private-endpoint',
  })
})

it('says how data is kept', () => {
  expect(rowsBy(smomDbis138, ({ backup }) => backup)).toEqual({
    'node state backups (named by the source, without a schedule)':
      'validator sentry bootnode rpc archive monitoring oracle nginx-proxy cloudflare-tunnel',
  })
})

it('points to the source of each row', () => {
  expect(rowsBy(smomDbis138, ({ source }) => source)).toEqual({
    'Deployment Requirements Scope, section 2 and resource summary 2':
      'validator sentry bootnode rpc archive monitoring oracle nginx-proxy cloudflare-tunnel',
    'Deployment Requirements Scope, section 2, smart contracts':
      'link-token ccip-router weth9 weth10 weth9-bridge weth10-bridge oracle-aggregator',
    'Deployment Requirements Scope, section 2, networking':
      'application-gateway network-security-groups private-endpoint',
    'Deployment Requirements Scope, section 2, external services':
      'ccip chainlink-oracles ethereum-mainnet metamask',
    'Deployment Requirements Scope, section 2, storage': 'backup-storage',
  })
})

it('prints the totals that the source declares for a row, and no other', () => {
  expect(declaredOf(smomDbis138)).toEqual({})
})

it('takes the weeks, the phases and the prerequisites of the source', () => {
  expect(courseOf(smomDbis138)).toEqual({
    weeks: '12-15',
    requires: ['loc_az_hci', 'sankofa'],
    declared: '72, 140 GiB, 278 GiB',
    phases: [
      ['platform', '8-10 weeks of loc_az_hci and Sankofa, before everything else', ''],
      ['nodes', '1-2 weeks', ''],
      ['contracts', '1 week', 'toolchain'],
      ['integration', '1 week, and 2 weeks of testing', 'ccip-access ethereum-mainnet'],
    ],
  })
})
