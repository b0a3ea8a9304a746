// Webhooks to tenants: endpoints, what they may ask for, the event as it is sent (CloudEvents 1.0) and its deliveries.
import * as z from 'zod'
import { ArcClusterState, FluxState } from './arc.ts'
import { ArcMachineState } from './arc-machine.ts'
import { ChangeState } from './change.ts'
import { ComponentState } from './component.ts'
import { CredentialStatus, IssuanceState } from './credential.ts'
import { PresentationState } from './presentation.ts'
import { RolloutState } from './rollout.ts'
import { KeyState, SecretState } from './secret.ts'
import { TenantState } from './tenant-settings.ts'

export const ENDPOINTS_AT_MOST = 16
export const SECONDS_OF_SECRET_OVERLAP = { default: 86_400, most: 7 * 86_400 }
/** Deliveries are forgotten after this. */
export const DELIVERY_DAYS = 30

/** A step that does not change the state: a note. */
export const NOTED = 'noted'
export const TEST_EVENT = 'phoenix.webhook.test'

interface EventSubject {
  /** What ids of it look like in the log. */
  id: RegExp
  /** The last part of its path below the tenant, where it can be read. */
  path: string | null
  /** What it can become; every subject can also be `noted`. Words that are not here come too, under `*`. */
  words: readonly string[]
}

/** Everything that has steps in the tenant's log. A type is `phoenix.<subject>.<what it became>`. */
export const EVENT_SUBJECTS = {
  change: { id: /^chg_/, path: 'changes', words: ChangeState.options },
  rollout: { id: /^rol_/, path: 'rollouts', words: RolloutState.options },
  member: {
    id: /^(?:usr|svc)_/,
    path: 'members',
    words: ['joined', 'changed', 'linked', 'unlinked', 'removed', 'erased'],
  },
  invitation: { id: /^inv[a-z2-7]{16}$/, path: null, words: ['invited', 'accepted', 'revoked'] },
  token: { id: /^tok/, path: 'tokens', words: ['issued', 'rotated', 'revoked'] },
  workload: { id: /^wkl_/, path: 'workloads', words: ['active', 'deleted'] },
  invoice: { id: /^inv_\d{4}-\d{2}$/, path: null, words: ['issued', 'attested', 'settled'] },
  tenant: {
    ...{ id: /^ten_/, path: null },
    words: [...TenantState.exclude(['erased']).options, 'quota_set'],
  },
  webhook: { id: /^whe_/, path: 'webhooks', words: ['enabled', 'disabled', 'deleted'] },
  component: { id: /^cmp_/, path: 'components', words: ComponentState.options },
  credential: { id: /^crd_/, path: 'credentials', words: CredentialStatus.options },
  issuance: { id: /^isu_/, path: 'issuances', words: [...IssuanceState.options, 'asked_again'] },
  presentation: {
    ...{ id: /^prq_/, path: 'presentation-requests' },
    words: PresentationState.options,
  },
  issuer: {
    ...{ id: /^isr_/, path: null },
    words: [
      ...['made', 'changed', 'rotated', 'key_retired', 'configured', 'withdrawn', 'trusts'],
      'distrusts',
    ],
  },
  secret: { id: /^sec_/, path: null, words: [...SecretState.options, 'rotated', 'rotation_due'] },
  key: { id: /^key_/, path: null, words: [...KeyState.options, 'rotated'] },
  machine: { id: /^amc_/, path: 'arc/machines', words: ArcMachineState.options },
  'arc-cluster': { id: /^acl_/, path: 'arc/clusters', words: ArcClusterState.options },
  gitops: { id: /^flx_/, path: null, words: FluxState.options },
  /** The tenant's place in Azure. */
  azure: { id: /^azs_/, path: null, words: ['set'] },
  /** What stands: its id is a keyed digest of its name. */
  service: { id: /^res_/, path: null, words: ['up', 'down', 'ended'] },
  /** What none of these fits. */
  record: { id: /^/, path: null, words: [] },
} as const satisfies Record<string, EventSubject>
export type EventSubjectName = keyof typeof EVENT_SUBJECTS

export const subjectOf = (id: string): EventSubjectName =>
  (Object.keys(EVENT_SUBJECTS) as EventSubjectName[]).find((name) =>
    EVENT_SUBJECTS[name].id.test(id),
  ) ?? 'record'

export const eventTypeOf = ({ id, from, to }: { id: string; from: string; to: string }): string =>
  `phoenix.${subjectOf(id)}.${from === to ? NOTED : to}`

const families = Object.entries(EVENT_SUBJECTS)
  .filter(([name]) => name !== 'record')
  .map(([name, { words }]) => [name, [...words, NOTED, '*']] as const)

/** What an endpoint may ask for, in the order of the reference. */
export const EVENT_FILTERS = families.flatMap(([name, words]) =>
  words.map((word) => `phoenix.${name}.${word}`),
)

