// Who calls, and what a role may do. The table here is the only place that decides; every route names its action.
import * as z from 'zod'
import { TenantId } from './ids.ts'
import { type Refused, refuse } from './result.ts'

export const TenantRole = z.enum(['owner', 'admin', 'requester', 'approver', 'auditor'])
export type TenantRole = z.infer<typeof TenantRole>
export type Role = TenantRole | 'operator'

export const Scope = z.enum([
  'tenant:read',
  'tenant:write',
  'tokens:read',
  'tokens:write',
  'changes:read',
  'changes:write',
  'changes:approve',
  'resources:read',
  'catalogue:read',
  'platform:write',
  'self:write',
  'members:read',
  'members:write',
  'webhooks:read',
  'webhooks:write',
  'billing:read',
  'billing:write',
  'log:read',
  'components:read',
  'components:write',
  'credentials:read',
  'credentials:write',
  'secrets:read',
  'secrets:write',
  'arc:read',
  'arc:write',
])
export type Scope = z.infer<typeof Scope>

export const Principal = z.strictObject({
  tenantId: TenantId,
  /** The token, session or operator's credential that proved it; `oidc` for an access token of an identity provider. */
  credential: z.string(),
  /** The member behind the credential: a pseudonym. A token counts as its owner everywhere. */
  subject: z.string(),
  /** Only people approve. */
  person: z.boolean(),
  /** What the member may be now; a credential never adds to it. */
  roles: z.array(z.union([TenantRole, z.literal('operator')])),
  scopes: z.array(Scope),
  /** People who can act through a machine's credential: whoever made it. They approve nothing that it asked for. */
  behind: z.array(z.string()),
  /**
   * Of an operator who comes to another tenant: the keyed digest of who he is at his identity provider. That tenant's door finds
   * his other pseudonym by it. Never logged, never answered.
   */
  identity: z.string().optional(),
})
export type Principal = z.infer<typeof Principal>

/** The installation's own first credential: the only one that makes tokens for people other than its bearer. */
export const ROOT_CREDENTIAL = 'operator'
export const isRoot = ({ credential }: Pick<Principal, 'credential'>): boolean =>
  credential === ROOT_CREDENTIAL

export const isOperator = ({ roles }: Pick<Principal, 'roles'>): boolean =>
  roles.includes('operator')

const READERS: readonly Role[] = ['owner', 'admin', 'requester', 'approver', 'auditor']

interface ActionRow {
  roles: readonly Role[]
  scope: Scope
  /** Extra conditions that the actor checks against the object itself. */
  condition?:
    | 'person'
    | 'person-not-requester'
    | 'requester-of-change'
    // One's own; those of others only for owners and admins of the tenant, and for operators.
    | 'own'
  /** What a suspended tenant's people may still do; absent: reading only. */
  suspended?: 'allowed'
  /** It begins something that would stand in a tenant that is being deleted. */
  deleting?: 'refused'
}

