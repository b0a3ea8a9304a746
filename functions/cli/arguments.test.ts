// Every command says how it is used, and does nothing where it was asked for something that it does not know.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const run = (command: string, word: string) => {
  const file = join(import.meta.dirname, command)
  const flags = ['--disable-warning=ExperimentalWarning']
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, file, word], {
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

it.each([
  'simulate.ts',
  'drill.ts',
  'doctor.ts',
  'new-secrets.ts',
  'deploy-anchor.ts',
  '../bench/main.ts',
])('%s', (command) => {
  const help = run(command, '--help')
  expect(help).toEqual({ status: 0, stdout: expect.stringMatching(/^npm run /), stderr: '' })
  const unknown = run(command, '--nonsense')
  const said = `Unknown option '--nonsense'\n${help.stdout}`
  expect(unknown).toEqual({ status: 2, stdout: '', stderr: said })
})