export const isAskedFor = (filters: readonly string[], type: string): boolean =>
  filters.length === 0 ||
  filters.includes(type) ||
  filters.includes(`${type.slice(0, type.lastIndexOf('.'))}.*`)

const EventFilter = z.enum(EVENT_FILTERS as [string, ...string[]])
const EventFilters = z
  .array(EventFilter)
  .max(50)
  .refine((filters) => new Set(filters).size === filters.length, 'each type once')
  .describe('Types of events, `*` for all of a subject. Empty: all of all.')

/** Judged by what is public when it is called, not by this. */
const Address = z
  .string()
  .min(1)
  .max(2048)
  .describe('A public https address, on port 443 or 8443, without user name and fragment.')
const Description = z
  .string()
  .max(200)
  .regex(/^[^\p{C}]*$/u, 'one line of plain text')

export const CreateWebhook = z.strictObject({
  url: Address,
  description: Description.default(''),
  events: EventFilters.default([]),
  enabled: z.boolean().default(true),
})
export type CreateWebhook = z.infer<typeof CreateWebhook>

export const UpdateWebhook = z
  .strictObject({
    url: Address.optional(),
    description: Description.optional(),
    events: EventFilters.optional(),
    enabled: z.boolean().optional(),
  })
  .refine((fields) => Object.values(fields).some((field) => field !== undefined), 'name a field')
export type UpdateWebhook = z.infer<typeof UpdateWebhook>

/** Both secrets sign during the overlap; after it the new one alone. */
export const RotateWebhookSecret = z.strictObject({
  overlapSeconds: z
    .int()
    .min(0)
    .max(SECONDS_OF_SECRET_OVERLAP.most)
    .default(SECONDS_OF_SECRET_OVERLAP.default),
})
export type RotateWebhookSecret = z.infer<typeof RotateWebhookSecret>

export const WebhookView = z.strictObject({
  id: z.string(),
  url: z.string(),
  description: z.string(),
  events: z.array(z.string()),
  enabled: z.boolean(),
  /** Why it was switched off, where it was not by a member. */
  disabledReason: z.string().nullable(),
  /** Until when the secret before this one signs too. */
  previousSecretUntil: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
  createdBy: z.string(),
})
export type WebhookView = z.infer<typeof WebhookView>

/** The secret is shown by what makes it, and by nothing else. */
export const NewWebhook = WebhookView.extend({ secret: z.string() })
export type NewWebhook = z.infer<typeof NewWebhook>

export const DeliveryState = z.enum(['waiting', 'delivered', 'dead'])
export type DeliveryState = z.infer<typeof DeliveryState>

/** Why the last attempt failed, in words of ours: nothing of the answer is kept but its status. */
export const DeliveryFault = z.enum([
  'timeout',
  'unreachable',
  'status',
  'redirect',
  'gone',
  'address-refused',
  'endpoint-disabled',
])
export type DeliveryFault = z.infer<typeof DeliveryFault>

export const DeliveryView = z.strictObject({
  /** `webhook-id` of every attempt: what a receiver tells repeats by. */
  id: z.string(),
  endpoint: z.string(),
  type: z.string(),
  subject: z.string(),
  state: DeliveryState,
  /** Since it was made, or replayed. */
  attempts: z.int(),
  nextAttemptAt: z.iso.datetime().nullable(),
  /** HTTP status of the last answer; null where none came. */
  lastStatus: z.int().nullable(),
  lastError: DeliveryFault.nullable(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
})
export type DeliveryView = z.infer<typeof DeliveryView>

/** What is sent: CloudEvents 1.0, JSON format, structured mode. `data` is small; the rest is read with one's own rights. */
export const WebhookEvent = z.strictObject({
  specversion: z.literal('1.0'),
  /** The same for every endpoint and attempt. */
  id: z.string(),
  /** Address of the tenant. */
  source: z.url(),
  type: z.string(),
  subject: z.string(),
  time: z.iso.datetime(),
  datacontenttype: z.literal('application/json'),
  data: z.strictObject({
    tenant: z.string(),
    /** Of the object's step: grows by one with each. Order of arrival is not promised; this is the order. */
    version: z.int(),
    from: z.string().nullable(),
    to: z.string(),
    /** Pseudonym of who caused it; `phoenix` for the system itself. */
    actor: z.string(),
    /** Where it can be read. */
    url: z.url().nullable(),
    /** Of changes. */
    change: z
      .strictObject({ action: z.string(), template: z.string(), name: z.string() })
      .optional(),
    /** Of rollouts. */
    rollout: z.strictObject({ system: z.string(), name: z.string() }).optional(),
    /** Of what went up or down: its name. */
    resource: z.strictObject({ name: z.string() }).optional(),
  }),
})
export type WebhookEvent = z.infer<typeof WebhookEvent>
