// Who calls, and what a role may do. The table here is the only place that decides; every route names its action.
import * as z from 'zod'
import { TenantId } from './ids.ts'

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
])
export type Scope = z.infer<typeof Scope>

export const Principal = z.strictObject({
  tenantId: TenantId,
  tokenId: z.string(),
  /** The person or machine behind the token: a pseudonym. A token counts as its owner everywhere. */
  subject: z.string(),
  /** Only people approve. */
  person: z.boolean(),
  role: z.union([TenantRole, z.literal('operator')]),
  scopes: z.array(Scope),
})
export type Principal = z.infer<typeof Principal>

const READERS: readonly Role[] = ['owner', 'admin', 'requester', 'approver', 'auditor']

interface ActionRow {
  roles: readonly Role[]
  scope: Scope
  /** Extra conditions that the actor checks against the object itself. */
  condition?: 'person' | 'person-not-requester' | 'requester-of-change'
}

const table = {
  'catalogue.read': { roles: [...READERS, 'operator'], scope: 'catalogue:read' },
  'platform.write': { roles: ['operator'], scope: 'platform:write' },
  'tenant.read': { roles: [...READERS, 'operator'], scope: 'tenant:read' },
  'tenant.update': { roles: ['owner', 'operator'], scope: 'tenant:write' },
  'tokens.read': { roles: ['owner', 'admin', 'operator'], scope: 'tokens:read' },
  'tokens.write': { roles: ['owner', 'admin', 'operator'], scope: 'tokens:write' },
  'changes.read': { roles: READERS, scope: 'changes:read' },
  'changes.create': { roles: ['owner', 'admin', 'requester'], scope: 'changes:write' },
  'changes.revise': {
    roles: ['owner', 'admin', 'requester'],
    scope: 'changes:write',
    condition: 'requester-of-change',
  },
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
  'rollouts.create': { roles: ['owner', 'admin', 'requester'], scope: 'changes:write' },
  'rollouts.order': { roles: ['owner', 'admin', 'requester'], scope: 'changes:write' },
  'rollouts.report': {
    roles: ['owner', 'admin', 'requester'],
    scope: 'changes:write',
    condition: 'person',
  },
  'resources.read': { roles: READERS, scope: 'resources:read' },
  // What is paid is not everybody's business.
  'invoices.read': { roles: ['owner', 'admin', 'auditor'], scope: 'tenant:read' },
} as const satisfies Record<string, ActionRow>

export type Action = keyof typeof table
export const actions: Record<Action, ActionRow> = table

/** Whether this principal's role and scopes allow the action at all; conditions on the object come after. */
export const mayDo = (
  { role, scopes }: Pick<Principal, 'role' | 'scopes'>,
  action: Action,
): boolean => {
  const row: ActionRow = actions[action]
  return row.roles.includes(role) && scopes.includes(row.scope)
}

/** The scopes a role can have at most; a token's own scopes are a subset. */
export const scopesOf = (role: Role): Scope[] => [
  ...new Set(
    Object.values(actions)
      .filter((row: ActionRow) => row.roles.includes(role))
      .map((row) => row.scope),
  ),
]