const table = {
  'catalogue.read': { roles: [...READERS, 'operator'], scope: 'catalogue:read' },
  'platform.write': { roles: ['operator'], scope: 'platform:write' },
  'tenant.read': { roles: [...READERS, 'operator'], scope: 'tenant:read' },
  'tenant.update': { roles: ['owner', 'operator'], scope: 'tenant:write' },
  'tenant.suspend': { roles: ['operator'], scope: 'platform:write', suspended: 'allowed' },
  'tenant.delete': { roles: ['owner', 'operator'], scope: 'tenant:write', suspended: 'allowed' },
  'self.read': { roles: [...READERS, 'operator'], scope: 'tenant:read' },
  'tokens.read': { roles: [...READERS, 'operator'], scope: 'tokens:read', condition: 'own' },
  // Making and rotating; a suspended tenant's people revoke only.
  'tokens.create': {
    roles: [...READERS, 'operator'],
    scope: 'tokens:write',
    condition: 'own',
  },
  'tokens.write': {
    roles: [...READERS, 'operator'],
    scope: 'tokens:write',
    condition: 'own',
    suspended: 'allowed',
  },
  // What a restore set aside counts again: a machine's token would confirm itself.
  'tokens.confirm': { roles: ['owner', 'operator'], scope: 'tokens:write', condition: 'person' },
  'sessions.read': { roles: [...READERS, 'operator'], scope: 'tokens:read', condition: 'own' },
  'sessions.end': {
    roles: [...READERS, 'operator'],
    scope: 'tokens:write',
    condition: 'own',
    suspended: 'allowed',
  },
  'forge-accounts.link': { roles: READERS, scope: 'self:write', condition: 'person' },
  'members.read': { roles: [...READERS, 'operator'], scope: 'members:read' },
  // The first people of a tenant; everybody else is invited.
  'members.create': { roles: ['operator'], scope: 'members:write' },
  'members.write': { roles: ['owner', 'admin', 'operator'], scope: 'members:write' },
  'members.export': {
    roles: [...READERS, 'operator'],
    scope: 'members:read',
    condition: 'own',
  },
  'members.erase': {
    roles: [...READERS, 'operator'],
    scope: 'self:write',
    condition: 'own',
    suspended: 'allowed',
  },
  'workloads.read': { roles: [...READERS, 'operator'], scope: 'members:read' },
  'workloads.create': { roles: ['owner', 'admin'], scope: 'members:write' },
  'workloads.delete': {
    roles: ['owner', 'admin', 'operator'],
    scope: 'members:write',
    suspended: 'allowed',
  },
  'webhooks.read': { roles: ['owner', 'admin', 'auditor'], scope: 'webhooks:read' },
  'webhooks.write': { roles: ['owner', 'admin'], scope: 'webhooks:write' },
  'changes.read': { roles: READERS, scope: 'changes:read' },
  'changes.create': {
    roles: ['owner', 'admin', 'requester'],
    scope: 'changes:write',
    deleting: 'refused',
  },
  'changes.revise': {
    roles: ['owner', 'admin', 'requester'],
    scope: 'changes:write',
    condition: 'requester-of-change',
  },
  // Asks for the inverse, as a change of its own.
  'changes.revert': { roles: ['owner', 'admin', 'requester'], scope: 'changes:write' },
  'changes.approve': {
    roles: ['owner', 'approver'],
    scope: 'changes:approve',
    condition: 'person-not-requester',
  },
  'changes.merge': {
    roles: ['owner', 'approver'],
    scope: 'changes:approve',
    condition: 'person-not-requester',
  },
  'changes.reject': { roles: ['owner', 'approver'], scope: 'changes:approve', condition: 'person' },
  'evidence.read': { roles: ['owner', 'admin', 'auditor'], scope: 'changes:read' },
  'rollouts.read': { roles: READERS, scope: 'changes:read' },
  'rollouts.create': {
    roles: ['owner', 'admin', 'requester'],
    scope: 'changes:write',
    deleting: 'refused',
  },
  'rollouts.order': {
    roles: ['owner', 'admin', 'requester'],
    scope: 'changes:write',
    deleting: 'refused',
  },
  'rollouts.report': {
    roles: ['owner', 'admin', 'requester'],
    scope: 'changes:write',
    condition: 'person',
  },
  'resources.read': { roles: READERS, scope: 'resources:read' },
  // What is paid is not everybody's business.
  'invoices.read': { roles: ['owner', 'admin', 'auditor', 'operator'], scope: 'billing:read' },
  'invoices.attest': {
    roles: ['owner', 'admin', 'auditor', 'operator'],
    scope: 'billing:write',
    condition: 'person',
  },
  'invoices.issue': { roles: ['operator'], scope: 'billing:write', condition: 'person' },
  'quota.read': { roles: [...READERS, 'operator'], scope: 'tenant:read' },
  // Who did what, with proofs: whoever answers for the tenant, not everybody in it.
  'log.read': { roles: ['owner', 'admin', 'auditor', 'operator'], scope: 'log:read' },
  'components.read': { roles: [...READERS, 'operator'], scope: 'components:read' },
  'components.write': { roles: ['owner', 'admin', 'operator'], scope: 'components:write' },
  // Public anyway, for whoever verifies.
  'issuer.read': { roles: [...READERS, 'operator'], scope: 'credentials:read' },
  'issuer.write': { roles: ['owner'], scope: 'credentials:write' },
  'configurations.read': { roles: READERS, scope: 'credentials:read' },
  'configurations.write': { roles: ['owner', 'admin'], scope: 'credentials:write' },
  // Who holds what is not everybody's business.
  'credentials.read': { roles: ['owner', 'admin', 'auditor'], scope: 'credentials:read' },
  'credentials.offer': { roles: ['owner', 'admin'], scope: 'credentials:write' },
  // To take a credential back must be possible whatever else is not.
  'credentials.status': {
    roles: ['owner', 'admin'],
    scope: 'credentials:write',
    suspended: 'allowed',
  },
  'presentations.read': { roles: ['owner', 'admin', 'auditor'], scope: 'credentials:read' },
  'presentations.write': { roles: ['owner', 'admin'], scope: 'credentials:write' },
  // Names, versions and times: a value never comes out, whoever asks.
  'secrets.read': { roles: ['owner', 'admin', 'auditor'], scope: 'secrets:read' },
  'secrets.write': { roles: ['owner', 'admin'], scope: 'secrets:write', deleting: 'refused' },
  // What is disabled or deleted can be had back; to close something must be possible whatever else is not.
  'secrets.close': { roles: ['owner', 'admin'], scope: 'secrets:write', suspended: 'allowed' },
  // Nobody gets it back.
  'secrets.purge': { roles: ['owner'], scope: 'secrets:write', condition: 'person' },
  'arc.read': { roles: [...READERS, 'operator'], scope: 'arc:read' },
  'arc.write': { roles: ['owner', 'admin'], scope: 'arc:write', deleting: 'refused' },
  'arc.remove': { roles: ['owner', 'admin'], scope: 'arc:write', suspended: 'allowed' },
  // Where the Functions' identity acts for a tenant: a tenant that named it itself could name another's.
  'arc.scope': { roles: ['operator'], scope: 'platform:write' },
  'backups.read': { roles: ['operator'], scope: 'platform:write' },
  // Whoever puts an older database in place brings back what was taken away since.
  'backups.write': {
    roles: ['operator'],
    scope: 'platform:write',
    condition: 'person',
    suspended: 'allowed',
  },
  'freeze.set': { roles: ['operator'], scope: 'platform:write' },
  // Two people, so that one credential that was lost does not open what the other closed.
  'freeze.lift': { roles: ['operator'], scope: 'platform:write', condition: 'person' },
  'usage.read': { roles: ['owner', 'admin', 'auditor', 'operator'], scope: 'billing:read' },
} as const satisfies Record<string, ActionRow>

