// Trees, commits and references: the calls that write a change. https://docs.github.com/rest/git
import * as z from 'zod'
import { type ForgeContext, ForgeRefusal, type Repository } from '../context.ts'
import { isAncestor } from '../git/history.ts'
import { isSafeRef, isSha } from '../git/names.ts'
import { checkObjects, type Identity, listTree, readCommits, writeCommit } from '../git/objects.ts'
import { listReferences, moveReference, readReference, resolveCommit } from '../git/references.ts'
import { TREE_ENTRIES_LIMIT, writeTree } from '../git/trees.ts'
import { observe } from '../observe.ts'
import { apiUrl, gitCommitJson } from '../payloads.ts'
import { type Move, mayMove } from '../rules.ts'
import { type AddCalls, type Call, readBody, writer } from './api.ts'

const Sha = z.string().regex(/^[0-9a-f]{40}$/)
const TreeInput = z.object({
  base_tree: z.string().optional(),
  tree: z
    .array(
      z.object({
        path: z.string(),
        mode: z.string(),
        content: z.string().optional(),
        sha: z.string().nullable().optional(),
      }),
    )
    .max(TREE_ENTRIES_LIMIT),
})

const hasNoNul = (text: string): boolean => !text.includes('\0')
const hasPlainName = (text: string): boolean => !/[<>\n\r\0]/.test(text)
const Person = z.object({
  name: z.string().min(1).max(255).refine(hasPlainName),
  email: z.string().min(1).max(255).refine(hasPlainName),
  date: z.iso.datetime({ offset: true }).optional(),
})
const CommitInput = z.object({
  message: z.string().max(1_000_000).refine(hasNoNul),
  tree: Sha,
  parents: z.array(Sha).max(100).default([]),
  author: Person.optional(),
  committer: Person.optional(),
})

/** Keeps the offset the caller wrote, so that the id is the one Git would give. */
const toIdentity = (person: z.infer<typeof Person>, now: Date): Identity => {
  const date = person.date ?? now.toISOString()
  const offset = /([+-]\d{2}):?(\d{2})$/.exec(date)
  const seconds = Math.floor(Date.parse(date) / 1000)
  return {
    ...{ name: person.name, email: person.email, seconds },
    offset: offset ? `${offset[1]}${offset[2]}` : '+0000',
  }
}

const referenceJson = (forge: ForgeContext, repository: Repository, ref: string, sha: string) => ({
  ref,
  node_id: Buffer.from(`${repository.id}:${ref}`).toString('base64url'),
  url: apiUrl(forge, repository, `/git/${ref}`),
  object: { sha, type: 'commit', url: apiUrl(forge, repository, `/git/commits/${sha}`) },
})

const refParam = (c: Call): string => `refs/${c.req.param('ref')}`

/** Moves a reference if the branch rules let this account, and carries the move over. */
const move = async (
  forge: ForgeContext,
  c: Call,
  ref: string,
  kind: Move,
  values: { before: string | null; after: string | null },
): Promise<void> => {
  const account = writer(c)
  const repository = c.get('repository')
  const decision = mayMove(account, ref, kind, forge.rules)
  if (!decision.allowed) throw new ForgeRefusal(422, decision.reason)
  if (!(await moveReference(repository.directory, ref, values)))
    throw new ForgeRefusal(422, 'Reference cannot be updated')
  await observe(forge, repository, account)
}

const requireCommit = async ({ directory }: Repository, sha: string): Promise<void> => {
  if (!isSha(sha) || (await resolveCommit(directory, sha)) !== sha)
    throw new ForgeRefusal(422, 'Object does not exist')
}

const createReference = async (forge: ForgeContext, c: Call): Promise<Response> => {
  const { ref, sha } = await readBody(c, z.object({ ref: z.string(), sha: z.string() }))
  const repository = c.get('repository')
  writer(c)
  if (!isSafeRef(ref)) throw new ForgeRefusal(422, 'Reference name is not acceptable')
  return forge.alone(repository, async () => {
    if ((await readReference(repository.directory, ref)) !== null)
      throw new ForgeRefusal(422, 'Reference already exists')
    await requireCommit(repository, sha)
    await move(forge, c, ref, 'create', { before: null, after: sha })
    return c.json(referenceJson(forge, repository, ref, sha), 201)
  })
}

const updateReference = async (forge: ForgeContext, c: Call): Promise<Response> => {
  const input = z.object({ sha: z.string(), force: z.boolean().default(false) })
  const { sha, force } = await readBody(c, input)
  const repository = c.get('repository')
  const ref = refParam(c)
  writer(c)
  return forge.alone(repository, async () => {
    const before = await readReference(repository.directory, ref)
    if (before === null) throw new ForgeRefusal(422, 'Reference does not exist')
    await requireCommit(repository, sha)
    const forward = await isAncestor(repository.directory, before, sha)
    if (!forward && !force) throw new ForgeRefusal(422, 'Update is not a fast forward')
    await move(forge, c, ref, forward ? 'forward' : 'force', { before, after: sha })
    return c.json(referenceJson(forge, repository, ref, sha))
  })
}

