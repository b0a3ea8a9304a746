// The examination of the Forge port (schemas/ports.ts): what every adapter must do the same. An adapter's own test opens a
// candidate and sits it. It knows no wire: faults of HTTP belong to the adapter's test.
import { describe, expect, it } from 'vitest'
import type { CommitAuthor, Forge, Review } from '../../schemas/ports.ts'
import { Denied, Outage } from '../../schemas/result.ts'

/** A repository whose branches `main` and `live` point at one commit that holds `README.md` and `rendered/one.yaml`. */
export interface Candidate {
  forge: Forge
  /** The same repository with a credential that nobody knows. */
  denied: Forge
  /** The same adapter where nobody answers. */
  unreachable: Forge
  /** What a person does there, past the port. */
  person: {
    /** One more commit on a branch; its id. */
    push: (branch: string, path: string, content: string) => Promise<string>
    /** On the present head. */
    review: (number: number, state: Review['state']) => Promise<{ login: string; account: number }>
  }
  /** An account with two public keys, and one with none. */
  accounts: {
    keys: string[]
    holder: string
    keyless: string
  }
}

/** The id that Git itself gives to a commit whose author is its committer. */
export type CommitId = (commit: {
  tree: string
  parents: string[]
  message: string
  author: CommitAuthor
}) => string

const author: CommitAuthor = {
  name: 'Phoenix',
  email: 'phoenix@example.org',
  date: '2026-02-03T04:05:06Z',
}
const NOWHERE = '0'.repeat(40)
const MERGE = { title: 'Take it (#1)', message: 'Phoenix-Change-Id: chg_1' }

const baseOf = async ({ forge }: Candidate) => {
  const base = await forge.readBranch('main')
  if (!base) throw new Error('the candidate has no main')
  return base
}

const commitOver = async (
  candidate: Candidate,
  files: Record<string, string | null>,
  message = 'Change\n',
) => {
  const base = await baseOf(candidate)
  const list = Object.entries(files).map(([path, content]) => ({ path, content }))
  const input = { baseTree: base.tree, parents: [base.sha], files: list, message, author }
  const made = await candidate.forge.writeCommit(input)
  if (!made) throw new Error('the candidate takes no commit')
  return { base, input, ...made }
}

/** A branch with one commit, and its pull request. */
const propose = async (candidate: Candidate, branch = 'phoenix/acme/one') => {
  const path = `changes/${branch.replaceAll('/', '-')}.json`
  const commit = await commitOver(candidate, { [path]: '{}\n' })
  await candidate.forge.createBranch(branch, commit.sha)
  const pull = await candidate.forge.openPull({
    head: branch,
    base: 'main',
    title: 'One',
    body: 'The plan\n',
  })
  if (pull === 'exists') throw new Error('a first pull request exists already')
  return { ...commit, branch, pull }
}

const gate = (headSha: string, green: boolean) => ({
  ...{ headSha, green, title: green ? 'approved' : 'waiting', summary: 'What was read' },
  ...{ detailsUrl: 'https://phoenix.example/changes/chg_1', externalId: `chg_1@${headSha}` },
})

/** Every verb with arguments that are acceptable in themselves. */
export const everyVerb: Record<
  Exclude<keyof Forge, 'abilities'>,
  (forge: Forge) => Promise<unknown>
> = {
  readBranch: (forge) => forge.readBranch('main'),
  readBlob: (forge) => forge.readBlob('README.md', 'main'),
  readBlobs: (forge) => forge.readBlobs(['README.md', 'LICENSE'], 'main'),
  readFile: (forge) => forge.readFile('README.md', 'main'),
  writeCommit: (forge) =>
    forge.writeCommit({ baseTree: NOWHERE, parents: [], files: [], message: 'x', author }),
  createBranch: (forge) => forge.createBranch('new', NOWHERE),
  moveBranch: (forge) => forge.moveBranch('main', NOWHERE, { force: false }),
  deleteBranch: (forge) => forge.deleteBranch('new'),
  listBranches: (forge) => forge.listBranches('new'),
  openPull: (forge) => forge.openPull({ head: 'new', base: 'main', title: 'x', body: '' }),
  findPulls: (forge) => forge.findPulls('new'),
  readPull: (forge) => forge.readPull(1),
  updatePull: (forge) => forge.updatePull(1, { body: 'x' }),
  postGate: (forge) => forge.postGate(gate(NOWHERE, true)),
  mergePull: (forge) => forge.mergePull(1, { expectedHead: NOWHERE, ...MERGE }),
  listReviews: (forge) => forge.listReviews(1),
  keysOf: (forge) => forge.keysOf('ada'),
  compare: (forge) => forge.compare('live', 'main'),
}

