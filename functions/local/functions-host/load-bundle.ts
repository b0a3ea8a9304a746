// Loads a CommonJS bundle and answers its require('@azure/functions-core') with our core; the bundle stays as it is.
// Knows no other module format: functions/cli/build.ts makes this one for Azure too.
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { compileFunction, constants } from 'node:vm'
import type { Core } from './core.ts'

const CORE_MODULE = '@azure/functions-core'

/** Runs the bundle once, so that it registers. Throws what the bundle throws. */
export const loadBundle = async (path: string, core: Core): Promise<void> => {
  const source = await readFile(path, 'utf8')
  const nodeRequire = createRequire(path)
  const require = (name: string): unknown => (name === CORE_MODULE ? core.api : nodeRequire(name))
  const module = { exports: {} }
  const run = compileFunction(source, ['exports', 'require', 'module', '__filename', '__dirname'], {
    filename: path,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  })
  run(module.exports, require, module, path, dirname(path))
}
