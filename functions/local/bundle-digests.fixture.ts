// Digests of the files of the Functions' bundle: of those on disk, and of those that a host said it loaded.
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

export const BUNDLE_FILES = ['index.cjs', 'azure-sdk.cjs']

const sha256 = async (path: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex')

/** As the host puts them into its log. */
export const digestsIn = (folder: string): Promise<string[]> =>
  Promise.all(
    BUNDLE_FILES.map(async (name) => `${name} sha256 ${await sha256(join(folder, name))}`),
  )

export const digestsLogged = (lines: readonly string[]): string[] =>
  lines.flatMap((line) => /\S+\.cjs sha256 [0-9a-f]{64}/.exec(line) ?? [])
