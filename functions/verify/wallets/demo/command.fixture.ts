// Runs the demo wallet by its command line, in a folder of its own, and holds it to what every line of it must say.
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'

const MAIN = join(import.meta.dirname, 'main.ts')

export const openDemoWallet = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'phoenix-wallet-'))
  const run = (...args: string[]): Promise<{ code: number; said: string }> =>
    new Promise((resolve, reject) => {
      const env = { ...process.env, WALLET_HOME: folder }
      const child = execFile(process.execPath, [MAIN, ...args], { env }, (error, out, err) => {
        const lines = `${out}${err}`.split('\n').filter((line) => line !== '')
        const ours = lines.filter((line) => !/ExperimentalWarning|--trace-warnings/.test(line))
        try {
          for (const line of ours) expect(line).toMatch(/^\[demo wallet\] /)
          resolve({ code: error ? Number(error.code) : 0, said: ours.join('\n') })
        } catch (fault) {
          reject(fault)
        }
      })
      child.stdin?.end()
    })
  return { folder, run, close: () => rm(folder, { recursive: true, force: true }) }
}
