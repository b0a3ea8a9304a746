// Reading a repository: itself, branches, commits, files, comparisons. https://docs.github.com/rest/repos
import { type ForgeContext, ForgeRefusal, type Repository } from '../context.ts'
import {
  commitsBetween,
  countBetween,
  diffTrees,
  type FileChange,
  mergeBase,
} from '../git/history.ts'
import { isSafePath } from '../git/names.ts'
import { listTree, readCommits, readObjects, type TreeEntry } from '../git/objects.ts'
import { resolveCommit } from '../git/references.ts'
import { EMPTY_TREE } from '../git/run.ts'
import { apiUrl, commitJson, pageUrl, repositoryJson } from '../payloads.ts'
import { LIVE, MAIN } from '../rules.ts'
import { type AddCalls, type Call, paginate } from './api.ts'

/** GitHub's own limit of files in a commit or a comparison. */
const FILES_LIMIT = 300
const COMMITS_LIMIT = 10_000

export const fileJson = (
  forge: ForgeContext,
  repository: Repository,
  ref: string,
  file: FileChange,
) => {
  const path = file.path.split('/').map(encodeURIComponent).join('/')
  return {
    sha: file.sha,
    filename: file.path,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: pageUrl(forge, repository, `/tree/${ref}/${path}`),
    raw_url: apiUrl(forge, repository, `/contents/${path}?ref=${ref}`),
    contents_url: apiUrl(forge, repository, `/contents/${path}?ref=${ref}`),
    ...(file.patch === null ? {} : { patch: file.patch }),
  }
}

const requireCommit = async ({ directory }: Repository, name: string): Promise<string> => {
  const sha = await resolveCommit(directory, name)
  if (sha === null) throw new ForgeRefusal(404, 'Not Found')
  return sha
}

const readCommit = async (repository: Repository, name: string) => {
  const [commit] = await readCommits(repository.directory, [await requireCommit(repository, name)])
  if (!commit) throw new ForgeRefusal(404, 'Not Found')
  return commit
}

const readBranch = async (forge: ForgeContext, c: Call, branch: string): Promise<Response> => {
  const repository = c.get('repository')
  const commit = await readCommit(repository, `heads/${branch}`)
  return c.json({
    name: branch,
    commit: commitJson(forge, repository, commit),
    protected: branch === MAIN || branch === LIVE,
    protection_url: apiUrl(forge, repository, `/branches/${encodeURIComponent(branch)}/protection`),
  })
}

const compare = async (forge: ForgeContext, c: Call, basehead: string): Promise<Response> => {
  const repository = c.get('repository')
  const { directory, owner } = repository
  const names = basehead.split('...').map((name) => name.replace(`${owner}:`, ''))
  if (names.length !== 2) throw new ForgeRefusal(404, 'Not Found')
  const [base, head] = [
    await requireCommit(repository, names[0] ?? ''),
    await requireCommit(repository, names[1] ?? ''),
  ]
  const middle = await mergeBase(directory, base, head)
  if (middle === null) throw new ForgeRefusal(404, 'No common ancestor')
  const { ahead, behind } = await countBetween(directory, base, head)
  const shas = await commitsBetween(directory, { base, head, limit: COMMITS_LIMIT })
  const listed = paginate(c, shas)
  const [[baseCommit, middleCommit], commits, files] = await Promise.all([
    readCommits(directory, [base, middle]),
    readCommits(directory, listed),
    // As on GitHub, the files come with the first page only.
    (c.req.query('page') ?? '1') === '1' ? diffTrees(directory, middle, head) : [],
  ])
  if (!baseCommit || !middleCommit) throw new ForgeRefusal(404, 'Not Found')
  return c.json({
    url: apiUrl(forge, repository, `/compare/${base}...${head}`),
    html_url: pageUrl(forge, repository),
    status: ahead > 0 ? (behind > 0 ? 'diverged' : 'ahead') : behind > 0 ? 'behind' : 'identical',
    ahead_by: ahead,
    behind_by: behind,
    total_commits: shas.length,
    base_commit: commitJson(forge, repository, baseCommit),
    merge_base_commit: commitJson(forge, repository, middleCommit),
    commits: commits.map((commit) => commitJson(forge, repository, commit)),
    files: files.slice(0, FILES_LIMIT).map((file) => fileJson(forge, repository, head, file)),
  })
}

