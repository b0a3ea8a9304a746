// The branch rules as GitHub shows them, made from the table that decides (rules.ts). https://docs.github.com/rest/repos/rules
import { type ForgeContext, ForgeRefusal } from '../context.ts'
import { type ForgeRules, LIVE, MAIN } from '../rules.ts'
import type { AddCalls, Call } from './api.ts'

interface Rule {
  type: string
  parameters?: object
}
interface Ruleset {
  id: number
  name: string
  branch: string
  bypass: { actor_id: number; actor_type: string; bypass_mode: string }[]
  rules: Rule[]
}

/** GitHub's number for the role of repository administrators. */
const ADMINISTRATORS = { actor_id: 5, actor_type: 'RepositoryRole', bypass_mode: 'always' }

const rulesetsOf = ({ rules, apps, gateContext }: ForgeContext): Ruleset[] => {
  const { main, live }: ForgeRules = rules
  const app = { actor_id: apps?.id ?? 0, actor_type: 'Integration', bypass_mode: 'always' }
  const check = {
    ...{ context: gateContext },
    ...(main.gatePinned && apps ? { integration_id: apps.id } : {}),
  }
  const given = (rule: Rule, held: boolean): Rule[] => (held ? [rule] : [])
  const parameters = {
    ...{ required_approving_review_count: 0, dismiss_stale_reviews_on_push: false },
    ...{ require_code_owner_review: false, require_last_push_approval: false },
    ...{ required_review_thread_resolution: false, allowed_merge_methods: ['merge'] },
  }
  const checks = {
    ...{ strict_required_status_checks_policy: false, do_not_enforce_on_create: true },
    required_status_checks: [check],
  }
  return [
    {
      ...{ id: 1, name: 'main', branch: MAIN },
      bypass: main.administratorsBypass ? [ADMINISTRATORS] : [],
      rules: [
        ...given({ type: 'pull_request', parameters }, main.pullRequest),
        ...given({ type: 'required_status_checks', parameters: checks }, main.gate),
        ...given({ type: 'non_fast_forward' }, main.pullRequest),
      ],
    },
    // Nobody deletes the default branch, administrators neither.
    { id: 2, name: 'main stays', branch: MAIN, bypass: [], rules: [{ type: 'deletion' }] },
    {
      ...{ id: 3, name: 'live is the App’s', branch: LIVE, bypass: [app] },
      rules: given({ type: 'update' }, live.onlyApp),
    },
    {
      ...{ id: 4, name: 'live goes forward', branch: LIVE, bypass: [] },
      rules: given({ type: 'non_fast_forward' }, live.forwardOnly).concat(
        given({ type: 'deletion' }, live.forwardOnly),
      ),
    },
  ]
}

const rulesetJson = (
  c: Call,
  { id, name, branch, bypass, rules }: Ruleset,
  { whole }: { whole: boolean },
) => ({
  ...{ id, name, target: 'branch', enforcement: 'active', source_type: 'Repository' },
  source: c.get('repository').fullName,
  ...(whole
    ? {
        conditions: { ref_name: { include: [`refs/heads/${branch}`], exclude: [] } },
        rules,
        // Only shown to whoever may edit them.
        ...(c.get('account')?.kind === 'administrator' ? { bypass_actors: bypass } : {}),
      }
    : {}),
})

export const addRules: AddCalls = (api, forge) => {
  api.get('/rules/branches/:branch{.+}', (c) =>
    c.json(
      rulesetsOf(forge)
        .filter(({ branch }) => branch === c.req.param('branch'))
        .flatMap(({ id, rules }) =>
          rules.map((rule) => ({
            ...{ ...rule, ruleset_id: id, ruleset_source_type: 'Repository' },
            ruleset_source: c.get('repository').fullName,
          })),
        ),
    ),
  )
  api.get('/rulesets', (c) =>
    c.json(rulesetsOf(forge).map((ruleset) => rulesetJson(c, ruleset, { whole: false }))),
  )
  api.get('/rulesets/:id', (c) => {
    const found = rulesetsOf(forge).find(({ id }) => String(id) === c.req.param('id'))
    if (!found) throw new ForgeRefusal(404, 'Not Found')
    return c.json(rulesetJson(c, found, { whole: true }))
  })
}
