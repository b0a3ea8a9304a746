// Loads a CommonJS bundle and answers its require('@azure/functions-core') with our core; the bundle stays as it is.
// Knows no other module format: functions/cli/build.ts makes this one for Azure too.
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { compileFunction, constants } from 'node:vm'
import type { Core } from './core.ts'

const CORE_MODULE = '@azure/functions-core'

/** SHA-256 (hex) of a file. */
export type Digests = Record<string, string>
const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** Of the files that the bundle may load from beside it. */
const digestsBeside = async (path: string): Promise<Digests> => {
  const folder = dirname(path)
  const names = (await readdir(folder)).filter(
    (name) => name.endsWith('.cjs') && name !== basename(path),
  )
  const each = names.map(async (name) => [name, digestOf(await readFile(join(folder, name)))])
  return Object.fromEntries(await Promise.all(each))
}

/** Runs the bundle once, so that it registers. Gives the digests of the very bytes that run. Throws what the bundle throws. */
export const loadBundle = async (path: string, core: Core): Promise<Digests> => {
  const bytes = await readFile(path)
  const nodeRequire = createRequire(path)
  const require = (name: string): unknown => (name === CORE_MODULE ? core.api : nodeRequire(name))
  const module = { exports: {} }
  const names = ['exports', 'require', 'module', '__filename', '__dirname']
  const run = compileFunction(bytes.toString(), names, {
    filename: path,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  })
  run(module.exports, require, module, path, dirname(path))
  return { [basename(path)]: digestOf(bytes), ...(await digestsBeside(path)) }
}
