// Where the demo wallet keeps what it has: one file, readable by its owner alone, written whole. Keys lie in it in plain text.
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Held } from '../oid4vc-ts/wallet.ts'

export interface Entry extends Held {
  issuer: string
  configuration: string
  receivedAt: string
}

/** WALLET_HOME, or a folder in the home of whoever runs it. */
export const walletFolder = (env: Record<string, string | undefined>): string =>
  env.WALLET_HOME ?? join(homedir(), '.phoenix-demo-wallet')

export const readEntries = async (folder: string): Promise<Entry[]> => {
  const text = await readFile(join(folder, 'credentials.json'), 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return '[]'
    throw error
  })
  return JSON.parse(text) as Entry[]
}

export const addEntries = async (folder: string, entries: Entry[]): Promise<void> => {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await chmod(folder, 0o700)
  const all = [...(await readEntries(folder)), ...entries]
  const file = join(folder, 'credentials.json')
  const next = `${file}.${process.pid}`
  await writeFile(next, `${JSON.stringify(all, null, 2)}\n`, { mode: 0o600 })
  await rename(next, file)
}
