// Whether a forge is set up as Phoenix needs it: judged from what was read of its rules (functions/cli/doctor). Pure.
// What could not be read is never taken for right: it is a line of its own. Branch protection of the older kind is not looked at:
// only rulesets can hold a check to one App, and leave `live` to one App alone.

import { GATE_NAME } from './github.ts'
import { PERMISSIONS } from './github-app.ts'

/** What was read, or why it was not. */
export type Read<T> = { value: T } | { unknown: string }

export interface BranchRule {
  type: string
  ruleset: number
  /** Of the required check. */
  checks?: { context: string; integration: number | null }[]
  /** A head must have the newest main in it. */
  strict?: boolean
  reviews?: { needed: number; dismissStale: boolean; lastPush: boolean }
}

export interface Bypass {
  type: string
  id: number | null
  /** It goes past the rules by merging pull requests and in no other way: Phoenix moves `live` by pushing. */
  pullsOnly?: boolean
}

export interface RepositoryFacts {
  name: string
  installed: Read<boolean>
  settings: Read<{ deletesBranches: boolean; mergeCommits: boolean }>
  main: Read<BranchRule[]>
  live: Read<BranchRule[]>
  /** Who may go past a ruleset, by its id. */
  bypass: ReadonlyMap<number, Read<Bypass[]>>
}

export interface SetupFacts {
  /** Null: Phoenix is known by a personal token. */
  app: {
    id: number
    permissions: Read<Record<string, string>>
    events: Read<string[]>
    /** Null: none is set. */
    webhook: Read<string | null>
    /** Of the latest deliveries. */
    deliveries: Read<{ arrived: number; failed: number }>
  } | null
  /** Where Phoenix takes webhooks; null: nobody said. */
  webhookWanted: string | null
  repositories: RepositoryFacts[]
}

export type Level = 'ok' | 'note' | 'missing' | 'unknown'
export interface SetupLine {
  level: Level
  about: string
  says: string
  remedy?: string
}

const EVENTS = ['push', 'pull_request', 'pull_request_review']
const RULESETS =
  'POST the rulesets that `npm run doctor -- --ruleset` prints to /repos/{owner}/{repo}/rulesets.'
const BY_ADMINISTRATOR =
  'Only administrators of the repository see it: run this with FORGE_ADMIN_TOKEN set to the token of one.'
/** GitHub's numbers for the roles of a repository. */
const ROLES: Record<number, string> = { 2: 'maintainers', 4: 'writers', 5: 'administrators' }

const named = ({ type, id }: Bypass): string => {
  if (type === 'RepositoryRole') return ROLES[id ?? 0] ?? `the role ${id}`
  if (type === 'OrganizationAdmin') return 'owners of the organisation'
  return `${type === 'Integration' ? 'the App' : type} ${id}`
}

/** One line: right, or what is missing with its remedy; and where it was not read, that. */
const line =
  (about: string) =>
  <T>(
    read: Read<T>,
    right: (value: T) => boolean,
    { ok, missing, remedy }: { ok: string; missing: string; remedy: string },
  ): SetupLine => {
    if ('unknown' in read) {
      return { level: 'unknown', about, says: `cannot tell: ${ok} (${read.unknown})`, remedy }
    }
    return right(read.value)
      ? { level: 'ok', about, says: ok }
      : { level: 'missing', about, says: missing, remedy }
  }

type Deliveries = NonNullable<SetupFacts['app']>['deliveries']

const judgeDeliveries = (about: string, read: Deliveries): SetupLine => {
  const remedy =
    'Look at the App’s recent deliveries: the answer says whether the address or the secret is wrong.'
  if ('value' in read && read.value.arrived + read.value.failed === 0) {
    const says = 'no webhook was sent yet'
    return { level: 'note', about, says, remedy: 'Look again after the first change.' }
  }
  return line(about)(read, ({ arrived }) => arrived > 0, {
    ok: 'webhooks arrive',
    ...{ missing: 'none of the latest webhooks arrived', remedy },
  })
}

