// The judgement of a forge's rules, row by row: what was read, and the one line that it must come to.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { PERMISSIONS } from './github-app.ts'
import {
  type BranchRule,
  type Bypass,
  judgeSetup,
  type RepositoryFacts,
  type SetupFacts,
} from './setup-check.ts'
import { wantedRulesets } from './wanted-rulesets.ts'

const APP = 4711
const ours = { type: 'Integration', id: APP }
const check = { context: 'phoenix/gate', integration: APP }
const reviews = { needed: 0, dismissStale: true, lastPush: true }
const MAIN: BranchRule[] = [
  { type: 'pull_request', ruleset: 1, reviews },
  { type: 'required_status_checks', ruleset: 1, checks: [check], strict: false },
  { type: 'non_fast_forward', ruleset: 1 },
  { type: 'deletion', ruleset: 1 },
]
const LIVE: BranchRule[] = [
  { type: 'update', ruleset: 2 },
  { type: 'non_fast_forward', ruleset: 3 },
  { type: 'deletion', ruleset: 3 },
]
const bypass = (more: [number, Bypass[]][] = []): RepositoryFacts['bypass'] => {
  const all: [number, Bypass[]][] = [[1, []], [2, [ours]], [3, []], ...more]
  return new Map(all.map(([id, value]) => [id, { value }]))
}
const right: RepositoryFacts = {
  ...{ name: 'acme/x', installed: { value: true }, main: { value: MAIN }, live: { value: LIVE } },
  settings: { value: { deletesBranches: true, mergeCommits: true } },
  bypass: bypass(),
}
const facts = (
  repository: Partial<RepositoryFacts> = {},
  app: Partial<NonNullable<SetupFacts['app']>> = {},
): SetupFacts => ({
  app: {
    id: APP,
    permissions: { value: { ...PERMISSIONS } },
    events: { value: ['push', 'pull_request', 'pull_request_review'] },
    webhook: { value: 'https://p.example/webhooks/github' },
    deliveries: { value: { arrived: 3, failed: 0 } },
    ...app,
  },
  webhookWanted: 'https://p.example/webhooks/github',
  repositories: [{ ...right, ...repository }],
})
const wrong = (given: SetupFacts) =>
  judgeSetup(given)
    .filter(({ level }) => level !== 'ok')
    .map(({ level, about, says }) => `${level} ${about}: ${says}`)
const without = (rules: BranchRule[], type: string) => ({
  value: rules.filter((rule) => rule.type !== type),
})
const withRule = (rules: BranchRule[], changed: BranchRule) => ({
  value: [...rules.filter(({ type }) => type !== changed.type), changed],
})
const gate = (more: Partial<BranchRule>): BranchRule => ({
  ...{ type: 'required_status_checks', ruleset: 1, checks: [check], strict: false, ...more },
})

/** As an organisation's ruleset over all branches has it. */
const alsoOnLive = (...types: string[]) => ({
  value: [...LIVE, ...types.map((type) => ({ type, ruleset: 9 }))],
})

it('finds nothing to say of what is right', () => {
  expect(wrong(facts())).toEqual([])
})