export type Action = keyof typeof table
export const actions: Record<Action, ActionRow> = table

/** Whether this principal's roles and scopes allow the action at all; conditions on the object come after. */
export const mayDo = (
  { roles, scopes }: Pick<Principal, 'roles' | 'scopes'>,
  action: Action,
): boolean => {
  const row: ActionRow = actions[action]
  return roles.some((role) => row.roles.includes(role)) && scopes.includes(row.scope)
}

/** Null: the action is allowed. A token that lacks a scope which its holder's role would have is told which. */
export const refusedFor = (
  who: Pick<Principal, 'roles' | 'scopes'>,
  action: Action,
): Refused | null => {
  if (mayDo(who, action)) return null
  const { scope } = actions[action]
  return mayDo({ ...who, scopes: [scope] }, action)
    ? refuse('forbidden', {
        detail: `Your role allows this and your token does not: it lacks the scope ${scope}. Take one that has it.`,
      })
    : refuse('forbidden')
}

/** Changes nothing: what is left to a suspended tenant. */
export const isReading = (action: Action): boolean => action.endsWith('.read')

/** The scopes that roles can have at most; a token's own scopes are a subset. */
export const scopesOf = (...roles: readonly Role[]): Scope[] => [
  ...new Set(
    Object.values(actions)
      .filter((row: ActionRow) => roles.some((role) => row.roles.includes(role)))
      .map((row) => row.scope),
  ),
]