const judgeApp = ({ app, webhookWanted }: SetupFacts): SetupLine[] => {
  const about = 'App'
  if (app === null) {
    return [
      {
        ...{ level: 'missing', about, says: 'Phoenix is known by a personal token' },
        remedy:
          'Register a GitHub App and set FORGE_APP_ID and FORGE_APP_KEY: no check can be pinned to a personal token, so live does not move.',
      },
    ]
  }
  const judge = line(about)
  const lacks = (given: Record<string, string>): string[] =>
    Object.entries(PERMISSIONS)
      .filter(([name, access]) => given[name] !== 'write' && given[name] !== access)
      .map(([name, access]) => `${name}: ${access}`)
  const all = Object.entries(PERMISSIONS).map(([name, access]) => `${name}: ${access}`)
  return [
    judge(app.permissions, (given) => lacks(given).length === 0, {
      ok: 'has the permissions that it uses',
      missing: `lacks ${'value' in app.permissions ? lacks(app.permissions.value).join(', ') : ''}`,
      remedy: `Give the App the repository permissions ${all.join(', ')}, and accept them where it is installed.`,
    }),
    judge(app.events, (given) => EVENTS.every((event) => given.includes(event)), {
      ok: `is told of ${EVENTS.join(', ')}`,
      missing: `is not told of every one of ${EVENTS.join(', ')}`,
      remedy:
        'Subscribe the App to these events. Until then changes are only looked at from time to time.',
    }),
    judge(app.webhook, (url) => url !== null && (webhookWanted === null || url === webhookWanted), {
      ok: 'sends webhooks to Phoenix',
      missing: 'sends webhooks nowhere, or not to Phoenix',
      remedy: `Set the App’s webhook to ${webhookWanted ?? '<PUBLIC_URL>/webhooks/github'}, content type application/json, with the secret FORGE_WEBHOOK_SECRET.`,
    }),
    judgeDeliveries(about, app.deliveries),
  ]
}

/** Rules that hold up Phoenix itself: its commits stay as they were approved, and it merges over the API. */
const HINDRANCES: Record<string, string> = {
  merge_queue: 'a merge queue, past which the API cannot merge',
  required_linear_history: 'a linear history, which refuses merge commits',
  required_signatures: 'signed commits, and Phoenix’s commits are not',
}

const rulesOf = (rules: BranchRule[], type: string): BranchRule[] =>
  rules.filter((rule) => rule.type === type)
const has = (type: string) => (rules: BranchRule[]) => rulesOf(rules, type).length > 0

const pinnedTo = (rules: BranchRule[], app: number): boolean =>
  rulesOf(rules, 'required_status_checks').some(({ checks = [] }) =>
    checks.some(({ context, integration }) => context === GATE_NAME && integration === app),
  )
const requiresGate = (rules: BranchRule[]): boolean =>
  rules.some(({ checks = [] }) => checks.some(({ context }) => context === GATE_NAME))
const hindrancesIn = (rules: BranchRule[]): string[] => [
  ...Object.keys(HINDRANCES)
    .filter((type) => has(type)(rules))
    .map((type) => HINDRANCES[type] ?? ''),
  ...(rules.some(({ strict }) => strict === true)
    ? ['branches up to date with main, which would undo every approval at each merge']
    : []),
]

const judgeMain = (facts: RepositoryFacts, app: number | null): SetupLine[] => {
  const about = `${facts.name} main`
  const judge = line(about)
  const { main } = facts
  const rules = 'value' in main ? main.value : []
  return [
    judge(main, has('pull_request'), {
      ...{ ok: 'changes only through pull requests', remedy: RULESETS },
      missing: 'anybody who writes may push to it',
    }),
    judge(main, requiresGate, {
      ...{ ok: `waits for the check ${GATE_NAME}`, remedy: RULESETS },
      missing: `does not wait for the check ${GATE_NAME}`,
    }),
    judge(main, (read) => app !== null && pinnedTo(read, app), {
      ...{ ok: 'takes that check from Phoenix’s App alone', remedy: RULESETS },
      missing: 'takes that check from anybody who may post one: it is not pinned to Phoenix’s App',
    }),
    judge(main, (read) => hindrancesIn(read).length === 0, {
      ok: 'asks for nothing that would hold up Phoenix itself',
      missing: `asks for ${hindrancesIn(rules).join('; ')}`,
      remedy:
        'Take this rule away: what is promoted is compared with what was approved, byte for byte, and not by where it began.',
    }),
    judge(main, has('non_fast_forward'), {
      ...{ ok: 'is never forced', missing: 'may be forced', remedy: RULESETS },
    }),
    judge(main, has('deletion'), {
      ...{ ok: 'is never deleted', missing: 'may be deleted', remedy: RULESETS },
    }),
    ...judgeReviews(about, rules),
    ...judgeMainBypass(about, facts, rules),
  ]
}