it.each<[string, SetupFacts, string[]]>([
  [
    'direct pushes',
    facts({ main: without(MAIN, 'pull_request') }),
    ['missing acme/x main: anybody who writes may push'],
  ],
  [
    'no gate',
    facts({ main: without(MAIN, 'required_status_checks') }),
    ['missing acme/x main: does not wait', 'missing acme/x main: takes that check from anybody'],
  ],
  [
    'a gate of another App',
    facts({ main: withRule(MAIN, gate({ checks: [{ ...check, integration: 1 }] })) }),
    ['missing acme/x main: takes that check from anybody'],
  ],
  [
    'a gate of nobody',
    facts({ main: withRule(MAIN, gate({ checks: [{ ...check, integration: null }] })) }),
    ['missing acme/x main: takes that check from anybody'],
  ],
  [
    'another check pinned',
    facts({ main: withRule(MAIN, gate({ checks: [{ context: 'x', integration: APP }] })) }),
    ['missing acme/x main: does not wait', 'missing acme/x main: takes that check from anybody'],
  ],
  [
    'strict',
    facts({ main: withRule(MAIN, gate({ strict: true })) }),
    ['missing acme/x main: asks for branches up to date'],
  ],
  [
    'a merge queue',
    facts({ main: { value: [...MAIN, { type: 'merge_queue', ruleset: 1 }] } }),
    ['missing acme/x main: asks for a merge queue'],
  ],
  [
    'forced main',
    facts({ main: without(MAIN, 'non_fast_forward') }),
    ['missing acme/x main: may be forced'],
  ],
  [
    'deleted main',
    facts({ main: without(MAIN, 'deletion') }),
    ['missing acme/x main: may be deleted'],
  ],
  [
    'own reviews with holes',
    facts({
      main: withRule(MAIN, {
        type: 'pull_request',
        ruleset: 1,
        reviews: { needed: 1, dismissStale: false, lastPush: true },
      }),
    }),
    ['missing acme/x main: asks for 1 review(s) of its own without dismissing stale reviews'],
  ],
  [
    'own reviews off',
    facts({
      main: withRule(MAIN, {
        type: 'pull_request',
        ruleset: 1,
        reviews: { needed: 0, dismissStale: true, lastPush: false },
      }),
    }),
    ['note acme/x main: the forge’s own options are off: approval of the last push'],
  ],
  [
    'administrators past main',
    facts({ bypass: bypass([[1, [{ type: 'RepositoryRole', id: 5 }]]]) }),
    ['note acme/x main: may be changed past its rules by: administrators'],
  ],
  [
    'free live',
    facts({ live: without(LIVE, 'update') }),
    [
      'missing acme/x live: anybody who writes may move it',
      'missing acme/x live: Phoenix’s App may not move it',
    ],
  ],
  [
    'live of others too',
    facts({ bypass: bypass([[2, [ours, { type: 'RepositoryRole', id: 5 }]]]) }),
    ['missing acme/x live: may also be moved by: administrators'],
  ],
  [
    'live of nobody',
    facts({ bypass: bypass([[2, []]]) }),
    ['missing acme/x live: Phoenix’s App may not move it'],
  ],
  [
    'live of others without Phoenix',
    facts({ bypass: bypass([[2, [{ type: 'RepositoryRole', id: 5 }]]]) }),
    ['missing acme/x live: Phoenix’s App may not move it; may also be moved by: administrators'],
  ],
  [
    'leave for Phoenix in pull requests alone',
    facts({ bypass: bypass([[2, [{ ...ours, pullsOnly: true }]]]) }),
    ['missing acme/x live: Phoenix’s App may not move it'],
  ],
  [
    'a second ruleset that leaves live to nobody',
    facts({ live: alsoOnLive('update'), bypass: bypass([[9, []]]) }),
    ['missing acme/x live: Phoenix’s App may not move it'],
  ],
  [
    'a second ruleset of live that nobody shows',
    facts({ live: alsoOnLive('update') }),
    ['unknown acme/x live: cannot tell: only Phoenix’s App'],
  ],
  [
    'a second ruleset that leaves live to others as well: the first keeps them out',
    facts({
      live: alsoOnLive('update'),
      bypass: bypass([[9, [ours, { type: 'RepositoryRole', id: 5 }]]]),
    }),
    [],
  ],
  [
    'two rulesets that leave live to others as well, each to somebody else',
    facts({
      live: alsoOnLive('update'),
      bypass: bypass([
        [2, [ours, { type: 'RepositoryRole', id: 5 }]],
        [9, [ours, { type: 'OrganizationAdmin', id: null }]],
      ]),
    }),
    ['missing acme/x live: may also be moved by: administrators, owners of the organisation'],
  ],
  [
    'rules of every branch, which live has too',
    facts({
      live: alsoOnLive('pull_request', 'required_signatures', 'commit_message_pattern'),
      bypass: bypass([[9, [{ type: 'OrganizationAdmin', id: null }]]]),
    }),
    [
      'missing acme/x live: asks for pull requests, and Phoenix pushes; signed commits, and Phoenix’s commits are not; commit_message_pattern',
    ],
  ],
  [
    'rules of every branch, which Phoenix goes past on live',
    facts({ live: alsoOnLive('pull_request', 'workflows'), bypass: bypass([[9, [ours]]]) }),
    [],
  ],
  [
    'rules of every branch, of which nobody shows who goes past them',
    facts({ live: alsoOnLive('pull_request') }),
    ['unknown acme/x live: cannot tell: asks for nothing that Phoenix'],
  ],
  [
    'forced live',
    facts({ live: without(LIVE, 'non_fast_forward') }),
    ['missing acme/x live: may be forced'],
  ],
  [
    'deleted live',
    facts({ live: without(LIVE, 'deletion') }),
    ['missing acme/x live: may be deleted'],
  ],
  [
    'no merge commits',
    facts({ settings: { value: { deletesBranches: true, mergeCommits: false } } }),
    ['missing acme/x: does not allow merge commits'],
  ],
  [
    'branches kept',
    facts({ settings: { value: { deletesBranches: false, mergeCommits: true } } }),
    ['note acme/x: does not delete branches'],
  ],
  [
    'not installed',
    facts({ installed: { value: false } }),
    ['missing acme/x: the App is not installed'],
  ],
  [
    'less permission',
    facts({}, { permissions: { value: { ...PERMISSIONS, checks: 'read' } } }),
    ['missing App: lacks checks: write'],
  ],
  ['fewer events', facts({}, { events: { value: ['push'] } }), ['missing App: is not told']],
  ['no webhook', facts({}, { webhook: { value: null } }), ['missing App: sends webhooks nowhere']],
  [
    'webhooks that fail',
    facts({}, { deliveries: { value: { arrived: 0, failed: 2 } } }),
    ['missing App: none of the latest'],
  ],
  [
    'webhooks that were never sent',
    facts({}, { deliveries: { value: { arrived: 0, failed: 0 } } }),
    ['note App: no webhook was sent yet'],
  ],
  [
    'rules that nobody shows',
    facts({ live: { unknown: 'x' } }),
    Array(5).fill('unknown acme/x live: cannot tell'),
  ],
  [
    'a bypass list that nobody shows',
    facts({ bypass: new Map() }),
    [
      'unknown acme/x main: cannot tell: nobody',
      'unknown acme/x live: cannot tell: only Phoenix’s App',
    ],
  ],
])('says what is wrong with %s', (_, given, lines) => {
  const found = wrong(given)
  expect(found).toEqual(lines.map((each) => expect.stringContaining(each)))
})

