// The composition to read first: a plan becomes one commit on a branch and one pull request whose body is the plan.
// Four writes for any number of files. Every step may be repeated: create, then adopt; never look, then create.
import type { Plan } from '../schemas/plan.ts'
import type { BranchHead, CommitAuthor, Forge, PullRequest } from '../schemas/ports.ts'
import { Outage, ok, type Result, refuse } from '../schemas/result.ts'
import { planText, type RecordedChange, recordText } from './change-record.ts'
import { commitMessage, isOurs, type Ours, PHOENIX, pullTitle } from './message.ts'
import { changeDirectory } from './paths.ts'
import { planBody, planDocument } from './plan-body/body.ts'

export const MAIN = 'main'
export const LIVE = 'live'

/** What Phoenix knows of main when it proposes. */
export interface Stood {
  /** The last commit that Phoenix promoted. */
  sha: string
  /** What stands on main beyond it by changes of Phoenix. */
  explained: { path: string; blob: string | null }[]
  /** What was made by hand there, and the requester has confirmed to be written over. */
  confirmed: { path: string; blob: string | null }[]
}

export interface ProposeInput {
  change: RecordedChange & { acceptedAt: string }
  branch: string
  plan: Plan
  files: { path: string; content: string | null }[]
  publicUrl: string
  /** The pull request and head that an earlier revision left, when there was one. */
  earlier: { pullNumber: number; headSha: string } | null
  /** Absent or null: there is nothing that could be written over unseen. */
  stood?: Stood | null
}

export interface Proposal {
  pull: PullRequest
  baseSha: string
  commitSha: string
  treeSha: string
}

/** `phoenix/<tenant>/<change>`: a function of the change, so a retry finds what it left. */
export const branchName = (tenant: string, changeId: string): string =>
  `phoenix/${tenant}/${changeId}`

/** The commit's files: the rendered ones, and the record of the change beside them. */
export const commitFiles = ({
  change,
  plan,
  files,
  publicUrl,
}: Omit<ProposeInput, 'branch' | 'earlier'>): ProposeInput['files'] => {
  const directory = changeDirectory(change.id)
  return [
    ...files,
    { path: `${directory}/change.json`, content: recordText(change, plan) },
    { path: `${directory}/plan.json`, content: planText(plan) },
    { path: `${directory}/PLAN.md`, content: planDocument(plan, change, publicUrl) },
  ]
}

const author = (acceptedAt: string): CommitAuthor => ({
  ...PHOENIX,
  // Git keeps whole seconds; fixed per change, so that the same change makes the same commit.
  date: `${acceptedAt.slice(0, 19)}Z`,
})

/** Proposes a change. Refuses when the branch holds something that is not ours, or the pull request is closed. */
export const propose = async (forge: Forge, input: ProposeInput): Promise<Result<Proposal>> => {
  const base = await forge.readBranch(MAIN)
  if (!base) return refuse('conflict', { detail: 'The repository has no branch main.' })
  const seen = await nothingUnseen(forge, input, base.sha)
  if (!seen.ok) return seen
  const commit = await write(forge, input, base, [base.sha])
  const placed = await placeBranch(forge, input, { base, commit })
  if (!placed.ok) return placed
  const { sha: commitSha, tree: treeSha } = placed.value
  const pull = await openOrAdopt(forge, input, commitSha)
  if (!pull.ok) return pull
  return ok({ pull: pull.value, baseSha: base.sha, commitSha, treeSha })
}

type Tip = Pick<BranchHead, 'sha' | 'tree'>

/**
 * The commit over main. What it takes away and main does not have any more, because somebody took it away by hand or an empty
 * merge stands for the change that is undone, is left out: a forge refuses the whole tree for one such path.
 */