/** The forge's own reviews are one of two doors for approvals: the check counts both, and binds each to the head. */
const judgeReviews = (about: string, rules: BranchRule[]): SetupLine[] => {
  const reviews = rulesOf(rules, 'pull_request').flatMap((rule) => rule.reviews ?? [])
  const needed = Math.max(0, ...reviews.map((one) => one.needed))
  const off = [
    ...(reviews.some(({ dismissStale }) => dismissStale) ? [] : ['dismissing stale reviews']),
    ...(reviews.some(({ lastPush }) => lastPush) ? [] : ['approval of the last push']),
  ]
  if (needed > 0) {
    return [
      {
        ...{ level: off.length > 0 ? 'missing' : 'note', about },
        says: `asks for ${needed} review(s) of its own${off.length > 0 ? ` without ${off.join(' and ')}` : ''}`,
        remedy: `Merges approved in Phoenix alone wait for these reviews. Ask for none and leave it to ${GATE_NAME}, or switch both options on.`,
      },
    ]
  }
  if (reviews.length === 0 || off.length === 0) return []
  return [
    {
      ...{ level: 'note', about, says: `the forge’s own options are off: ${off.join(', ')}` },
      remedy: `${GATE_NAME} does both: an approval counts on exactly the head it was given for, and never from who asked or pushed.`,
    },
  ]
}

const HOLDING = ['pull_request', 'required_status_checks', 'non_fast_forward', 'deletion']

const judgeMainBypass = (
  about: string,
  { bypass }: RepositoryFacts,
  rules: BranchRule[],
): SetupLine[] => {
  const ids = [...new Set(rules.filter(({ type }) => HOLDING.includes(type)).map((r) => r.ruleset))]
  if (ids.length === 0) return []
  const reads = ids.map((id) => bypass.get(id) ?? { unknown: 'it was not read' })
  const hidden = reads.find((read) => 'unknown' in read)
  const who = [...new Set(reads.flatMap((read) => ('value' in read ? read.value.map(named) : [])))]
  if (who.length > 0) {
    return [
      {
        ...{ level: 'note', about, says: `may be changed past its rules by: ${who.join(', ')}` },
        remedy:
          'What comes so stays on main, unapplied, until it is reverted. Empty the bypass list to keep it out.',
      },
    ]
  }
  return hidden
    ? [
        {
          ...{ level: 'unknown', about, says: 'cannot tell: nobody goes past its rules' },
          remedy: BY_ADMINISTRATOR,
        },
      ]
    : [{ level: 'ok', about, says: 'nobody goes past its rules' }]
}

const isPhoenix =
  (app: number | null) =>
  ({ type, id, pullsOnly = false }: Bypass): boolean =>
    app !== null && type === 'Integration' && id === app && !pullsOnly

/** Of each ruleset with such a rule on `live`, who goes past it. All of them bind: whoever moves `live` goes past every one. */
const pastLive = (
  { live, bypass }: RepositoryFacts,
  isMeant: (rule: BranchRule) => boolean,
): Read<Bypass[]>[] =>
  'unknown' in live
    ? [live]
    : [...new Set(live.value.filter(isMeant).map(({ ruleset }) => ruleset))].map(
        (id) => bypass.get(id) ?? { unknown: 'it was not read' },
      )

/** Only Phoenix’s App may move it: it goes past every ruleset of that, and nobody else past one of them. */
const judgeLeave = (about: string, facts: RepositoryFacts, app: number | null): SetupLine => {
  const reads = pastLive(facts, ({ type }) => type === 'update')
  const lists = reads.flatMap((read) => ('value' in read ? [read.value] : []))
  const hidden = reads.find((read) => 'unknown' in read)
  const mayMove = reads.length > 0 && lists.every((list) => list.some(isPhoenix(app)))
  const others = lists.map((list) => list.filter((one) => !isPhoenix(app)(one)).map(named))
  const also = others.some((list) => list.length === 0) ? [] : [...new Set(others.flat())]
  const faults = [
    ...(mayMove ? [] : ['Phoenix’s App may not move it']),
    ...(also.length > 0 ? [`may also be moved by: ${also.join(', ')}`] : []),
  ]
  const read = mayMove && hidden ? hidden : { value: faults }
  return line(about)<Bypass[] | string[]>(read, (found) => found.length === 0, {
    ok: 'only Phoenix’s App has that leave',
    missing: faults.join('; '),
    remedy: 'unknown' in read ? BY_ADMINISTRATOR : RULESETS,
  })
}

