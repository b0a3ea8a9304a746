// Reads and moves references of a bare repository. Every move names the value it expects (compare and swap).
import { isSafeBranchName, isSafeRef, isSha } from './names.ts'
import { git, gitText, ZERO_SHA } from './run.ts'

/** Branches and tags with the ids they point at. */
export const listReferences = async (directory: string): Promise<Map<string, string>> => {
  const format = '--format=%(objectname) %(refname)'
  const text = await gitText(directory, ['for-each-ref', format, 'refs/heads/', 'refs/tags/'])
  const lines = text === '' ? [] : text.split('\n')
  return new Map(lines.map((line) => [line.slice(41), line.slice(0, 40)]))
}

const verify = async (directory: string, name: string): Promise<string | null> => {
  const { code, stdout } = await git(
    directory,
    ['rev-parse', '--verify', '--quiet', '--end-of-options', name],
    { okCodes: [0, 1] },
  )
  return code === 0 ? stdout.toString().trim() : null
}

/** The id a full reference name points at; null when there is none. */
export const readReference = async (directory: string, ref: string): Promise<string | null> =>
  isSafeRef(ref) ? verify(directory, ref) : null

/** A commit by full id, branch or tag; Git's wider revision syntax is not open to callers. */
export const resolveCommit = async (directory: string, name: string): Promise<string | null> => {
  if (isSha(name)) return verify(directory, `${name}^{commit}`)
  const short = name.replace(/^(?:refs\/)?(?:heads|tags)\//, '')
  if (!isSafeBranchName(short)) return null
  const kinds = /^(?:refs\/)?tags\//.test(name) ? ['tags'] : ['heads', 'tags']
  for (const kind of kinds) {
    const found = await verify(directory, `refs/${kind}/${short}^{commit}`)
    if (found !== null) return found
  }
  return null
}

/**
 * Moves, creates (`before` null) or deletes (`after` null) a reference if it still is what the caller saw.
 * False when it is not, or when another name stands in the way.
 */
export const moveReference = async (
  directory: string,
  ref: string,
  { before, after }: { before: string | null; after: string | null },
): Promise<boolean> => {
  const old = before ?? ZERO_SHA
  const args: [string, ...string[]] =
    after === null ? ['update-ref', '-d', ref, old] : ['update-ref', ref, after, old]
  const { code } = await git(directory, args, { okCodes: [0, 1, 128] })
  return code === 0
}

/** Sets references of the forge itself (refs/pull/…), whatever they were. */
export const pinReferences = async (
  directory: string,
  pins: { ref: string; sha: string }[],
): Promise<void> => {
  if (pins.length === 0) return
  const input = pins.map(({ ref, sha }) => `update ${ref} ${sha}\n`).join('')
  await git(directory, ['update-ref', '--stdin'], { input })
}
