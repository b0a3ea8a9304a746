// What the machines are told: judged by cloud-init's own schema, Besu's list of options, a TOML parser and a shell.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Validator } from '@cfworker/json-schema'
import { parse as parseToml } from 'smol-toml'
import { describe, expect, it } from 'vitest'
import { parse as parseYaml } from 'yaml'
import type { BesuNetworkParameters } from '../../schemas/parameters/besu-network.ts'
import type { RenderInput } from '../../schemas/template.ts'
import { exampleInput, exampleSite } from '../example-inputs.ts'
import { findTemplate } from '../index.ts'
import type { CloudConfig } from '../parts/cloud-init.ts'
import { heapGiB } from './besu-service.ts'
import { chainFiles, configFile, permissionsFile, staticNodesFile } from './chain-files.ts'
import { machineUserData } from './machine.ts'
import { networkOf } from './nodes.ts'
import { CHAIN_ROLES } from './roles.ts'

const BESU = join(import.meta.dirname, '../../../shared/data/besu')
const absent = !existsSync(BESU)
if (absent) console.log('skipped: no Besu and cloud-init facts beside the repository')

const template = findTemplate('besu-network')
if (!template) throw new Error('no besu-network')
const input = exampleInput(template, {
  name: 'smom-dbis-138',
  parameters: { sites: ['r630-01', 'ml110-01'] },
}) as RenderInput<BesuNetworkParameters>
const network = networkOf(input)
const site = exampleSite('r630-01')
const dataOf = (node: string): CloudConfig => {
  const machine = network.machines.find((candidate) => candidate.node === node)
  if (!machine) throw new Error('no such machine')
  return machineUserData(network, machine, site)
}
const fileOf = (node: string, path: string): string => {
  const file = dataOf(node).write_files?.find((candidate) => candidate.path === path)
  if (!file) throw new Error(`${node} has no ${path}`)
  return file.content
}
const rulesOf = (node: string): string[] => fileOf(node, '/etc/phoenix/firewall').trim().split('\n')
const addressOf = (node: string): string =>
  network.machines.find((machine) => machine.node === node)?.vm.address ?? ''