const write = async (
  forge: Forge,
  input: ProposeInput,
  base: Tip,
  parents: string[],
): Promise<Tip> => {
  const files = commitFiles(input)
  const writeOf = (those: ProposeInput['files']) =>
    forge.writeCommit({
      baseTree: base.tree,
      parents,
      files: those,
      message: commitMessage(input.plan, input.change),
      author: author(input.change.acceptedAt),
    })
  const commit = await writeOf(files)
  if (commit) return commit
  const there: ProposeInput['files'] = []
  for (const file of files)
    if (file.content !== null || (await forge.readBlob(file.path, base.sha)) !== null)
      there.push(file)
  const again = there.length === files.length ? null : await writeOf(there)
  if (!again) throw new Outage('forge', 'does not take the commit', 60)
  return again
}

/** What the forge has to say before anything may be proposed; while it does not, a change shows it. */
export const MAIN_UNKNOWN = 'shows main as it was before what was promoted'

/** What main holds at the change's own paths, where more differs than the forge lists. */
const notShown = async (
  forge: Forge,
  { own, shown, stood, main }: Compared,
): Promise<Compared['shown']> => {
  const paths = [...own].filter((path) => !shown.some((one) => one.path === path))
  const [now, then] = [await forge.readBlobs(paths, main), await forge.readBlobs(paths, stood.sha)]
  return paths.flatMap((path, at) =>
    now[at] === then[at] ? [] : [{ path, blob: now[at] ?? null }],
  )
}

interface Compared {
  own: ReadonlySet<string>
  shown: { path: string; blob: string | null }[]
  stood: Stood
  main: string
}

/** How a refusal begins that is for what somebody did on main. */
export const BY_HAND = 'GIT-CHANGED-BY-HAND'

/** As many paths are named in a refusal. */
const NAMED_AT_MOST = 3

/**
 * The commit takes the place of whatever main holds at its paths, so what somebody made there by hand would be gone with the
 * merge and nobody would have seen it. Costs a call only where main is not where Phoenix left it.
 * Throws Outage when the forge shows main late.
 */
const nothingUnseen = async (
  forge: Forge,
  { files, stood }: Pick<ProposeInput, 'files' | 'stood'>,
  main: string,
): Promise<Result<null>> => {
  if (!stood || stood.sha === main) return ok(null)
  const compared = await forge.compare(stood.sha, main)
  if (!compared) throw new Outage('forge', MAIN_UNKNOWN)
  if (!compared.forward) {
    // Only where the two went apart somebody rewrote it; main behind what is known to be there was read late.
    const back = await forge.compare(main, stood.sha)
    if (!back || back.forward) throw new Outage('forge', MAIN_UNKNOWN)
    return refuse('conflict', { detail: 'The history of main was rewritten by hand.' })
  }
  const own = new Set(files.map(({ path }) => path))
  const known = [...stood.explained, ...stood.confirmed]
  const shown = compared.files.filter(({ path }) => own.has(path))
  const hidden = compared.filesComplete ? [] : await notShown(forge, { own, shown, stood, main })
  const unseen = [...shown, ...hidden].filter(
    ({ path, blob }) => !known.some((one) => one.path === path && one.blob === blob),
  )
  if (unseen.length === 0) return ok(null)
  const names = unseen.slice(0, NAMED_AT_MOST).map(({ path }) => path)
  const more = unseen.length - names.length
  return refuse('conflict', {
    detail: `${BY_HAND}: main was changed by hand at ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}: undo that on the forge, or ask again and confirm what is shown on the resource`,
  })
}

/** How a refusal begins that is for what somebody pushed onto the change's branch. */
export const BRANCH_BY_HAND = 'BRANCH-PUSHED-BY-HAND'

/**
 * Puts the commit on the change's branch, and nothing in the place of what somebody else pushed there. Returns the commit that is
 * on the branch then. Throws Outage when somebody was there between the look and the move: repeat.
 */
