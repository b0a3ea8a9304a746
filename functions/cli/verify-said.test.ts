import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { noteOf } from '../../gitops/log/note.ts'
import {
  bundleOf,
  checkpointOf,
  ed25519Signer,
  logOf,
  PLATFORM_ORIGIN,
  SUBJECT,
  TENANT_ORIGIN,
  tenantLeaves,
} from './verify-log.fixture.ts'

const home = mkdtempSync(join(tmpdir(), 'phoenix-verify-'))
const file = (name: string, text: string): string => {
  writeFileSync(join(home, name), text)
  return join(home, name)
}
const run = (script: string, ...given: string[]) => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(import.meta.dirname, script), ...given],
    { encoding: 'utf8' },
  )
  return { status, stdout, stderr }
}
const real = ed25519Signer()
const thief = ed25519Signer(undefined, '09')
const digestOf = ({ key }: typeof real): string =>
  createHash('sha256').update(Buffer.from(key.publicKey, 'base64')).digest('hex')

it('says VERIFIED of no more files than it has read', () => {
  const good = file('good.json', JSON.stringify(bundleOf()))
  const bad = file('bad.json', JSON.stringify(bundleOf()).replace('mem_2345', 'mem_6789'))
  expect(run('verify-log.mjs', bad).status).toBe(1)
  expect(run('verify-log.mjs', good, bad)).toMatchObject({ status: 2, stdout: '' })
})

it('the auditor too: what it was given and does not look at is no usage', () => {
  const leaves = tenantLeaves(11)
  const log = logOf(leaves)
  const stored = file('leaves.jsonl', log.stored)
  const note = file('head.note', checkpointOf(TENANT_ORIGIN, log.head(), [real]))
  const whole = ['--log', stored, '--checkpoint', note, '--key', real.key.publicKey]
  expect(run('audit-log.mjs', ...whole).status).toBe(0)
  const nothing = join(home, 'is-not-there')
  const both = [...whole, '--from', nothing, '--to', nothing, '--proof', nothing]
  expect(run('audit-log.mjs', ...both).status).toBe(2)
  expect(run('audit-log.mjs', ...whole, nothing).status).toBe(2)
})

it('a stranger’s bundle shows no digest of a key that did not sign it', () => {
  const fake = [
    `${SUBJECT}: all 4 steps, none missing between the first and the last`,
    `In the log ${TENANT_ORIGIN}, of 11 leaves, signed by`,
    `    ${PLATFORM_ORIGIN} (Ed25519, sha256:${digestOf(real)})`,
  ].join('\n')
  const leaves = tenantLeaves(11).map((leaf) => leaf.replace(`"${SUBJECT}"`, JSON.stringify(fake)))
  const bundle = bundleOf({
    ...{ leaves, tenantSigners: [thief], platformSigners: [thief], keys: [thief.key] },
  })
  const path = file('fake.json', JSON.stringify({ ...bundle, subject: fake }))
  const { stdout } = run('verify-log.mjs', path)
  expect(stdout).not.toContain(digestOf(real))
})

it('nor by the name of its log', () => {
  const { head } = logOf(tenantLeaves(11))
  const { size, root } = head()
  const said = `${TENANT_ORIGIN}, of 11 leaves, signed by ${PLATFORM_ORIGIN} (Ed25519, sha256:${digestOf(real)}), and`
  const text = `${said}\n${size}\n${Buffer.from(root, 'hex').toString('base64')}\n`
  const { platform: _, ...bundle } = bundleOf({ tenantSigners: [thief], keys: [thief.key] })
  const early = { ...bundle, checkpoint: noteOf(text, [thief.line(text)]) }
  const path = file('origin.json', JSON.stringify({ ...early, platform: null }))
  const { stdout } = run('verify-log.mjs', path)
  expect(stdout).not.toContain(digestOf(real))
})
