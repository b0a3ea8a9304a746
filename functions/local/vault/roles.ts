// Who may do what in the simulated vault, by the object id in the token. The Functions' identity may write secrets and not read
// them: a role of one's own in Azure, where every built-in one that writes reads too.
import { VaultRefusal } from './refusal.ts'

export type Action = 'secrets/read' | 'secrets/manage' | 'keys/manage'

const ROLES = {
  /** setSecret, readMetadata, update, delete, recover, purge. */
  'Phoenix Secret Writer': ['secrets/manage'],
  'Key Vault Secrets User': ['secrets/read'],
  'Key Vault Crypto Officer': ['keys/manage'],
} as const satisfies Record<string, readonly Action[]>
export type VaultRole = keyof typeof ROLES

export const ASSIGNMENTS: Record<string, readonly VaultRole[]> = {
  'simulated-identity': ['Phoenix Secret Writer', 'Key Vault Crypto Officer'],
}

/** Throws 403 as a vault with role-based access does. */
export const requireRole = (
  assignments: Record<string, readonly VaultRole[]>,
  oid: string,
  action: Action,
): void => {
  const roles = Object.hasOwn(assignments, oid) ? (assignments[oid] ?? []) : []
  if (roles.some((role) => (ROLES[role] as readonly Action[]).includes(action))) return
  throw new VaultRefusal(
    403,
    'Forbidden',
    'Caller is not authorized to perform action on resource.',
    {
      inner: 'ForbiddenByRbac',
    },
  )
}