const placeBranch = async (
  forge: Forge,
  input: ProposeInput,
  { base, commit }: { base: Tip; commit: Tip },
): Promise<Result<Tip>> => {
  const { branch, change, earlier } = input
  if (!earlier && (await forge.createBranch(branch, commit.sha)) === 'created') return ok(commit)
  const head = await forge.readBranch(branch)
  if (head?.sha === commit.sha) return ok(commit)
  if (!head) {
    return (await forge.createBranch(branch, commit.sha)) === 'created'
      ? ok(commit)
      : refuse('conflict', {
          detail: `The branch of change ${change.id} is held by something else.`,
        })
  }
  // Whatever is there is shown on the change: who asks for a revision drops it.
  if (head.sha === earlier?.headSha) {
    return (await forge.moveBranch(branch, commit.sha, { force: true })) === 'moved'
      ? ok(commit)
      : refuse('conflict', { detail: `The branch of change ${change.id} cannot be moved.` })
  }
  if (isOurs(head, change)) return ok(await goOnFrom(forge, input, { base, commit, head }))
  // Its pull request shows what was pushed, and the gate is red for any head but ours.
  const pulls = await forge.findPulls(branch)
  if (pulls.some(({ state, baseBranch }) => state === 'open' && baseBranch === MAIN))
    return ok(commit)
  return refuse('conflict', {
    detail: `${BRANCH_BY_HAND}: ${branch} holds what somebody else pushed, and is left as it is: ask again for a change on a branch of its own`,
  })
}

/**
 * From what an earlier attempt of this change left, over an older base or before the database was put back. Never by force: what
 * somebody pushes meanwhile is on no way forward to our commit, and the forge itself refuses the move.
 */
const goOnFrom = async (
  forge: Forge,
  input: ProposeInput,
  { base, commit, head }: { base: Tip; commit: Tip; head: BranchHead },
): Promise<Tip> => {
  if (head.tree === commit.tree && head.parents[0] === base.sha) return head
  const next = await write(forge, input, base, [base.sha, head.sha])
  const moved = await forge.moveBranch(input.branch, next.sha, { force: false })
  if (moved === 'refused') throw new Outage('forge', 'does not move the branch forward', 5)
  return next
}

/** Takes a branch without a pull request away while it is ours: what somebody pushed onto it would be gone for good. */
export const deleteOwn = async (forge: Forge, branch: string, change: Ours): Promise<void> => {
  const head = await forge.readBranch(branch)
  if (!head || !isOurs(head, change)) return
  // What was read may be old; a write sees what is there.
  const still = await forge.moveBranch(branch, head.sha, { force: false })
  if (still === 'moved') await forge.deleteBranch(branch)
}

const openOrAdopt = async (
  forge: Forge,
  input: ProposeInput,
  headSha: string,
): Promise<Result<PullRequest>> => {
  const body = planBody(input.plan, input.change, input.publicUrl)
  if (input.earlier) {
    await forge.updatePull(input.earlier.pullNumber, { body })
    const pull = await forge.readPull(input.earlier.pullNumber)
    return pull?.state === 'open'
      ? ok({ ...pull, headSha })
      : refuse('conflict', { detail: 'The pull request was closed.' })
  }
  const title = pullTitle(input.plan)
  const opened = await forge.openPull({ head: input.branch, base: MAIN, title, body })
  if (opened !== 'exists') return ok(opened)
  // The canonical pull request is the lowest number into main; any other from the same branch is closed, never used.
  const found = await forge.findPulls(input.branch)
  const canonical = found.find(({ baseBranch }) => baseBranch === MAIN)
  if (!canonical) throw new Outage('forge', 'does not list its new pull request yet', 2)
  for (const other of found) {
    if (other !== canonical && other.state === 'open')
      await forge.updatePull(other.number, { state: 'closed' })
  }
  if (canonical.state !== 'open')
    return refuse('conflict', { detail: 'The pull request was closed.' })
  // It may be somebody else's from our branch: what people read in it is the plan all the same.
  if (canonical.body.trimEnd() !== body.trimEnd())
    await forge.updatePull(canonical.number, { body })
  return ok({ ...canonical, headSha })
}
