// Planted bugs of crash points C1 to C13 (facts of the change protocol): from a request to the gate and the merge.
import { at, bug, inTenant, type Planted } from './planted-bug.ts'

export const PROPOSAL: Planted[] = [
  bug(
    'C1',
    'a key is spent before its change is written down',
    {},
    inTenant(
      'accept.ts',
      '  const accepted = await inTurn(context, async () => {',
      "  const spent = { digest: `key ${key}`, at: '' }\n  const [fresh] = context.db.insert(tables.deliveries).values(spent).onConflictDoNothing().returning().all()\n  if (!fresh) return refuse('idempotency-key-reused')\n  const accepted = await inTurn(context, async () => {",
    ),
  ),
  bug(
    'C2',
    'a repeated key is not looked for',
    {},
    inTenant(
      'accept.ts',
      'forms: JSON.stringify(formsOfKey(context, key)),',
      "forms: JSON.stringify(['none', ...formsOfKey(context, key).slice(99)]),",
    ),
    inTenant('accept.ts', 'id: changeIdOf(context, key),\n  })', "id: 'none',\n  })"),
  ),
  bug(
    'C2',
    'a change is accepted without the work that it causes',
    {},
    inTenant('accept.ts', "enqueue(tx, 'reserve', id, Date.parse(at))", 'void tx'),
  ),
  bug(
    'C3',
    'the id is not a function of tenant and key',
    { from: 'nothing' },
    inTenant('accept.ts', '${context.tenant().id}\\u0000${key}', '${key}${Math.random()}'),
  ),
  bug(
    'C4',
    'what cannot be rendered as it was planned is tried for ever',
    {
      by: {
        test: 'edge-workers/actors/tenant/stale-template.test.ts',
        named: 'a change whose template is another',
      },
    },
    inTenant(
      'work.ts',
      'if (error instanceof StaleTemplate) return null\n',
      'if (error instanceof StaleTemplate && !change) return null\n',
    ),
  ),
  bug(
    'C5',
    'the commit is not a function of the change',
    {
      by: {
        test: 'gitops/propose.test.ts',
        named: 'is the same one for the same change, base and plan',
      },
    },
    at(
      'gitops/propose.ts',
      'date: `${acceptedAt.slice(0, 19)}Z`',
      'date: `${new Date(acceptedAt.length * Math.random() * 1e10).toISOString().slice(0, 19)}Z`',
    ),
  ),
  bug(
    'C6',
    'a branch that is there is not adopted',
    { from: 'accepted' },
    at(
      'gitops/propose.ts',
      "if (!earlier && (await forge.createBranch(branch, commit.sha)) === 'created') return ok(commit)",
      "if (!earlier) return (await forge.createBranch(branch, commit.sha)) === 'created' ? ok(commit) : refuse('conflict', { detail: 'held' })",
    ),
  ),
  bug(
    'C6',
    'whatever is on the branch is taken for ours',
    { from: 'accepted' },
    at('gitops/propose.ts', 'if (isOurs(head, change)) return', 'if (head) return'),
  ),
  bug(
    'C6',
    'the branch of a change that ends goes, whoever pushed there',
    { from: 'accepted' },
    inTenant('drift/branches.ts', 'hasPull ? undefined : { id, fingerprint }', 'undefined'),
  ),
  bug(
    'C6',
    'the branch of a pull request that no row names stays',
    {
      by: {
        test: 'edge-workers/actors/tenant/drift/pushed-early.test.ts',
        named: 'goes with the branch where a pull request shows it',
      },
    },
    inTenant(
      'drift/branches.ts',
      'takeBranchAway(context, ended, hasPull)',
      'takeBranchAway(context, ended)',
    ),
  ),
  bug(
    'C7',
    'a proposal whose answer was lost is not made again',
    {},
    inTenant('outbox.ts', 'postpone(context, row, error)', 'finish(context, row, null)'),
  ),
  bug(
    'C8',
    'what was made by hand on main meanwhile is written over',
    {
      by: {
        test: 'edge-workers/actors/tenant/drift/git.test.ts',
        named: 'is seen at the proposal when it came after the plan',
      },
    },
    at(
      'gitops/propose.ts',
      'if (unseen.length === 0) return ok(null)',
      'if (unseen.length >= 0) return ok(null)',
    ),
  ),
  bug(
    'C8',
    'what nobody told of a merge ends the next change as if it were made by hand',
    {
      by: {
        test: 'edge-workers/actors/tenant/drift/git.test.ts',
        named: 'a merge of what was withdrawn, which nobody told of',
      },
    },
    inTenant('work.ts', 'await unlessMerged(context, id, proposed.refusal)', 'void unlessMerged'),
  ),
  bug(
    'C8',
    'a file that somebody took away already keeps the others from going',
    {
      by: {
        test: 'gitops/propose.test.ts',
        named: 'and that somebody took away already is left out',
      },
    },
    at(
      'gitops/propose.ts',
      '(await forge.readBlob(file.path, base.sha)) !== null)',
      'base.sha !== file.path)',
    ),
  ),
  bug(
    'C8',
    'approvals stand when what the plan read has changed',
    { by: { test: 'edge-workers/actors/tenant/outdated.test.ts', named: 'a refused' } },
    inTenant('reads.ts', 'if (!still.ok) return still', 'if (!still.ok) void still'),
  ),
  bug(
    'C9',
    'a pull request that is there is not adopted',
    { from: 'accepted' },
    at(
      'gitops/propose.ts',
      "if (opened !== 'exists') return ok(opened)",
      "if (opened !== 'exists') return ok(opened)\n  if (opened) return refuse('conflict', { detail: 'exists' })",
    ),
  ),
  bug(
    'C9',
    'a second pull request of the branch stays open',
    {
      by: {
        test: 'gitops/propose.test.ts',
        named: 'a second open pull request of the branch is closed',
      },
    },
    at(
      'gitops/propose.ts',
      "if (other !== canonical && other.state === 'open')",
      "if (other !== canonical && other.state !== 'open')",
    ),
  ),
  bug(
    'C11, C12',
    'approvals stand when somebody pushes',
    { from: 'approved' },
    inTenant('observe.ts', 'if (touched) voidApprovals', 'if (!at) voidApprovals'),
    inTenant('observe.ts', "touched ? 'proposed' : change.state", 'change.state'),
  ),
  bug(
    'C11',
    'the plan’s copy in the pull request may be anything',
    {},
    inTenant(
      'promotion-bars.ts',
      'return normalised(pull.body) === normalised(expected) ? null : expected',
      'return pull ? null : expected',
    ),
  ),
  bug(
    'C12',
    'whoever asks may approve',
    { from: 'proposed' },
    inTenant(
      'approve.ts',
      "if (who.subject === change.requester) return refuse('separation-of-duties')",
      '',
    ),
    inTenant(
      'approvals.ts',
      'if (member === requester || behind.includes(member)) return []',
      'void [requester, behind]',
    ),
  ),
  bug(
    'C13',
    'nobody looks at a pull request unless told',
    {},
    inTenant('work.ts', "enqueue(tx, 'watch', id, Date.parse(at) + firstWait())", 'void firstWait'),
  ),
]
