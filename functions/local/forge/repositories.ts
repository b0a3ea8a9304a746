// Makes a repository: bare, with one commit that `main` and `live` both point at. Making it again does nothing.
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import {
  directoryOf,
  type ForgeContext,
  findRepository,
  type Repository,
  stamp,
} from './context.ts'
import { isSafeRepositoryName } from './git/names.ts'
import { writeCommit } from './git/objects.ts'
import { listReferences, pinReferences } from './git/references.ts'
import { git } from './git/run.ts'
import { writeTree } from './git/trees.ts'
import { LIVE, MAIN } from './rules.ts'

export interface NewRepository {
  /** `owner/name`. */
  fullName: string
  files: { path: string; content: string }[]
  message: string
  author: { name: string; email: string }
  /** RFC 3339. Fixed by the caller, so that the first commit has the same id everywhere. */
  date: string
}

/** Folder of repositories that are still being made; whatever a crash left in it is thrown away at start. */
const unfinished = (home: string): string => join(home, 'repositories', '.unfinished')

export const clearUnfinished = (home: string): Promise<void> =>
  rm(unfinished(home), { recursive: true, force: true })

/**
 * Takes away the lock files that a git killed half-way leaves beside a reference: with one there, it can never move again.
 * Only at start, when nothing else works on the repository. No branch name ends in `.lock`.
 */
export const clearLocks = async ({ directory }: Repository): Promise<void> => {
  const names = await readdir(join(directory, 'refs'), { recursive: true })
  const locks = names.filter((name) => name.endsWith('.lock')).map((name) => join('refs', name))
  for (const lock of [...locks, 'packed-refs.lock', 'HEAD.lock'])
    await rm(join(directory, lock), { force: true })
}

const buildBare = async (directory: string, input: NewRepository): Promise<void> => {
  await mkdir(dirname(directory), { recursive: true })
  await git(directory, ['init', '--quiet', '--bare', '--template=', `--initial-branch=${MAIN}`])
  const changes = input.files.map(({ path, content }) => ({ path, mode: '100644', content }))
  const written = await writeTree(directory, null, changes)
  if ('refused' in written) throw new Error(`the first files are refused: ${written.refused}`)
  const seconds = Math.floor(Date.parse(input.date) / 1000)
  const identity = { ...input.author, seconds, offset: '+0000' }
  const sha = await writeCommit(directory, {
    tree: written.tree,
    parents: [],
    author: identity,
    committer: identity,
    message: input.message,
  })
  await pinReferences(
    directory,
    [MAIN, LIVE].map((branch) => ({ ref: `refs/heads/${branch}`, sha })),
  )
}

/**
 * Creates the repository unless there is one of that name.
 * @throws Error when the name or a path is not acceptable.
 */
export const createRepository = async (
  forge: ForgeContext,
  input: NewRepository,
): Promise<{ created: boolean }> => {
  const [owner = '', name = '', ...rest] = input.fullName.split('/')
  if (rest.length > 0 || !isSafeRepositoryName(owner) || !isSafeRepositoryName(name))
    throw new Error('a repository is named owner/name, with letters, digits, dots and dashes')
  if (findRepository(forge, owner, name)) return { created: false }

  // Built aside and moved into place whole; a folder that is already there is whole, and is adopted.
  const directory = directoryOf(forge.home, owner, name)
  if (!existsSync(directory)) {
    const aside = join(unfinished(forge.home), `${randomUUID()}.git`)
    await buildBare(aside, input)
    await mkdir(dirname(directory), { recursive: true })
    await rename(aside, directory).catch(async (error: unknown) => {
      await rm(aside, { recursive: true, force: true })
      if (!existsSync(directory)) throw error
    })
  }
  const references = await listReferences(directory)
  return forge.store.transaction(() => {
    if (findRepository(forge, owner, name)) return { created: false }
    const createdAt = stamp(forge.now())
    const repositoryId = forge.store.insert('repositories', { owner, name, createdAt })
    for (const [ref, sha] of references)
      forge.store.insert('refs', { repositoryId, name: ref, sha })
    return { created: true }
  })
}
