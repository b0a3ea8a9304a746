// A forge in memory behind the Forge port: Git's own ids, branches, pull requests, a gate on `main`, reviews, three-way
// merges. It sits the same examination as the adapters. No HTTP, no files' contents, no permissions beyond the gate.
import type { CommitAuthor, Forge, PullRequest, Review } from '../../schemas/ports.ts'
import { createObjects, type Files } from './git-objects.ts'

interface PullRow extends PullRequest {
  reviews: Review[]
}
/** What can be read of the forge at one moment. */
interface View {
  branches: Map<string, string>
  pulls: PullRow[]
}
export type ForgeVerb = Exclude<keyof Forge, 'abilities'>
/** Stands around every call of the port: may do it or not, and throw before or after. */
export type Intercept = (verb: ForgeVerb, run: () => Promise<unknown>) => Promise<unknown>

const APP = 'phoenix[bot]'
/** As many earlier moments as this can be read late. */
const MOMENTS_KEPT = 4
const READS = [
  'readBranch',
  'listBranches',
  'findPulls',
  'readPull',
  'listReviews',
  ...(['readBlob', 'readBlobs', 'readFile', 'compare'] as const),
] as const
const MAIN = 'main'
const PERSON: CommitAuthor = {
  name: 'A person',
  email: 'person@example.org',
  date: '2026-01-01T00:00:00Z',
}

