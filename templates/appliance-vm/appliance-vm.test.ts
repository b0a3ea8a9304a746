// Each appliance as its machine reads it: sizes, what is let in, that nothing secret is in it, and that what it
// downloads is checked.
import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { suspects } from '../../gitops/secrets.ts'
import { ApplianceVmParameters } from '../../schemas/parameters/appliance-vm.ts'
import { exampleInput } from '../example-inputs.ts'
import type { CloudConfig } from '../parts/cloud-init.ts'
import { examples } from './examples.ts'
import { applianceVm } from './template.ts'

type Sent = { appliance: { kind: string; [key: string]: unknown }; [key: string]: unknown }

const sent = (kind: string): Sent => {
  const found = examples.find(({ parameters }) => (parameters as Sent).appliance.kind === kind)
  if (!found) throw new Error('no example')
  return structuredClone(found.parameters) as Sent
}
const inputOf = (parameters: unknown) =>
  exampleInput(applianceVm as never, { name: 'box', parameters }) as never
const userDataOf = (parameters: unknown): CloudConfig => {
  const file = applianceVm
    .render(inputOf(parameters))
    .flatMap(({ objects }) => objects)
    .find(({ kind }) => kind === 'EnvironmentFile') as unknown as {
    spec: { forProvider: { sourceRaw: [{ data: { $cloudConfig: CloudConfig } }] } }
  }
  return file.spec.forProvider.sourceRaw[0].data.$cloudConfig
}
const fileOf = (parameters: unknown, path: string): string =>
  userDataOf(parameters).write_files?.find((file) => file.path === path)?.content ?? ''
const rulesOf = (parameters: unknown) => fileOf(parameters, '/etc/phoenix/firewall')
const KINDS = examples.map(({ parameters }) => (parameters as Sent).appliance.kind)

describe('a machine', () => {
  it.each([
    ['nginx-proxy', 2, 4, 50],
    ['cloudflare-tunnel', 2, 4, 50],
    ['cacti', 2, 4, 100],
    ['firefly', 4, 16, 100],
    ['blockscout', 4, 16, 200],
    ['git-server', 4, 8, 100],
    ['besu-node', 4, 16, 200],
  ])('of %s has %d cores, %d GB and %d GB unless told, and never less', (kind, ...least) => {
    const [cores, memory, disk] = least as [number, number, number]
    const [vm] = applianceVm.demand('box', ApplianceVmParameters.parse(sent(kind))).vms
    expect(vm).toMatchObject({ role: kind, cores, memoryMiB: Math.ceil((memory * 1e9) / 2 ** 20) })
    expect(vm?.diskGiB).toBe(Math.ceil((disk * 1e9) / 2 ** 30))
    const smaller = sent(kind)
    smaller.appliance.size = { cores: cores - 1 }
    expect(ApplianceVmParameters.safeParse(smaller).success).toBe(false)
  })

  it.each(KINDS)('of %s starts its firewall before anything else, and holds no secret', (kind) => {
    const config = userDataOf(sent(kind))
    expect(config.packages).toContain('ufw')
    expect(config.runcmd[1]).toEqual(['/usr/local/sbin/phoenix-firewall'])
    expect(suspects(JSON.stringify(config, null, 2))).toEqual([])
    for (const { content } of config.write_files ?? []) expect(suspects(content)).toEqual([])
  })
})

describe('scripts and units', () => {
  it.each(KINDS)('of %s can be read by a shell, and start only what is there', (kind) => {
    const { write_files = [], runcmd } = userDataOf(sent(kind))
    const scripts = write_files.filter(({ permissions }) => permissions === '0755')
    for (const { content } of scripts) execFileSync('sh', ['-n'], { input: content })
    const paths = new Set(write_files.map(({ path }) => path))
    const ours = write_files
      .flatMap(({ content }) => [...content.matchAll(/^Exec\w+=(\/usr\/local\S+)/gm)])
      .map(([, program = '']) => program)
    for (const program of [...ours, ...runcmd.map(([program = '']) => program)]) {
      if (program.startsWith('/')) expect(paths).toContain(program)
    }
    for (const unit of runcmd.flat().filter((word) => word.endsWith('.service'))) {
      expect(paths).toContain(`/etc/systemd/system/${unit}`)
    }
  })
})

