// The rulesets that Phoenix needs on each repository, as GitHub's API takes them (docs.github.com/rest/repos/rules, create a
// repository ruleset). Two for `live`: whoever goes past a ruleset goes past all of it, and not even Phoenix may force or delete.
import { LIVE, MAIN } from '../propose.ts'
import { GATE_NAME } from './github.ts'

const on = (branch: string) => ({ ref_name: { include: [`refs/heads/${branch}`], exclude: [] } })
const shared = { target: 'branch', enforcement: 'active' } as const

/** `app`: id of Phoenix's App. */
export const wantedRulesets = (app: number) => [
  {
    ...{ name: 'phoenix: main', ...shared, conditions: on(MAIN), bypass_actors: [] },
    rules: [
      { type: 'deletion' },
      { type: 'non_fast_forward' },
      {
        type: 'pull_request',
        parameters: {
          // Approvals come by two doors, and the check counts both: the forge alone sees one of them.
          required_approving_review_count: 0,
          dismiss_stale_reviews_on_push: true,
          require_code_owner_review: false,
          require_last_push_approval: false,
          required_review_thread_resolution: false,
          allowed_merge_methods: ['merge'],
        },
      },
      {
        type: 'required_status_checks',
        parameters: {
          strict_required_status_checks_policy: false,
          do_not_enforce_on_create: true,
          required_status_checks: [{ context: GATE_NAME, integration_id: app }],
        },
      },
    ],
  },
  {
    ...{ name: 'phoenix: live is Phoenix’s', ...shared, conditions: on(LIVE) },
    bypass_actors: [{ actor_id: app, actor_type: 'Integration', bypass_mode: 'always' }],
    rules: [{ type: 'update' }],
  },
  {
    ...{ name: 'phoenix: live goes forward', ...shared, conditions: on(LIVE), bypass_actors: [] },
    rules: [{ type: 'deletion' }, { type: 'non_fast_forward' }],
  },
]
