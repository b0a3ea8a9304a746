// Runs the git binary: argument lists, never a shell; bare repositories, never a work tree; no configuration but this.
// It knows nothing of accounts or rules.
import { spawn } from 'node:child_process'
import { devNull, tmpdir } from 'node:os'

export const ZERO_SHA = '0'.repeat(40)
export const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904'
const OUTPUT_LIMIT_BYTES = 256 * 1024 * 1024

/** The whole configuration every git process here sees. */
const CONFIGURATION: [string, string][] = [
  ['safe.directory', '*'],
  ['core.hooksPath', devNull],
  ['core.attributesFile', devNull],
  // A committed .gitattributes must not hide a file from the diff a reviewer reads.
  ['attr.tree', EMPTY_TREE],
  ['core.useReplaceRefs', 'false'],
  ['core.protectHFS', 'true'],
  ['core.protectNTFS', 'true'],
  // Objects of a commit whose branch is still to be made are unreachable for a moment: nothing is collected here.
  ['gc.auto', '0'],
  ['receive.autogc', 'false'],
  ['receive.fsckObjects', 'true'],
  ['uploadpack.allowFilter', 'true'],
  ['http.receivepack', 'true'],
]

/** Environment of a git process; nothing of ours but PATH is handed on. */
export const gitEnvironment = (extra: [string, string][] = []): Record<string, string> => {
  const settings = [...CONFIGURATION, ...extra]
  const inherited = ['PATH', 'SystemRoot', 'TEMP', 'TMP'].flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value]]
  })
  return {
    ...Object.fromEntries(inherited),
    HOME: tmpdir(),
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: devNull,
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(
      settings.flatMap(([key, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
  }
}

/** Git did not do what only a defect or a broken disk explains. The message names the verb, never its arguments. */
export class GitFailure extends Error {
  override name = 'GitFailure'
  constructor(verb: string, code: number | null, output: string) {
    super(`git ${verb} ended with ${code}`, { cause: output })
  }
}

export interface GitAnswer {
  code: number
  stdout: Buffer
}

/**
 * Runs one git verb in a bare repository and waits for its end.
 * @throws GitFailure when the exit code is not one of `okCodes`, or the output is over 256 MiB.
 */
export const git = (
  directory: string,
  args: [string, ...string[]],
  { input, okCodes = [0] }: { input?: string | Buffer; okCodes?: number[] } = {},
): Promise<GitAnswer> =>
  new Promise((resolve, reject) => {
    const child = spawn('git', [`--git-dir=${directory}`, ...args], { env: gitEnvironment() })
    const out: Buffer[] = []
    let errors = ''
    let size = 0
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > OUTPUT_LIMIT_BYTES) child.kill()
      else out.push(chunk)
    })
    child.stderr.on('data', (chunk: Buffer) => {
      if (errors.length < 2000) errors += chunk.toString()
    })
    child.on('error', reject)
    // A process that ends before it read everything is judged by its exit code.
    child.stdin.on('error', () => {})
    child.stdin.end(input ?? '')
    child.on('close', (code) => {
      if (code !== null && okCodes.includes(code)) resolve({ code, stdout: Buffer.concat(out) })
      else reject(new GitFailure(args[0], code, errors))
    })
  })

/** @throws Error when git is missing or cannot merge without a work tree, which it can since 2.38. */
export const requireGit = async (): Promise<void> => {
  const text = await gitText('.', ['--version']).catch(() => '')
  const [, major = 0, minor = 0] = /(\d+)\.(\d+)/.exec(text)?.map(Number) ?? []
  if (major < 2 || (major === 2 && minor < 38))
    throw new Error('git 2.38 or newer is needed and was not found on the PATH')
}

/** The same, as text without the last line end. */
export const gitText = async (
  directory: string,
  args: [string, ...string[]],
  options: { input?: string | Buffer } = {},
): Promise<string> => (await git(directory, args, options)).stdout.toString().replace(/\n$/, '')