/** The last one binds nobody: it is there. */
const WANTED_ON_LIVE = ['update', 'non_fast_forward', 'deletion', 'creation']
const HINDRANCES_ON_LIVE: Record<string, string> = {
  ...HINDRANCES,
  pull_request: 'pull requests, and Phoenix pushes',
  required_status_checks: 'checks, and the merges that Phoenix pushes have none',
}

/** What a ruleset over every branch asks of `live` as well. */
const judgeLiveHindrances = (
  about: string,
  facts: RepositoryFacts,
  app: number | null,
): SetupLine => {
  const types = 'value' in facts.live ? facts.live.value.map(({ type }) => type) : []
  const asked = [...new Set(types)]
    .filter((type) => !WANTED_ON_LIVE.includes(type))
    .map((type) => ({ type, reads: pastLive(facts, (rule) => rule.type === type) }))
  const isBound = (read: Read<Bypass[]>) => 'value' in read && !read.value.some(isPhoenix(app))
  const bound = asked.filter(({ reads }) => reads.some(isBound)).map(({ type }) => type)
  const hidden = asked.flatMap(({ reads }) => reads).find((read) => 'unknown' in read)
  const known: Read<unknown> =
    bound.length === 0 && hidden ? hidden : 'unknown' in facts.live ? facts.live : { value: null }
  return line(about)(known, () => bound.length === 0, {
    ok: 'asks for nothing that Phoenix could not go past',
    missing: `asks for ${bound.map((type) => HINDRANCES_ON_LIVE[type] ?? type).join('; ')}`,
    remedy:
      'unknown' in known
        ? BY_ADMINISTRATOR
        : 'Take live out of this ruleset, which may be the organisation’s, or put Phoenix’s App on its bypass list.',
  })
}

const judgeLive = (facts: RepositoryFacts, app: number | null): SetupLine[] => {
  const about = `${facts.name} live`
  const judge = line(about)
  return [
    judge(facts.live, has('update'), {
      ...{ ok: 'is moved by nobody without leave', remedy: RULESETS },
      missing: 'anybody who writes may move it, and the engines follow it',
    }),
    judgeLeave(about, facts, app),
    judgeLiveHindrances(about, facts, app),
    judge(facts.live, has('non_fast_forward'), {
      ...{ ok: 'is never forced', missing: 'may be forced', remedy: RULESETS },
    }),
    judge(facts.live, has('deletion'), {
      ...{ ok: 'is never deleted', missing: 'may be deleted', remedy: RULESETS },
    }),
  ]
}

const judgeRepository = (facts: RepositoryFacts, app: number | null): SetupLine[] => {
  const { name: about, installed, settings } = facts
  const judge = line(about)
  return [
    ...(app === null
      ? []
      : [
          judge(installed, (is) => is, {
            ok: 'the App is installed',
            missing: 'the App is not installed on it',
            remedy: 'Install the App on this repository.',
          }),
        ]),
    judge(settings, ({ mergeCommits }) => mergeCommits, {
      ok: 'allows merge commits',
      missing: 'does not allow merge commits, and Phoenix merges by nothing else',
      remedy: 'Allow merge commits in the settings of the repository.',
    }),
    ...('value' in settings && !settings.value.deletesBranches
      ? [
          {
            ...{
              level: 'note' as const,
              about,
              says: 'does not delete branches on merge by itself',
            },
            remedy: 'Phoenix deletes them. Switched on, none is left between the two.',
          },
        ]
      : []),
    ...judgeMain(facts, app),
    ...judgeLive(facts, app),
  ]
}

/** Line by line, in an order for reading. */
export const judgeSetup = (facts: SetupFacts): SetupLine[] => [
  ...judgeApp(facts),
  ...facts.repositories.flatMap((one) => judgeRepository(one, facts.app?.id ?? null)),
]
