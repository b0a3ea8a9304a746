// The ids Git gives to a tree and a commit (SHA-1 object format, git-scm.com/book "Git Internals - Git Objects").
// For tests: what a forge answers is held against it.
import { createHash } from 'node:crypto'
import type { CommitAuthor } from '../../schemas/ports.ts'

const objectId = (type: string, body: Buffer): string =>
  createHash('sha1').update(`${type} ${body.length}\0`).update(body).digest('hex')

export const blobId = (content: string): string => objectId('blob', Buffer.from(content))

/** `files`: path to blob id, all of them plain files. */
export const treeId = (files: ReadonlyMap<string, string>): string => {
  const folders = new Map<string, Map<string, string>>()
  const entries: { name: string; mode: string; id: string }[] = []
  for (const [path, id] of files) {
    const [name = '', ...rest] = path.split('/')
    if (rest.length === 0) {
      entries.push({ name, mode: '100644', id })
      continue
    }
    const inside = folders.get(name) ?? new Map<string, string>()
    folders.set(name, inside.set(rest.join('/'), id))
  }
  for (const [name, inside] of folders) entries.push({ name, mode: '40000', id: treeId(inside) })
  // Git sorts a folder as if its name ended with a slash.
  const keyOf = ({ name, mode }: { name: string; mode: string }): Buffer =>
    Buffer.from(mode === '40000' ? `${name}/` : name)
  const lines = entries
    .sort((a, b) => Buffer.compare(keyOf(a), keyOf(b)))
    .flatMap(({ name, mode, id }) => [Buffer.from(`${mode} ${name}\0`), Buffer.from(id, 'hex')])
  return objectId('tree', Buffer.concat(lines))
}

export interface CommitParts {
  tree: string
  parents: string[]
  message: string
  author: CommitAuthor
}

/** Author and committer are the same, in UTC. */
export const commitId = ({ tree, parents, message, author }: CommitParts): string => {
  const who = `${author.name} <${author.email}> ${Math.floor(Date.parse(author.date) / 1000)} +0000`
  const head = [`tree ${tree}`, ...parents.map((sha) => `parent ${sha}`)]
  const text = [...head, `author ${who}`, `committer ${who}`, '', message].join('\n')
  return objectId('commit', Buffer.from(text))
}