it('every line that is not right has a remedy', () => {
  const bare = facts({
    ...{ main: { value: [] }, live: { value: [] }, installed: { value: false } },
    settings: { unknown: 'x' },
  })
  for (const each of judgeSetup(bare)) if (each.level !== 'ok') expect(each.remedy).toBeTruthy()
  expect(judgeSetup({ ...bare, app: null })[0]).toMatchObject({ level: 'missing', about: 'App' })
})

it('is content with the rulesets that it tells operators to set', () => {
  const rulesets = wantedRulesets(APP).map((ruleset, index) => ({ ...ruleset, id: index + 1 }))
  const rulesOn = (branch: string) => ({
    value: rulesets
      .filter(({ conditions }) => conditions.ref_name.include.includes(`refs/heads/${branch}`))
      .flatMap(({ id, rules }) =>
        rules.map((rule): BranchRule => {
          if (rule.type === 'required_status_checks') return { ...gate({}), ruleset: id }
          return rule.type === 'pull_request'
            ? { type: rule.type, ruleset: id, reviews }
            : { type: rule.type, ruleset: id }
        }),
      ),
  })
  const passing = rulesets.map(({ id, bypass_actors }) => {
    const value = bypass_actors.map(({ actor_type, actor_id }) => ({
      type: actor_type,
      id: actor_id,
    }))
    return [id, { value }] as const
  })
  const set = { main: rulesOn('main'), live: rulesOn('live'), bypass: new Map(passing) }
  expect(wrong(facts(set))).toEqual([])
})

it('the App’s manifest asks for what Phoenix uses, and no more', () => {
  const path = join(import.meta.dirname, '../../templates/host/github/app-manifest.json')
  const manifest = JSON.parse(readFileSync(path, 'utf8'))
  expect(manifest.default_permissions).toEqual(PERMISSIONS)
})
