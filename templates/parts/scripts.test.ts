// The scripts that machines run, run here: in a directory of their own, with stand-ins for the network.
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BESU_RELEASE } from '../besu-network/besu-service.ts'
import { firewallScript } from './firewall.ts'
import { installScript } from './release.ts'
import { vaultReaderScript } from './vault.ts'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'phoenix-scripts-'))
  for (const directory of ['bin', 'etc/phoenix', 'opt', 'tokens']) {
    mkdirSync(join(root, directory), { recursive: true })
  }
})
afterEach(() => rmSync(root, { recursive: true }))

/** A command that the script finds before the real one. */
const standIn = (name: string, script: string): void => {
  writeFileSync(join(root, 'bin', name), `#!/bin/sh\n${script}\n`)
  chmodSync(join(root, 'bin', name), 0o755)
}

const run = (script: string, ...words: string[]) => {
  const moved = script
    .replaceAll('/etc/phoenix', join(root, 'etc/phoenix'))
    .replaceAll('/opt/besu', join(root, 'opt/besu'))
    .replaceAll('/var/opt/azcmagent/tokens', join(root, 'tokens'))
  const env = { ...process.env, PATH: `${join(root, 'bin')}:${process.env.PATH}`, ROOT: root }
  return spawnSync('sh', ['-c', moved, 'script', ...words], { env, encoding: 'utf8' })
}

describe('installing Besu', () => {
  const release = (sha256: string) =>
    writeFileSync(join(root, 'etc/phoenix/besu-release'), `VERSION='1.2.3'\nSHA256='${sha256}'\n`)
  const downloads = () =>
    standIn('curl', 'while [ "$1" != -o ]; do shift; done; echo something else > "$2"')

  it('refuses without a checksum, before it downloads anything', () => {
    release('')
    standIn('curl', 'touch "$ROOT/called"')
    const { status, stderr } = run(installScript(BESU_RELEASE))
    expect([status, stderr]).toEqual([1, expect.stringContaining('no SHA-256 was given')])
    expect(() => statSync(join(root, 'called'))).toThrow()
  })

  it('refuses an archive with another checksum', () => {
    release('0'.repeat(64))
    downloads()
    const { status, stderr } = run(installScript(BESU_RELEASE))
    expect([status, stderr]).toEqual([1, expect.stringContaining('does not have the SHA-256')])
  })
})

describe('the firewall', () => {
  it('lets in exactly what its rules name', () => {
    standIn('ufw', 'echo "ufw $*"')
    writeFileSync(join(root, 'etc/phoenix/firewall'), 'tcp 10.0.0.1 30303\nudp 10.0.0.2 30303\n')
    const { status, stdout } = run(firewallScript())
    expect([status, stdout.trim().split('\n')]).toEqual([
      0,
      [
        'ufw default deny incoming',
        'ufw default allow outgoing',
        'ufw allow proto tcp from 10.0.0.1 to any port 30303',
        'ufw allow proto udp from 10.0.0.2 to any port 30303',
        'ufw --force enable',
      ],
    ])
  })
})

describe('reading a secret from the vault', () => {
  const absent = spawnSync('jq', ['--version']).status !== 0
  if (absent) console.log('skipped: jq is not on this machine')

  /** Azure Arc's agent (challenge, then token) and a vault; it notes every argument it is given. */
  const azure = `
echo "$*" >> "$ROOT/arguments"
case "$*" in
  *40342*-D*|*-D*40342*) printf 'HTTP/1.1 401\\r\\nWww-Authenticate: Basic realm=%s\\r\\n' "$ROOT/tokens/a.key" ;;
  *40342*) grep -q 'Basic challenge' && echo '{"access_token":"bearer-of-machine"}' ;;
  *vault.example*) grep -q 'Bearer bearer-of-machine' && echo '{"value":"the-value"}' ;;
esac`

  it.skipIf(absent)('writes it for its owner alone, and neither prints it nor passes it on', () => {
    standIn('curl', azure)
    standIn('chown', 'echo "$*" >> "$ROOT/owners"')
    writeFileSync(join(root, 'tokens/a.key'), 'challenge')
    writeFileSync(join(root, 'etc/phoenix/vault.env'), 'VAULT_URL=https://vault.example/\n')
    const file = join(root, 'key')
    const { status, stdout, stderr } = run(vaultReaderScript(), 'node-key', file, 'besu')
    expect([status, stdout, stderr]).toEqual([0, '', ''])
    expect(readFileSync(file, 'utf8')).toBe('the-value\n')
    expect(statSync(file).mode & 0o777).toBe(0o400)
    expect(readFileSync(join(root, 'owners'), 'utf8')).toContain('besu:besu')
    const words = readFileSync(join(root, 'arguments'), 'utf8')
    expect(words).toContain('https://vault.example/secrets/node-key?api-version=7.4')
    expect(words).not.toMatch(/bearer-of-machine|the-value|challenge/)
  })

  it.skipIf(absent).each([
    ['a challenge file elsewhere', 'tokens/../a.key', 'VAULT_URL=https://vault.example/\n'],
    ['no address of a vault', 'tokens/a.key', ''],
  ])('waits with %s', (_, challenge, vaultEnv) => {
    standIn('curl', azure.replace('tokens/a.key', challenge))
    standIn('sleep', 'kill $PPID')
    writeFileSync(join(root, 'a.key'), 'challenge')
    writeFileSync(join(root, 'tokens/a.key'), 'challenge')
    writeFileSync(join(root, 'etc/phoenix/vault.env'), vaultEnv)
    const { stderr } = run(vaultReaderScript(), 'node-key', join(root, 'key'), 'besu')
    expect(stderr).toContain('waiting for the vault')
    expect(() => statSync(join(root, 'key'))).toThrow()
  })
})
