// Questions about history: what lies between two commits, what changed, and what a merge would give. Reads only,
// except that a merge writes its tree (unreachable until somebody commits it).
import { git, gitText } from './run.ts'

export interface FileChange {
  path: string
  status: 'added' | 'modified' | 'removed'
  sha: string
  additions: number
  deletions: number
  binary: boolean
  /** Unified diff from the first `@@` on; null for binary files and pure mode changes. */
  patch: string | null
}

export const isAncestor = async (
  directory: string,
  ancestor: string,
  descendant: string,
): Promise<boolean> => {
  const args: [string, ...string[]] = ['merge-base', '--is-ancestor', ancestor, descendant]
  return (await git(directory, args, { okCodes: [0, 1] })).code === 0
}

/** The best common ancestor; null when the histories are unrelated. */
export const mergeBase = async (
  directory: string,
  a: string,
  b: string,
): Promise<string | null> => {
  const { code, stdout } = await git(directory, ['merge-base', a, b], { okCodes: [0, 1] })
  return code === 0 ? stdout.toString().trim() : null
}

/** Ids of the commits reachable from `head` and not from `base`, oldest first; the newest `limit` of them. */
export const commitsBetween = async (
  directory: string,
  { base, head, limit }: { base: string; head: string; limit: number },
): Promise<string[]> => {
  const text = await gitText(directory, [
    'rev-list',
    '--topo-order',
    `--max-count=${limit}`,
    head,
    `^${base}`,
  ])
  return text === '' ? [] : text.split('\n').reverse()
}

/** The newest commits of a branch, newest first. */
export const recentCommits = async (
  directory: string,
  head: string,
  limit: number,
): Promise<string[]> =>
  (await gitText(directory, ['rev-list', `--max-count=${limit}`, head])).split('\n')

/** How many commits each side has that the other has not. */
export const countBetween = async (
  directory: string,
  base: string,
  head: string,
): Promise<{ ahead: number; behind: number }> => {
  const text = await gitText(directory, [
    'rev-list',
    '--left-right',
    '--count',
    `${base}...${head}`,
  ])
  const [behind = 0, ahead = 0] = text.split('\t').map(Number)
  return { ahead, behind }
}

const DIFF_OPTIONS = ['--no-renames', '--no-ext-diff', '--no-textconv', '--no-color', '-r'] as const
const STATUSES: Record<string, FileChange['status']> = { A: 'added', D: 'removed' }

/** The sections of a patch, in the order of the files. A line of content begins with a blank, `+`, `-` or `\\`, and a
 * line ends at a line feed only: U+2028 or a carriage return inside a file must not pass for one. */
const splitPatch = (text: string): string[] =>
  text.split(/(?<=\n)(?=diff --git )/).filter((part) => part.startsWith('diff --git '))

const hunks = (sections: string[]): string | null => {
  const found = sections.flatMap((section) => {
    const at = section.indexOf('\n@@')
    return at < 0 ? [] : [section.slice(at + 1).replace(/\n$/, '')]
  })
  return found.length === 0 ? null : found.join('\n')
}

/** Files that differ between two trees or commits, with their patches, in path order. */
export const diffTrees = async (
  directory: string,
  from: string,
  to: string,
): Promise<FileChange[]> => {
  const [facts, patch] = await Promise.all([
    git(directory, [
      'diff-tree',
      ...DIFF_OPTIONS,
      '--raw',
      '--numstat',
      '-z',
      '--abbrev=40',
      from,
      to,
    ]),
    git(directory, ['diff-tree', ...DIFF_OPTIONS, '--patch', '--full-index', from, to]),
  ])
  const fields = facts.stdout.toString('utf8').split('\0')
  const sections = splitPatch(patch.stdout.toString('utf8'))
  const raw: { letter: string; before: string; after: string; path: string }[] = []
  let at = 0
  for (; fields[at]?.startsWith(':'); at += 2) {
    const [, , before = '', after = '', letter = ''] = (fields[at] ?? '').split(' ')
    raw.push({ letter, before, after, path: fields[at + 1] ?? '' })
  }
  let section = 0
  return raw.map(({ letter, before, after, path }, index) => {
    const [added = '-', deleted = '-'] = (fields[at + index] ?? '').split('\t')
    // A change of type is written as a removal and an addition.
    const taken = letter === 'T' ? 2 : 1
    const own = sections.slice(section, section + taken)
    section += taken
    return {
      path,
      status: STATUSES[letter] ?? 'modified',
      sha: letter === 'D' ? before : after,
      additions: added === '-' ? 0 : Number(added),
      deletions: deleted === '-' ? 0 : Number(deleted),
      binary: added === '-',
      patch: hunks(own),
    }
  })
}

/** The tree of a three-way merge of two commits; null when they conflict or share no history. */
export const mergeTrees = async (
  directory: string,
  base: string,
  head: string,
): Promise<string | null> => {
  const args: [string, ...string[]] = ['merge-tree', '--write-tree', '--no-messages', base, head]
  const { code, stdout } = await git(directory, args, { okCodes: [0, 1, 128] })
  return code === 0 ? stdout.toString().trim() : null
}

/** How much differs between two trees or commits, without the differences themselves. */
export const shortStat = async (
  directory: string,
  from: string,
  to: string,
): Promise<{ files: number; additions: number; deletions: number }> => {
  const text = await gitText(directory, ['diff-tree', ...DIFF_OPTIONS, '--shortstat', from, to])
  const number = (pattern: RegExp) => Number(pattern.exec(text)?.[1] ?? 0)
  return {
    files: number(/(\d+) files? changed/),
    additions: number(/(\d+) insertions?/),
    deletions: number(/(\d+) deletions?/),
  }
}