export const createMemoryForge = (first: Record<string, string> = { 'README.md': '# Start\n' }) => {
  const objects = createObjects()
  const { trees, commits, contents, withChanges, addTree, addCommit } = objects
  const { commitOf, filesOf, reachable } = objects
  const branches = new Map<string, string>()
  const pulls: PullRow[] = []
  const gates = new Map<string, boolean>()
  const calls: ForgeVerb[] = []
  /** By login in lower case. Whoever is named somewhere has an account. */
  const accounts = new Map<string, { login: string; account: number; keys: string[] }>()
  let intercept: Intercept = (_, run) => run()
  /** Earlier moments, newest last; null: nobody wants them. */
  let past: View[] | null = null

  /** Before anything changes that can be read. */
  const changing = (): void => {
    if (past === null) return
    past.push({
      branches: new Map(branches),
      pulls: pulls.map((pull) => ({ ...pull, reviews: pull.reviews.map((said) => ({ ...said })) })),
    })
    if (past.length > MOMENTS_KEPT) past.shift()
  }
  const accountOf = (login: string) => {
    const known = accounts.get(login.toLowerCase())
    if (known) return known
    const made = { login, account: accounts.size + 1, keys: [] }
    accounts.set(login.toLowerCase(), made)
    return made
  }
  /** Heads of open pull requests follow their branch; without it they are closed. */
  const follow = (): void => {
    for (const pull of pulls.filter(({ state }) => state === 'open')) {
      const head = branches.get(pull.headBranch)
      if (head === undefined) pull.state = 'closed'
      else pull.headSha = head
    }
  }
  const shown = ({ reviews: _, ...pull }: PullRow): PullRequest => ({ ...pull })
  /** As in a list, which does not say who merged. */
  const listed = ({ mergedByAccount: _, ...pull }: PullRequest): PullRequest => ({
    ...{ ...pull, mergedBy: null },
  })
  const pullOf = (number: number): PullRow | undefined => pulls[number - 1]
  const mergedFiles = (ours: string, theirs: string): Files | null => {
    const known = reachable(ours)
    let base = theirs
    while (!known.has(base)) base = commitOf(base).parents[0] ?? base
    const [start, left, right] = [filesOf(base), filesOf(ours), filesOf(theirs)]
    const merged = new Map(left)
    for (const path of new Set([...start.keys(), ...right.keys()])) {
      const [was, here, there] = [start.get(path), left.get(path), right.get(path)]
      if (there === was || there === here) continue
      if (here !== was) return null
      if (there === undefined) merged.delete(path)
      else merged.set(path, there)
    }
    return merged
  }
  const merge = (
    number: number,
    login: string,
    input: { expectedHead?: string; title: string; message: string; pastTheGate?: boolean },
  ): { merged: string } | { refused: string } => {
    const pull = pullOf(number)
    const base = branches.get(MAIN)
    if (!pull || base === undefined) return { refused: 'gone' }
    if (pull.state !== 'open') return { refused: 'closed' }
    if (input.expectedHead !== undefined && input.expectedHead !== pull.headSha)
      return { refused: 'the head has moved' }
    if (gates.get(pull.headSha) !== true && !input.pastTheGate) return { refused: 'the gate' }
    const files = mergedFiles(base, pull.headSha)
    if (!files) return { refused: 'a conflict' }
    const parents = [base, pull.headSha]
    const message = `${[input.title, input.message].filter(Boolean).join('\n\n')}\n`
    const sha = addCommit({ tree: addTree(files), parents, message }, PERSON)
    branches.set(MAIN, sha)
    const { account: mergedByAccount } = accountOf(login)
    const [before, now] = [reachable(base), reachable(sha)]
    const carried = ({ state, baseBranch, headSha }: PullRow) =>
      state === 'open' && baseBranch === MAIN && now.has(headSha) && !before.has(headSha)
    // Another one whose head came with it is merged as well.
    const by = { mergedBy: login, mergedByAccount }
    for (const one of pulls)
      if (one === pull || carried(one))
        Object.assign(one, { state: 'closed', merged: true, mergeSha: sha, ...by })
    return { merged: sha }
  }

  const readsOf = ({ branches, pulls }: View): Pick<Forge, (typeof READS)[number]> => ({
    readBranch: async (branch) => {
      const sha = branches.get(branch)
      return sha === undefined ? null : { sha, ...commitOf(sha) }
    },
    listBranches: async (prefix) =>
      [...branches]
        .filter(([branch]) => branch.startsWith(prefix))
        .map(([branch, sha]) => ({ branch, sha })),
    findPulls: async (head) =>
      pulls.filter(({ headBranch }) => headBranch === head).map((pull) => listed(shown(pull))),
    readPull: async (number) => {
      const pull = pulls[number - 1]
      return pull ? shown(pull) : null
    },
    listReviews: async (number) =>
      (pulls[number - 1]?.reviews ?? []).map((review) => ({ ...review })),
    readFile: async (path, ref) => {
      const sha = branches.get(ref) ?? ref
      const blob = commits.has(sha) ? filesOf(sha).get(path) : undefined
      return blob === undefined ? null : (contents.get(blob) ?? null)
    },
    readBlob: async (path, ref) => filesOf(branches.get(ref) ?? ref).get(path) ?? null,
    readBlobs: async (paths, ref) =>
      paths.map((path) => filesOf(branches.get(ref) ?? ref).get(path) ?? null),
    compare: async (base, head, wish) => {
      const at = (name: string) => branches.get(name) ?? (commits.has(name) ? name : undefined)
      const [baseSha, headSha] = [at(base), at(head)]
      if (baseSha === undefined || headSha === undefined) return null
      const known = reachable(baseSha)
      const wanted = reachable(headSha)
      const news = [...commits].filter(([sha]) => wanted.has(sha) && !known.has(sha))
      // Three dots: what the head has since both went the same way (docs.github.com, compare two commits).
      const forked = [...commits.keys()].findLast((sha) => known.has(sha) && wanted.has(sha))
      const middle = wanted.has(baseSha) ? baseSha : forked
      const [before, after] = [middle === undefined ? new Map() : filesOf(middle), filesOf(headSha)]
      const paths = [...new Set([...before.keys(), ...after.keys()])]
      return {
        baseSha,
        baseParents: commitOf(baseSha).parents,
        forward: wanted.has(baseSha),
        commits: wish?.commits
          ? news.map(([sha, { parents, message }]) => ({ sha, parents, message }))
          : [],
        files: paths
          .filter((path) => before.get(path) !== after.get(path))
          .map((path) => ({ path, blob: after.get(path) ?? null })),
        filesComplete: true,
      }
    },
  })

  const forge: Forge = {
    abilities: { pinnedGate: true },
    ...readsOf({ branches, pulls }),
    writeCommit: async ({ baseTree, parents, files, message, author }) => {
      const base = trees.get(baseTree) ?? new Map<string, string>()
      // As GitHub does: what is not there cannot be taken away.
      if (files.some(({ path, content }) => content === null && !base.has(path))) return null
      const tree = addTree(withChanges(base, files))
      return { sha: addCommit({ tree, parents, message }, author), tree }
    },
    createBranch: async (branch, sha) => {
      if (branches.has(branch)) return 'exists'
      commitOf(sha)
      branches.set(branch, sha)
      return 'created'
    },
    moveBranch: async (branch, sha, { force }) => {
      const before = branches.get(branch)
      if (before === undefined) return 'refused'
      const forward = reachable(sha).has(before)
      if (!forward && (!force || branch === MAIN || branch === 'live')) return 'refused'
      branches.set(branch, sha)
      follow()
      return 'moved'
    },
    deleteBranch: async (branch) => {
      const was = branches.delete(branch)
      follow()
      return was ? 'deleted' : 'absent'
    },
    openPull: async ({ head, base, body }) => {
      const headSha = branches.get(head)
      const open = pulls.some((pull) => pull.headBranch === head && pull.state === 'open')
      const nothingNew = headSha === undefined || reachable(branches.get(base) ?? '').has(headSha)
      if (open || nothingNew) return 'exists'
      const number = pulls.length + 1
      const url = `http://forge.invalid/pull/${number}`
      const pull: PullRow = {
        ...{ number, url, state: 'open', merged: false, mergeSha: null, headSha },
        ...{ headBranch: head, baseBranch: base, body, mergedBy: null, reviews: [] },
      }
      pulls.push(pull)
      return shown(pull)
    },
    updatePull: async (number, change) => {
      Object.assign(pullOf(number) ?? {}, change)
    },
    postGate: async ({ headSha, green }) => {
      gates.set(headSha, green)
    },
    mergePull: async (number, input) => merge(number, APP, input),
    keysOf: async (login) => {
      const found = accounts.get(login.toLowerCase())
      return found ? { ...found, keys: [...found.keys] } : null
    },
  }

  const start = addCommit(
    {
      tree: addTree(
        withChanges(
          new Map(),
          Object.entries(first).map(([path, content]) => ({ path, content })),
        ),
      ),
      parents: [],
      message: 'Start\n',
    },
    PERSON,
  )
  branches.set(MAIN, start)
  branches.set('live', start)

  return {
    forge: new Proxy(forge, {
      get: (target, name: keyof Forge) => {
        if (name === 'abilities') return target.abilities
        return async (...input: unknown[]) => {
          calls.push(name)
          return intercept(name, () => {
            if (!(READS as readonly string[]).includes(name)) changing()
            return (target[name] as (...args: unknown[]) => Promise<unknown>)(...input)
          })
        }
      },
    }),
    branches,
    pulls: pulls as readonly PullRow[],
    gates,
    /** Every call of the port, oldest first. */
    calls,
    setIntercept: (next: Intercept | null): void => {
      intercept = next ?? ((_, run) => run())
    },
    /** Message and parents of a commit. */
    commit: commitOf,
    /** Git's id of each file. */
    contentsOf: (branch: string): Files => filesOf(branches.get(branch) ?? ''),
    contentsAt: (sha: string): Files => filesOf(sha),
    filesOf: (branch: string): string[] => [...filesOf(branches.get(branch) ?? '').keys()].sort(),
    /** Keeps the forge as it is; the function brings that back, any number of times. */
    keep: (): (() => void) => {
      const kept = structuredClone({ branches, pulls, gates, accounts })
      const [treesKept, commitsKept] = [trees.size, commits.size]
      /** What came later sits at the end. */
      const shorten = <Value>(map: Map<string, Value>, to: number): void => {
        if (map.size > to) for (const key of [...map.keys()].slice(to)) map.delete(key)
      }
      const refill = <Key, Value>(map: Map<Key, Value>, from: Map<Key, Value>): void => {
        map.clear()
        for (const [key, value] of structuredClone(from)) map.set(key, value)
      }
      return () => {
        refill(branches, kept.branches)
        refill(gates, kept.gates)
        refill(accounts, kept.accounts)
        pulls.splice(0, pulls.length, ...structuredClone(kept.pulls))
        shorten(trees, treesKept)
        shorten(commits, commitsKept)
        calls.length = 0
        if (past) past = []
      }
    },
    /** From now on reads can be answered late. */
    remember: (): void => {
      past ??= []
    },
    /** The forge as it was so many changes ago, for reading only; null: not so long ago. */
    earlier: (changes: number) => {
      const view = past?.at(-changes)
      return view ? readsOf(view) : null
    },
    /** An account, made if need be: its number, and the public keys that it shows. */
    accountOf,
    /** What people do on the forge itself. */
    person: {
      /** Gives his login up, and with it what names him; somebody else takes it. The keys are the new owner's. */
      giveUp: (login: string, keys: string[] = []): void => {
        const account = accounts.size + 1_000
        accounts.set(login.toLowerCase(), { login, account, keys })
      },
      /** Moves a branch wherever he likes, as a forced push does. */
      force: (branch: string, sha: string): void => {
        changing()
        commitOf(sha)
        branches.set(branch, sha)
        follow()
      },
      /** Deletes a branch, which closes its pull requests. */
      drop: (branch: string): void => {
        changing()
        branches.delete(branch)
        follow()
      },
      push: (branch: string, path: string, content: string): string => {
        changing()
        const head = branches.get(branch) ?? ''
        const tree = addTree(withChanges(filesOf(head), [{ path, content }]))
        const sha = addCommit({ tree, parents: [head], message: 'By hand\n' }, PERSON)
        branches.set(branch, sha)
        follow()
        return sha
      },
      remove: (branch: string, path: string): string => {
        changing()
        const head = branches.get(branch) ?? ''
        const tree = addTree(withChanges(filesOf(head), [{ path, content: null }]))
        const sha = addCommit({ tree, parents: [head], message: 'By hand\n' }, PERSON)
        branches.set(branch, sha)
        return sha
      },
      /** Takes back what a commit of the branch changed, as `git revert` does. */
      revert: (branch: string, sha: string): string => {
        changing()
        const head = branches.get(branch) ?? ''
        const parent = commitOf(sha).parents[0]
        const [before, after] = [parent === undefined ? new Map() : filesOf(parent), filesOf(sha)]
        const files = new Map(filesOf(head))
        for (const path of new Set([...before.keys(), ...after.keys()])) {
          const blob = before.get(path)
          if (blob === after.get(path)) continue
          if (blob === undefined) files.delete(path)
          else files.set(path, blob)
        }
        const made = { tree: addTree(files), parents: [head], message: 'Revert\n' }
        const own = addCommit(made, PERSON)
        branches.set(branch, own)
        follow()
        return own
      },
      review: (number: number, login: string, state: Review['state']): void => {
        changing()
        const pull = pullOf(number)
        const { account } = accountOf(login)
        pull?.reviews.push({ login, account, state, headSha: pull.headSha })
      },
      /** Takes back every review of this account. */
      dismiss: (number: number, login: string): void => {
        changing()
        for (const review of pullOf(number)?.reviews ?? [])
          if (review.login === login) review.state = 'dismissed'
      },
      merge: (number: number, login: string, { pastTheGate = false } = {}) => {
        changing()
        return merge(number, login, { title: `Merge #${number}`, message: '', pastTheGate })
      },
      close: (number: number): void => {
        changing()
        const pull = pullOf(number)
        if (pull) pull.state = 'closed'
      },
      edit: (number: number, body: string): void => {
        changing()
        const pull = pullOf(number)
        if (pull) pull.body = body
      },
    },
  }
}
export type MemoryForge = ReturnType<typeof createMemoryForge>
