// The machine's script as bash runs it.
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { scriptOf } from './script.ts'

const script = scriptOf({
  ...{ id: 'arm_x', name: 'pve-1', tags: {}, token: 't', expiresAt: '2026-11-21T12:15:00Z' },
  scope: {
    ...{ subscriptionId: 's', resourceGroup: 'g', location: 'westeurope', entraTenantId: 'e' },
  },
  ...{ correlationId: 'c', simulated: false },
})

it('leaves what Microsoft’s installer installs to be read by everybody, and nothing of its own', async () => {
  const work = await mkdtemp(join(tmpdir(), 'phoenix-script-'))
  try {
    const [install = ''] = /^install_agent\(\) \{\n[\s\S]*?^\}$/m.exec(script) ?? []
    const around = [
      ...['umask 077', `work='${work}'`, 'fail() { echo "$*" >&2; exit 1; }'],
      'command() { [ "$2" != azcmagent ]; }',
      // As an installer that says with which mask it runs.
      `wget() { echo 'umask > "$0.said"' > "$4"; }`,
      ...[install, 'install_agent', 'umask'],
    ]
    const { stdout } = await promisify(execFile)('bash', ['-euc', around.join('\n')])
    const said = await readFile(join(work, 'install_linux_azcmagent.sh.said'), 'utf8')
    expect([said.trim(), stdout.trim()]).toEqual(['0022', '0077'])
    expect(script).toMatch(/^umask 077$/m)
  } finally {
    await rm(work, { recursive: true })
  }
})