/** `open` gives a fresh candidate each time; `commitId` says what Git calls a commit. */
export const examineForge = (
  name: string,
  open: () => Promise<Candidate>,
  commitId: CommitId,
): void => {
  describe(`${name}: commits`, () => {
    it('have Git’s own ids, the same on a retry, and move no branch', async () => {
      const candidate = await open()
      const files = {
        'rendered/deep/er/two.yaml': 'b: "ü ✓"\n',
        'rendered/one.yaml': 'a: 2\n',
        'README.md': null,
        empty: '',
      }
      const commit = await commitOver(candidate, files, 'Subject\n\nBody with a – dash\n')
      expect(commit.sha).toBe(commitId({ ...commit.input, tree: commit.tree }))
      const again = await candidate.forge.writeCommit(commit.input)
      expect(again).toEqual({ sha: commit.sha, tree: commit.tree })
      expect(await baseOf(candidate)).toEqual(commit.base)
    })

    it('that take away a file that is not there are not made, whatever else they hold', async () => {
      const candidate = await open()
      const { tree, sha } = await baseOf(candidate)
      const files = [
        { path: 'rendered/one.yaml', content: 'a: 2\n' },
        { path: 'rendered/none.yaml', content: null },
      ]
      const input = { baseTree: tree, parents: [sha], files, message: 'x\n', author }
      expect(await candidate.forge.writeCommit(input)).toBeNull()
    })

    it('differ when anything differs', async () => {
      const candidate = await open()
      const shas = [
        (await commitOver(candidate, { a: '1' })).sha,
        (await commitOver(candidate, { a: '2' })).sha,
        (await commitOver(candidate, { b: '1' })).sha,
        (await commitOver(candidate, { a: '1' }, 'Other\n')).sha,
      ]
      expect(new Set(shas).size).toBe(shas.length)
    })
  })

  describe(`${name}: branches`, () => {
    it('are created once, and stay as they are when the name is taken', async () => {
      const candidate = await open()
      const { forge } = candidate
      const { base, sha, tree } = await commitOver(candidate, { a: '1' }, 'One\n\nBy: hand\n')
      expect(await forge.createBranch('phoenix/acme/x', sha)).toBe('created')
      expect(await forge.createBranch('phoenix/acme/x', sha)).toBe('exists')
      expect(await forge.createBranch('phoenix/acme/x', base.sha)).toBe('exists')
      expect(await forge.readBranch('phoenix/acme/x')).toEqual({
        ...{ sha, tree, parents: [base.sha], committer: author.email },
        message: expect.stringMatching(/^One\n\nBy: hand\n?$/),
      })
    })

    it('move forward, back only by force, and not at all when they are not there', async () => {
      const candidate = await open()
      const { forge } = candidate
      const { base, sha } = await commitOver(candidate, { a: '1' })
      await forge.createBranch('b', base.sha)
      expect(await forge.moveBranch('b', sha, { force: false })).toBe('moved')
      expect(await forge.moveBranch('b', sha, { force: false })).toBe('moved')
      expect(await forge.moveBranch('b', base.sha, { force: false })).toBe('refused')
      expect(await forge.readBranch('b')).toMatchObject({ sha })
      expect(await forge.moveBranch('b', base.sha, { force: true })).toBe('moved')
      expect(await forge.readBranch('b')).toMatchObject({ sha: base.sha })
      expect(await forge.moveBranch('none', sha, { force: true })).toBe('refused')
    })

    it('named live move forward and never back, force or not', async () => {
      const candidate = await open()
      const { forge } = candidate
      const { base, sha } = await commitOver(candidate, { a: '1' })
      expect(await forge.moveBranch('live', sha, { force: false })).toBe('moved')
      for (const force of [false, true])
        expect(await forge.moveBranch('live', base.sha, { force })).toBe('refused')
      expect(await forge.readBranch('live')).toMatchObject({ sha })
    })

    it('are deleted once, then absent', async () => {
      const candidate = await open()
      const { forge } = candidate
      await forge.createBranch('b', (await baseOf(candidate)).sha)
      expect(await forge.deleteBranch('b')).toBe('deleted')
      expect(await forge.deleteBranch('b')).toBe('absent')
      expect(await forge.readBranch('b')).toBeNull()
    })
  })

  describe(`${name}: pull requests`, () => {
    it('are opened once per branch, found again, and read the same', async () => {
      const candidate = await open()
      const { forge } = candidate
      const { pull, sha, branch } = await propose(candidate)
      expect(pull).toMatchObject({
        ...{ number: 1, state: 'open', merged: false, mergeSha: null, mergedBy: null },
        ...{ headSha: sha, headBranch: branch, baseBranch: 'main', body: 'The plan\n' },
      })
      expect(pull.url).toMatch(/^https?:\/\//)
      const again = { head: branch, base: 'main', title: 'Two', body: 'Another' }
      expect(await forge.openPull(again)).toBe('exists')
      expect(await forge.findPulls(branch)).toEqual([pull])
      expect(await forge.readPull(1)).toEqual(pull)
      expect(await forge.findPulls('phoenix/acme/none')).toEqual([])
      expect(await forge.readPull(99)).toBeNull()
    })

    it('take a new body, are closed, and a second one leaves the first to be found first', async () => {
      const candidate = await open()
      const { forge } = candidate
      const { branch } = await propose(candidate)
      await forge.updatePull(1, { body: 'Revised\n' })
      expect(await forge.readPull(1)).toMatchObject({ body: 'Revised\n', state: 'open' })
      for (let twice = 0; twice < 2; twice += 1) await forge.updatePull(1, { state: 'closed' })
      expect(await forge.readPull(1)).toMatchObject({ state: 'closed', merged: false })
      await forge.openPull({ head: branch, base: 'main', title: 'Two', body: '' })
      const found = await forge.findPulls(branch)
      expect(found.map(({ number, state }) => `${number} ${state}`)).toEqual(['1 closed', '2 open'])
    })

    it('follow their branch: a push moves the head, a deletion closes them', async () => {
      const candidate = await open()
      const { forge } = candidate
      const { branch } = await propose(candidate)
      const pushed = await candidate.person.push(branch, 'by-hand.txt', 'x\n')
      expect(await forge.readPull(1)).toMatchObject({ headSha: pushed })
      await forge.deleteBranch(branch)
      expect(await forge.readPull(1)).toMatchObject({ state: 'closed', headSha: pushed })
    })
  })

  describe(`${name}: the gate and the merge`, () => {
    it('merges only on green, at the expected head, once, and shows it', async () => {
      const candidate = await open()
      const { forge } = candidate
      const { base, sha, branch } = await propose(candidate)
      const merge = (expectedHead: string) => forge.mergePull(1, { expectedHead, ...MERGE })
      const refused = { refused: expect.any(String) }
      expect(await merge(sha)).toEqual(refused)
      await forge.postGate(gate(sha, false))
      expect(await merge(sha)).toEqual(refused)
      for (let twice = 0; twice < 2; twice += 1) await forge.postGate(gate(sha, true))
      expect(await merge(base.sha)).toEqual(refused)
      expect(await forge.readBranch('main')).toMatchObject({ sha: base.sha })
      const merged = await merge(sha)
      if ('refused' in merged) throw new Error(merged.refused)
      expect(await forge.readBranch('main')).toMatchObject({ sha: merged.merged })
      expect(await forge.readPull(1)).toMatchObject({
        ...{ state: 'closed', merged: true, mergeSha: merged.merged, headSha: sha },
        mergedBy: expect.any(String),
      })
      const [found] = await forge.findPulls(branch)
      expect(found).toMatchObject({ merged: true, mergeSha: merged.merged, mergedBy: null })
      expect(await merge(sha)).toEqual(refused)
      const line = await forge.compare('live', 'main', { commits: true })
      expect(line?.baseSha).toBe(base.sha)
      expect(line?.commits.map((commit) => commit.sha)).toEqual([sha, merged.merged])
      expect(line?.commits[1]).toMatchObject({ parents: [base.sha, sha] })
      expect(line?.commits[1]?.message).toMatch(/^Take it \(#1\)\n\nPhoenix-Change-Id: chg_1\n*$/)
      expect(await forge.deleteBranch(branch)).toBe('deleted')
      expect(await forge.readPull(1)).toMatchObject({ merged: true, headSha: sha })
    })

    it('forgets green when the head moves', async () => {
      const candidate = await open()
      const { forge } = candidate
      const { sha, branch } = await propose(candidate)
      await forge.postGate(gate(sha, true))
      const pushed = await candidate.person.push(branch, 'by-hand.txt', 'x\n')
      for (const expectedHead of [sha, pushed]) {
        expect(await forge.mergePull(1, { expectedHead, ...MERGE })).toEqual({
          refused: expect.any(String),
        })
      }
    })

    it('turns red again when red is posted after green', async () => {
      const candidate = await open()
      const { sha } = await propose(candidate)
      await candidate.forge.postGate(gate(sha, true))
      await candidate.forge.postGate(gate(sha, false))
      const merge = candidate.forge.mergePull(1, { expectedHead: sha, ...MERGE })
      expect(await merge).toEqual({ refused: expect.any(String) })
    })
  })

  describe(`${name}: reading`, () => {
    it('lists reviews in their order with the head each was given on', async () => {
      const candidate = await open()
      const { forge } = candidate
      const { sha, branch } = await propose(candidate)
      expect(await forge.listReviews(1)).toEqual([])
      const who = await candidate.person.review(1, 'approved')
      const pushed = await candidate.person.push(branch, 'by-hand.txt', 'x\n')
      await candidate.person.review(1, 'changes_requested')
      expect(await forge.listReviews(1)).toEqual([
        { ...who, state: 'approved', headSha: sha },
        { ...who, state: 'changes_requested', headSha: pushed },
      ])
    })

    it('shows the public keys of an account in any case of its login, none, or no account', async () => {
      const { forge, accounts } = await open()
      const held = await forge.keysOf(accounts.holder.toUpperCase())
      expect(held?.keys.toSorted()).toEqual(accounts.keys.toSorted())
      expect(held).toMatchObject({ login: accounts.holder, account: expect.any(Number) })
      const none = await forge.keysOf(accounts.keyless)
      expect(none).toMatchObject({ login: accounts.keyless, keys: [] })
      expect(none?.account).not.toBe(held?.account)
      expect(await forge.keysOf('nobody-at-all')).toBeNull()
    })

    it('lists the branches of a prefix, slashes and all, and none where there are none', async () => {
      const candidate = await open()
      const { forge } = candidate
      const { sha } = await baseOf(candidate)
      for (const branch of ['one/a/x', 'one/a/y', 'one/ab', 'two/a/x'])
        await forge.createBranch(branch, sha)
      const found = await forge.listBranches('one/a/')
      expect(found.map(({ branch }) => branch).sort()).toEqual(['one/a/x', 'one/a/y'])
      expect(found.every((tip) => tip.sha === sha)).toBe(true)
      expect(await forge.listBranches('three/')).toEqual([])
      await forge.deleteBranch('one/a/x')
      expect(await forge.listBranches('one/a/')).toEqual([{ branch: 'one/a/y', sha }])
    })

    it('reads many blobs of one commit, each as it reads one, and none for what is no file', async () => {
      const candidate = await open()
      const { forge, person } = candidate
      await forge.createBranch('b', (await baseOf(candidate)).sha)
      for (const path of ['a/b/one', 'a/b/two', 'a/c', 'd ü/e']) await person.push('b', path, path)
      const sha = await person.push('b', 'a/b/three', 'x')
      const paths = ['a/b/two', 'README.md', 'a/b/none', 'a/b', 'a/c/none', 'a/b/three', 'a/c']
      const one = (path: string) => (path === 'a/b' ? null : forge.readBlob(path, 'b'))
      for (const many of [paths, [...paths, 'none/x', 'd ü/e'], ['a/b/one'], []])
        for (const ref of ['b', sha])
          expect(await forge.readBlobs(many, ref)).toEqual(await Promise.all(many.map(one)))
    })

    it('compares oldest first, with nothing for equal ends and null for unknown ones', async () => {
      const candidate = await open()
      const { forge } = candidate
      const base = await baseOf(candidate)
      expect(await forge.compare('live', 'main')).toEqual({
        baseSha: base.sha,
        baseParents: expect.any(Array),
        forward: true,
        commits: [],
        files: [],
        filesComplete: true,
      })
      expect(await forge.compare('live', 'none')).toBeNull()
      expect(await forge.compare('none', 'main')).toBeNull()
      await forge.createBranch('b', base.sha)
      const shas = [
        await candidate.person.push('b', 'one.txt', '1'),
        await candidate.person.push('b', 'two.txt', '2'),
      ]
      const compared = await forge.compare('main', 'b', { commits: true })
      expect(await forge.compare('main', 'b')).toEqual({ ...compared, commits: [] })
      expect(compared?.commits.map(({ sha }) => sha)).toEqual(shas)
      expect(compared?.forward).toBe(true)
      expect(compared?.files.map(({ path }) => path).sort()).toEqual(['one.txt', 'two.txt'])
      expect(compared?.files.every(({ blob }) => /^[0-9a-f]{40}$/.test(blob ?? ''))).toBe(true)
      expect((await forge.compare('b', 'main'))?.forward).toBe(false)
      expect(compared?.commits.map(({ parents }) => parents)).toEqual([[base.sha], [shas[0]]])
    })
  })

  describe(`${name}: three answers`, () => {
    it('throws Denied from every verb when the credential is refused', async () => {
      const { denied } = await open()
      for (const [verb, run] of Object.entries(everyVerb))
        await expect(run(denied), verb).rejects.toBeInstanceOf(Denied)
    })

    it('throws Outage of the port forge from every verb when nobody answers', async () => {
      const { unreachable } = await open()
      for (const [verb, run] of Object.entries(everyVerb)) {
        const error = await run(unreachable).catch((thrown: unknown) => thrown)
        expect(error, verb).toBeInstanceOf(Outage)
        expect(error, verb).toMatchObject({ port: 'forge', retryAfterSeconds: expect.any(Number) })
      }
    })
  })
}
