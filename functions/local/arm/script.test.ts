// The onboarding script as a shell runs it, with stand-ins of everything it calls in the PATH that write down how they were called:
// whatever a machine and its tags are named, nothing else runs, the token is in no command line, and nothing of it stays.
import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  configOf,
  type Onboarding,
  onboardingText,
} from '../../../edge-workers/actors/tenant/arc/machines/script.ts'
import { configIn } from './agent.ts'

const TOKEN = 'eyJ.the-token.of-this-test'
const asked = (more: Partial<Onboarding> = {}): Onboarding => ({
  ...{ id: 'amc_aaaaaaaaaaaaaaaaaaaaaaaaaa', name: 'pve-1', tags: {}, token: TOKEN },
  scope: {
    ...{ subscriptionId: '00000000-0000-4000-8000-000000000001', resourceGroup: 'rg-(one)' },
    ...{ location: 'westeurope', entraTenantId: '00000000-0000-4000-8000-00000000beef' },
  },
  ...{ expiresAt: '2026-11-22T13:00:00.000Z', correlationId: '0', simulated: false, ...more },
})

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'phoenix-script-'))
  const fakes: Record<string, string> = {
    id: 'echo 0',
    uname: 'echo x86_64',
    wget: 'for last; do :; done; echo "echo installer >> $NOTES" > "$last"',
    azcmagent: '[ "$2" = --config ] && cp "$3" "$NOTES.config" && stat -c %a "$3" >> "$NOTES"',
  }
  for (const [name, body] of Object.entries(fakes)) {
    const path = join(folder, name)
    writeFileSync(path, `#!/bin/bash\nprintf '${name}: %s\\n' "$*" >> "$NOTES"\n${body}\n`)
    chmodSync(path, 0o755)
  }
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const run = (script: string, { agent = true } = {}) => {
  if (!agent) rmSync(join(folder, 'azcmagent'))
  const notes = join(folder, 'notes')
  const work = join(folder, 'work')
  execFileSync('mkdir', ['-p', work])
  const done = spawnSync('bash', [], {
    ...{ input: script, cwd: folder, encoding: 'utf8' },
    env: {
      PATH: `${folder}:/usr/bin:/bin`,
      NOTES: notes,
      TMPDIR: work,
      CANARY: join(folder, 'canary'),
    },
  })
  return {
    ...{ status: done.status, said: `${done.stdout}${done.stderr}` },
    notes: existsSync(notes) ? readFileSync(notes, 'utf8') : '',
    config: existsSync(`${notes}.config`) ? readFileSync(`${notes}.config`, 'utf8') : '',
    left: readdirSync(work),
    canary: existsSync(join(folder, 'canary')),
  }
}

const HOSTILE = [
  ...[
    '$(touch $CANARY)',
    '`touch $CANARY`',
    "'; touch $CANARY; '",
    '"; touch $CANARY; "',
    '$CANARY',
  ],
  ...[
    '\nPHOENIX_CONFIG\ntouch $CANARY\n',
    '\\',
    "\\'",
    '!!',
    '%s%n',
    '$' + '{IFS}',
    '-rf /',
    '*',
    '~',
    '#',
  ],
  ...['Ä 漢 🜂', '\u2028', '\u0000', '}\n}\ntouch $CANARY', '&& touch $CANARY &', '| touch $CANARY'],
]

describe.skipIf(process.platform !== 'linux')('the onboarding script', () => {
  it('says everything to the agent in a file of its own, and takes it away', () => {
    const { status, notes, config, left, said } = run(onboardingText(asked(), 'script'))
    expect([status, left]).toEqual([0, []])
    expect(JSON.parse(config)).toEqual(configOf(asked()))
    const [, , agent, mode] = notes.trim().split('\n')
    expect(agent).toMatch(/^azcmagent: connect --config \S+\/config\.json$/)
    expect(mode).toBe('600')
    expect(`${notes}${said}`).not.toContain(TOKEN)
  })

  it('fetches the installer where there is no agent', () => {
    const { status, notes, left } = run(onboardingText(asked(), 'script'), { agent: false })
    expect(notes).toMatch(/wget: -q https:\/\/aka\.ms\/azcmagent -O \S+\ninstaller\n/)
    // The fake installer installs nothing.
    expect([status, left]).toEqual([127, []])
  })

  it('runs nothing of what a machine or its tags are named', () => {
    const tags = Object.fromEntries(
      HOSTILE.flatMap((one, at) => [
        [`t${at}`, one],
        [one, 'v'],
      ]),
    )
    for (const name of ['pve-1', ...HOSTILE.slice(0, 3)]) {
      const wish = asked({ name, tags })
      const script = onboardingText(wish, 'script')
      const ran = run(script)
      expect([ran.status, ran.canary, ran.left]).toEqual([0, false, []])
      expect(JSON.parse(ran.config)).toEqual(configOf(wish))
      expect(configIn(script)).toEqual(configOf(wish))
      expect(ran.notes).not.toContain('canary')
    }
  })

  it('does nothing where it breaks off', () => {
    const script = onboardingText(asked(), 'script')
    for (let part = 1; part < 12; part += 3) {
      const { notes } = run(script.slice(0, Math.floor((script.length * part) / 12)))
      expect(notes).toBe('')
    }
    expect(run(script.slice(0, -'main "$@"\n'.length)).notes).toBe('')
  })

  it('installs nothing on a laptop, and says that it is simulated', () => {
    const { status, notes, said } = run(onboardingText(asked({ simulated: true }), 'script'))
    expect([status, notes]).toEqual([0, ''])
    expect(said).toContain('Simulated')
  })

  it('stops where it is not root', () => {
    writeFileSync(join(folder, 'id'), '#!/bin/bash\necho 1000\n')
    const { status, notes, said } = run(onboardingText(asked(), 'script'))
    expect([status, notes]).toEqual([1, ''])
    expect(said).toContain('root')
  })

  it('is in cloud-init as it is alone', () => {
    const [, content = ''] =
      /"content": "([^"]+)"/.exec(onboardingText(asked(), 'cloud-init')) ?? []
    expect(Buffer.from(content, 'base64').toString()).toBe(onboardingText(asked(), 'script'))
  })
})