describe('let in', () => {
  it('is the site, or the networks named, to the ports of the service', () => {
    expect(rulesOf(sent('cacti'))).toBe('tcp 192.168.11.0/24 80\n')
    expect(rulesOf({ ...sent('git-server'), allowFrom: ['10.1.0.0/16', '10.2.0.0/16'] })).toBe(
      [
        'tcp 10.1.0.0/16 3000\ntcp 10.2.0.0/16 3000\n',
        'tcp 10.1.0.0/16 2222\ntcp 10.2.0.0/16 2222\n',
      ].join(''),
    )
  })

  it('is nobody to a tunnel', () => {
    expect(rulesOf(sent('cloudflare-tunnel'))).toBe('')
  })

  it.each(['firefly', 'blockscout'])(
    'is nobody around the firewall by way of Docker: %s',
    (kind) => {
      const daemon = JSON.parse(fileOf(sent(kind), '/etc/docker/daemon.json'))
      expect(daemon.ip).toBe('127.0.0.1')
      const compose = fileOf(sent(kind), '/etc/blockscout/compose.json')
      for (const port of compose.match(/"[0-9.:]+:[0-9]+"/g) ?? []) {
        expect(port).toMatch(/^"127\.0\.0\.1:/)
      }
    },
  )
})

describe('what is downloaded', () => {
  const findings = (parameters: unknown) =>
    applianceVm.findings(inputOf(parameters)).map(({ rule, pointer }) => `${rule} ${pointer}`)

  it.each([
    ['cloudflare-tunnel', 'release'],
    ['firefly', 'cli'],
    ['git-server', 'release'],
    ['besu-node', 'release'],
  ])('by %s is missed when its SHA-256 is not given', (kind, parameter) => {
    const missed = `DOWNLOAD-CHECKSUM /parameters/appliance/${parameter}/sha256`
    expect(findings(sent(kind))).toContain(missed)
    const given = sent(kind)
    given.appliance[parameter] = { sha256: 'a'.repeat(64) }
    expect(findings(given)).not.toContain(missed)
  })

  it.each(['nginx-proxy', 'cacti', 'blockscout'])('by %s needs none', (kind) => {
    expect(findings(sent(kind)).filter((found) => found.startsWith('DOWNLOAD'))).toEqual([])
  })
})

describe('a proxy', () => {
  it('starts after its certificates, which only the vault has', () => {
    const unit = fileOf(
      sent('nginx-proxy'),
      '/etc/systemd/system/nginx.service.d/certificates.conf',
    )
    expect(unit).toBe('[Unit]\nRequires=tls-0.service\nAfter=tls-0.service\n')
    expect(fileOf(sent('nginx-proxy'), '/etc/systemd/system/tls-0.service')).toContain(
      "'portal-example-org' '/run/tls-0/certificate.pem' 'root'",
    )
  })

  it('without certificates asks no vault', () => {
    const plain = sent('nginx-proxy')
    plain.appliance.sites = [
      { hostname: 'a.example.org', upstreams: [{ address: '192.0.2.1', port: 80 }] },
    ]
    expect(JSON.stringify(userDataOf(plain))).not.toContain('vault')
  })
})

describe('a Besu node', () => {
  const paths = { config: '/etc/besu/config.toml', peers: '/etc/besu/static-nodes.json' }
  const wait = '/usr/local/sbin/phoenix-besu-genesis'

  it('has the address asked for, answers to it, and makes its own key', () => {
    const asked = applianceVm.demand('box', ApplianceVmParameters.parse(sent('besu-node')))
    expect(asked.firstAddress).toBe('192.168.11.244')
    const config = fileOf(sent('besu-node'), paths.config)
    expect(config).toContain('host-allowlist=["localhost", "127.0.0.1", "192.168.11.101"]')
    expect(config).not.toContain('node-private-key-file')
  })

  it('connects to the peers named and starts only after the genesis that was meant', () => {
    expect(JSON.parse(fileOf(sent('besu-node'), paths.peers))).toEqual([
      `enode://${'3f'.repeat(64)}@192.168.11.114:30303`,
    ])
    expect(fileOf(sent('besu-node'), wait)).toContain(`sha256='${'c4'.repeat(32)}'`)
    expect(fileOf(sent('besu-node'), '/etc/systemd/system/besu.service')).toContain(
      'Requires=besu-install.service besu-genesis.service\n',
    )
  })

  it('refuses a peer that is none', () => {
    const node = sent('besu-node')
    node.appliance.peers = [`enode://${'3f'.repeat(64)}@192.168.11.300:30303`]
    expect(ApplianceVmParameters.safeParse(node).success).toBe(false)
  })
})

describe('FireFly', () => {
  it('is of one party without a contract, of several with one', () => {
    const several = sent('firefly')
    several.appliance.contract = `0x${'a'.repeat(40)}`
    const script = '/usr/local/sbin/phoenix-firefly'
    expect(fileOf(sent('firefly'), script)).toContain('--multiparty=false')
    expect(fileOf(several, script)).toContain(
      `--multiparty=true --contract-address '0x${'a'.repeat(40)}'`,
    )
  })
})

describe('refused', () => {
  it.each([
    ['an address of a node with a password', 'http://user:word@192.168.11.1:8545'],
    ['an address with a shell in it', 'http://192.168.11.1:8545/$(id)'],
    ['a port that is none', 'http://192.168.11.1:70000'],
  ])('%s', (_, rpcUrl) => {
    const firefly = sent('firefly')
    firefly.appliance.rpcUrl = rpcUrl
    expect(ApplianceVmParameters.safeParse(firefly).success).toBe(false)
  })
})