const deleteReference = async (forge: ForgeContext, c: Call): Promise<Response> => {
  const repository = c.get('repository')
  const ref = refParam(c)
  writer(c)
  return forge.alone(repository, async () => {
    const before = await readReference(repository.directory, ref)
    if (before === null) throw new ForgeRefusal(422, 'Reference does not exist')
    await move(forge, c, ref, 'delete', { before, after: null })
    return c.body(null, 204)
  })
}

/** References whose name begins with the given part, as git/matching-refs. */
const listMatching = async (forge: ForgeContext, c: Call): Promise<Response> => {
  const repository = c.get('repository')
  const prefix = `refs/${c.req.param('ref') ?? ''}`
  const references = await listReferences(repository.directory)
  return c.json(
    [...references]
      .filter(([ref]) => ref.startsWith(prefix))
      .map(([ref, sha]) => referenceJson(forge, repository, ref, sha)),
  )
}

const createTree = async (forge: ForgeContext, c: Call): Promise<Response> => {
  writer(c)
  const { base_tree, tree } = await readBody(c, TreeInput)
  const repository = c.get('repository')
  let base: string | null = null
  if (base_tree !== undefined) {
    const named = isSha(base_tree) ? [`${base_tree}^{tree}`] : []
    base = (await checkObjects(repository.directory, named))[0]?.sha ?? null
    if (base === null) throw new ForgeRefusal(422, 'base_tree is not a valid tree oid')
  }
  const written = await writeTree(repository.directory, base, tree)
  if ('refused' in written) throw new ForgeRefusal(422, written.refused)
  const entries = await listTree(repository.directory, written.tree)
  return c.json(treeJson(forge, repository, written.tree, entries), 201)
}

const treeJson = (
  forge: ForgeContext,
  repository: Repository,
  sha: string,
  entries: Awaited<ReturnType<typeof listTree>>,
) => ({
  sha,
  url: apiUrl(forge, repository, `/git/trees/${sha}`),
  tree: entries.slice(0, TREE_ENTRIES_LIMIT).map((entry) => ({
    path: entry.path,
    mode: entry.mode,
    type: entry.type,
    sha: entry.sha,
    ...(entry.size === null ? {} : { size: entry.size }),
    url: apiUrl(forge, repository, `/git/${entry.type}s/${entry.sha}`),
  })),
  truncated: entries.length > TREE_ENTRIES_LIMIT,
})

const createCommit = async (forge: ForgeContext, c: Call): Promise<Response> => {
  const account = writer(c)
  const input = await readBody(c, CommitInput)
  const repository = c.get('repository')
  const wanted = [input.tree, ...input.parents]
  const found = await checkObjects(repository.directory, wanted)
  if (found[0]?.type !== 'tree') throw new ForgeRefusal(422, 'Tree SHA does not exist')
  if (found.slice(1).some((object) => object?.type !== 'commit'))
    throw new ForgeRefusal(422, 'Parent SHA does not exist or is not a commit object')
  const author = input.author ?? { name: account.displayName, email: account.email }
  const now = forge.now()
  const commit = {
    tree: input.tree,
    parents: input.parents,
    author: toIdentity(author, now),
    committer: toIdentity(input.committer ?? author, now),
    message: input.message,
  }
  const sha = await writeCommit(repository.directory, commit)
  return c.json(gitCommitJson(forge, repository, { sha, ...commit }), 201)
}

export const addGitDatabase: AddCalls = (api, forge) => {
  api.post('/git/trees', (c) => createTree(forge, c))
  api.get('/git/trees/:sha{.+}', async (c) => {
    const repository = c.get('repository')
    const name = c.req.param('sha')
    const commit = await resolveCommit(repository.directory, name)
    const named = commit ?? (isSha(name) ? name : null)
    const [tree] = await checkObjects(repository.directory, named ? [`${named}^{tree}`] : [])
    if (!tree) throw new ForgeRefusal(404, 'Not Found')
    const recursive = c.req.query('recursive') !== undefined
    const entries = await listTree(repository.directory, tree.sha, { recursive })
    return c.json(treeJson(forge, repository, tree.sha, entries))
  })
  api.post('/git/commits', (c) => createCommit(forge, c))
  api.get('/git/commits/:sha', async (c) => {
    const sha = c.req.param('sha')
    const repository = c.get('repository')
    const [commit] = isSha(sha) ? await readCommits(repository.directory, [sha]) : []
    if (!commit) throw new ForgeRefusal(404, 'Not Found')
    return c.json(gitCommitJson(forge, repository, commit))
  })
  api.get('/git/ref/:ref{.+}', async (c) => {
    const ref = refParam(c)
    const sha = await readReference(c.get('repository').directory, ref)
    if (sha === null) throw new ForgeRefusal(404, 'Not Found')
    return c.json(referenceJson(forge, c.get('repository'), ref, sha))
  })
  api.get('/git/refs', (c) => listMatching(forge, c))
  api.get('/git/matching-refs/:ref{.+}', (c) => listMatching(forge, c))
  api.post('/git/refs', (c) => createReference(forge, c))
  api.patch('/git/refs/:ref{.+}', (c) => updateReference(forge, c))
  api.delete('/git/refs/:ref{.+}', (c) => deleteReference(forge, c))
}
