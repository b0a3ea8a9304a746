// Environments of wrangler.toml have the bindings of its top. That a warning of wrangler is red: functions/verify/deploy-check.verify.ts.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse as parseToml } from 'smol-toml'
import { expect, it } from 'vitest'
import { addressFault, complaintsOf, environmentsOf } from './deploy-check.ts'

const WRANGLER = join(import.meta.dirname, '../../wrangler.toml')

interface Environment {
  vars: Record<string, string>
  durable_objects: { bindings: { name: string; class_name: string }[] }
}

it('every environment has the bindings and the vars of the top', async () => {
  const text = await readFile(WRANGLER, 'utf8')
  const { env, ...top } = parseToml(text) as unknown as Environment & {
    env: Record<string, Environment>
  }
  expect(environmentsOf(text)).toEqual([null, 'staging', 'production'])
  for (const [name, one] of Object.entries(env)) {
    expect(one.durable_objects.bindings, name).toEqual(top.durable_objects.bindings)
    expect(Object.keys(one.vars), name).toEqual(Object.keys(top.vars))
  }
})

it('deploys to no address that is not https', async () => {
  const text = await readFile(WRANGLER, 'utf8')
  const open = text.replaceAll(/^PUBLIC_URL = "https:/gm, 'PUBLIC_URL = "http:')
  for (const environment of environmentsOf(text)) {
    expect(addressFault(text, environment)).toBeNull()
    expect(addressFault(open, environment)).toContain('not https')
  }
})

it('finds warnings and errors among what wrangler prints, and nothing else', () => {
  const output = [
    'Total Upload: 12 KiB',
    '\u001b[33m▲ \u001b[43;33m[\u001b[43;30mWARNING\u001b[43;33m]\u001b[0m of node:fs',
    'a WARNING in a text',
    '✘ [ERROR] no',
  ].join('\n')
  expect(complaintsOf(output)).toEqual(['▲ [WARNING] of node:fs', '✘ [ERROR] no'])
})