const entryJson = (
  forge: ForgeContext,
  repository: Repository,
  ref: string,
  entry: Pick<TreeEntry, 'path' | 'sha' | 'type'> & { size: number },
) => {
  const path = entry.path.split('/').map(encodeURIComponent).join('/')
  const url = apiUrl(forge, repository, `/contents/${path}?ref=${encodeURIComponent(ref)}`)
  return {
    type: entry.type === 'tree' ? 'dir' : 'file',
    name: entry.path.split('/').at(-1) ?? '',
    path: entry.path,
    sha: entry.sha,
    size: entry.size,
    url,
    download_url: url,
    html_url: pageUrl(forge, repository, `/tree/${encodeURIComponent(ref)}/${path}`),
    git_url: apiUrl(forge, repository, `/git/${entry.type}s/${entry.sha}`),
  }
}

const readContent = async (forge: ForgeContext, c: Call, path: string): Promise<Response> => {
  const repository = c.get('repository')
  const { directory } = repository
  const ref = c.req.query('ref') ?? MAIN
  const commit = await requireCommit(repository, ref)
  if (path !== '' && !isSafePath(path)) throw new ForgeRefusal(404, 'Not Found')
  const [object] = await readObjects(directory, [`${commit}:${path}`])
  if (!object || (object.type !== 'tree' && object.type !== 'blob'))
    throw new ForgeRefusal(404, 'Not Found')
  if (object.type === 'tree') {
    const entries = await listTree(directory, object.sha)
    const prefix = path === '' ? '' : `${path}/`
    return c.json(
      entries.map((entry) =>
        entryJson(forge, repository, ref, {
          ...entry,
          path: prefix + entry.path,
          size: entry.size ?? 0,
        }),
      ),
    )
  }
  if (/\.raw(?:\+json)?$/.test(c.req.header('accept') ?? ''))
    return c.body(new Uint8Array(object.bytes), 200, {
      'Content-Type': 'application/vnd.github.raw; charset=utf-8',
    })
  const size = object.bytes.length
  return c.json({
    ...entryJson(forge, repository, ref, { path, sha: object.sha, type: 'blob', size }),
    encoding: 'base64',
    content: object.bytes.toString('base64').replace(/.{60}/g, '$&\n'),
  })
}

export const addContents: AddCalls = (api, forge) => {
  api.get('/', (c) => c.json(repositoryJson(forge, c.get('repository'), c.get('account'))))
  api.get('/branches/:branch{.+}', (c) => readBranch(forge, c, c.req.param('branch')))
  api.get('/commits/:ref{.+}', async (c) => {
    const repository = c.get('repository')
    const commit = await readCommit(repository, c.req.param('ref'))
    const from = commit.parents[0] ?? EMPTY_TREE
    const files = await diffTrees(repository.directory, from, commit.sha)
    const sum = (key: 'additions' | 'deletions') => files.reduce((n, file) => n + file[key], 0)
    const [additions, deletions] = [sum('additions'), sum('deletions')]
    return c.json({
      ...commitJson(forge, repository, commit),
      stats: { total: additions + deletions, additions, deletions },
      files: files
        .slice(0, FILES_LIMIT)
        .map((file) => fileJson(forge, repository, commit.sha, file)),
    })
  })
  api.get('/compare/:basehead{.+}', (c) => compare(forge, c, c.req.param('basehead')))
  api.get('/contents', (c) => readContent(forge, c, ''))
  api.get('/contents/:path{.*}', (c) => readContent(forge, c, c.req.param('path') ?? ''))
}