describe('user-data', () => {
  it.skipIf(absent)('passes cloud-init’s schema on every machine, and a typo does not', () => {
    const schema = JSON.parse(readFileSync(join(BESU, 'cloud-config.schema.json'), 'utf8'))
    const validator = new Validator(schema, '4', false)
    for (const { node } of network.machines) {
      expect(validator.validate(dataOf(node)).errors, node).toEqual([])
    }
    expect(validator.validate({ ...dataOf('rpc-01'), packges: [] }).valid).toBe(false)
  })

  it('carries the same chain texts that the ConfigMap shows', () => {
    const shown = chainFiles(network)
    for (const { node, role } of network.chain) {
      expect(fileOf(node, '/etc/besu/genesis.json')).toBe(shown['genesis.json'])
      expect(fileOf(node, '/etc/besu/permissions_config.toml')).toBe(
        shown['permissions_config.toml'],
      )
      expect(fileOf(node, '/etc/besu/config.toml')).toBe(shown[`config-${role}.toml`])
      expect(fileOf(node, '/etc/besu/static-nodes.json')).toBe(shown[`static-nodes-${role}.json`])
    }
  })

  it('names the key’s place in the vault and holds no key', () => {
    for (const { node, vm } of network.chain) {
      const unit = fileOf(node, '/etc/systemd/system/besu-key.service')
      expect(unit).toContain(`'${vm.name}-node-key'`)
      const text = JSON.stringify(dataOf(node)).replaceAll('\\n', '\n')
      // 32 bytes in hex that stand alone: only the fixed mixHash may.
      const raw = [...text.matchAll(/(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g)].map(
        ([found]) => found,
      )
      expect(new Set(raw)).toEqual(
        new Set(['63746963616c2062797a616e74696e65206661756c7420746f6c6572616e6365']),
      )
    }
  })

  it('has scripts that a shell can read', () => {
    for (const { node } of network.machines) {
      for (const { permissions, content } of dataOf(node).write_files ?? []) {
        if (permissions === '0755') execFileSync('sh', ['-n'], { input: content })
      }
    }
  })
})

describe('config.toml', () => {
  it.skipIf(absent)('uses only options that Besu has', () => {
    const { options } = JSON.parse(readFileSync(join(BESU, 'config-options.json'), 'utf8'))
    for (const role of CHAIN_ROLES) {
      const keys = Object.keys(parseToml(configFile(network, role)))
      expect(
        keys.filter((key) => !Object.hasOwn(options, key)),
        role,
      ).toEqual([])
    }
    expect(options['p2p-host'].env).toBe('BESU_P2P_HOST')
  })

  it('differs by role as the topology wants', () => {
    const config = Object.fromEntries(
      CHAIN_ROLES.map((role) => [role, parseToml(configFile(network, role))]),
    )
    expect(config.validator).toMatchObject({
      'discovery-enabled': false,
      'rpc-http-host': '127.0.0.1',
      'min-gas-price': 0,
      'rpc-http-api': ['ETH', 'NET', 'QBFT', 'ADMIN'],
    })
    expect(config.validator).not.toHaveProperty('bootnodes')
    expect(config.sentry?.bootnodes).toHaveLength(2)
    expect(config.rpc).toMatchObject({ 'rpc-http-host': '0.0.0.0', 'rpc-ws-enabled': true })
    expect(config.archive).toMatchObject({ 'data-storage-format': 'FOREST' })
    // A Besu with Bonsai and full sync does not start when this is set to true.
    expect(config.rpc).not.toHaveProperty('bonsai-limit-trie-logs-enabled')
  })

  it('lets in every node of the chain, bootnodes included, and lists peers by role', () => {
    const allowed = parseToml(permissionsFile(network))['nodes-allowlist'] as string[]
    expect(allowed).toHaveLength(14)
    const bootnodes = parseToml(configFile(network, 'rpc')).bootnodes as string[]
    expect(allowed).toEqual(expect.arrayContaining(bootnodes))
    const peers: string[] = JSON.parse(staticNodesFile(network, 'validator'))
    expect(peers).toHaveLength(8)
    for (const peer of peers) expect(peer).toMatch(/^enode:\/\/[0-9a-f]{128}@[0-9.]+:30303$/)
  })

  it.each([
    [4, 2],
    [6, 4],
    [8, 4],
    [12, 6],
    [1, 1],
  ])('gives the JVM of a %i GiB machine %i GiB', (memory, heap) => {
    expect(heapGiB(memory * 1024)).toBe(heap)
  })
})

describe('the firewall', () => {
  it('opens a validator to validators and sentries only', () => {
    const sources = rulesOf('validator-01').map((rule) => rule.split(' '))
    const peers = ['validator-02', 'validator-03', 'validator-04', 'sentry-01', 'sentry-02']
    expect(sources.filter(([, , port]) => port === '30303').map(([, from]) => from)).toEqual(
      [...peers, 'sentry-03', 'sentry-04'].map(addressOf),
    )
    expect(sources.some(([protocol]) => protocol === 'udp')).toBe(false)
    expect(sources.some(([, , port]) => port === '8545' || port === '22')).toBe(false)
  })

  it('opens public RPC to the proxy, the private one to the oracle, and the proxy to the tunnel', () => {
    const proxy = addressOf('nginx-proxy-01')
    const oracle = addressOf('oracle-01')
    expect(rulesOf('rpc-01')).toContain(`tcp ${proxy} 8545`)
    expect(rulesOf('rpc-01')).not.toContain(`tcp ${oracle} 8545`)
    expect(rulesOf('rpc-03')).toContain(`tcp ${oracle} 8545`)
    expect(rulesOf('rpc-03')).not.toContain(`tcp ${proxy} 8545`)
    expect(rulesOf('nginx-proxy-01')).toContain(`tcp ${addressOf('cloudflare-tunnel-01')} 80`)
    expect(rulesOf('cloudflare-tunnel-01')).toEqual([`tcp ${addressOf('monitoring-01')} 9100`])
  })
})

describe('infrastructure', () => {
  it('has a tunnel whose last rule matches everything, and a proxy that knows the public nodes', () => {
    const { ingress } = parseYaml(fileOf('cloudflare-tunnel-01', '/etc/cloudflared/config.yml'))
    expect(ingress.at(-1)).toEqual({ service: 'http_status:404' })
    const nginx = fileOf('nginx-proxy-01', '/etc/nginx/conf.d/rpc.conf')
    expect(nginx).toContain(`server ${addressOf('rpc-02')}:8545;`)
    expect(nginx).not.toContain(addressOf('rpc-03'))
  })

  it('scrapes every node once', () => {
    const config = parseYaml(fileOf('monitoring-01', '/etc/prometheus/prometheus.yml'))
    const counts = config.scrape_configs.map(
      (job: { static_configs: unknown[] }) => job.static_configs.length,
    )
    expect(counts).toEqual([14, 18])
  })
})

describe('a network of validators only', () => {
  it('still renders: nobody to proxy, nobody to watch', () => {
    const groups = [
      {
        role: 'validator',
        count: 4,
        cores: 2,
        memory: { value: 8, unit: 'GiB' },
        disk: { value: 20, unit: 'GiB' },
      },
      {
        role: 'nginx-proxy',
        count: 1,
        cores: 1,
        memory: { value: 2, unit: 'GiB' },
        disk: { value: 10, unit: 'GiB' },
      },
    ]
    const small = exampleInput(template, { name: 'n', parameters: { sites: ['r630-01'], groups } })
    expect(template.render(small)[0]?.objects).toHaveLength(1 + 2 + 5 + 5)
  })
})
