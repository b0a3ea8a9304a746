// Who may do what in the stand-in of Azure Resource Manager: Azure's built-in roles by their actions, assigned at resource groups as
// templates/azure/arc-scope.bicep assigns them. The Functions' identity has its own in each group that the laptop knows, and each group
// has an identity that onboards there and is nobody in any other.
import { onboardingIdentityOf } from '../verified-id/identity.ts'

/** learn.microsoft.com, Azure built-in roles: as many actions as this stand-in knows. */
export const ROLES = {
  'Azure Connected Machine Onboarding': [
    'Microsoft.HybridCompute/machines/read',
    'Microsoft.HybridCompute/machines/write',
  ],
  'Azure Connected Machine Resource Administrator': [
    'Microsoft.HybridCompute/machines/read',
    'Microsoft.HybridCompute/machines/write',
    'Microsoft.HybridCompute/machines/delete',
  ],
  // Custom, of templates/azure/arc-scope.bicep: no built-in role may also delete a connected cluster and nothing more.
  'Phoenix Arc clusters': [
    ...(['read', 'write', 'delete'] as const).flatMap((act) => [
      `Microsoft.Kubernetes/connectedClusters/${act}` as const,
      `Microsoft.KubernetesConfiguration/extensions/${act}` as const,
      `Microsoft.KubernetesConfiguration/fluxConfigurations/${act}` as const,
    ]),
    'Microsoft.ContainerService/managedClusters/read',
  ],
} as const satisfies Record<string, readonly string[]>
export type RoleName = keyof typeof ROLES

/** Of an identity by its object id (functions/local/verified-id/identity.ts), in a group: `subscription/group` in lower case. */
const rolesAt = (oid: string, place: string): readonly RoleName[] => {
  if (oid === 'simulated-identity')
    return ['Azure Connected Machine Resource Administrator', 'Phoenix Arc clusters']
  return oid === onboardingIdentityOf(place) ? ['Azure Connected Machine Onboarding'] : []
}

export const mayDo = (oid: string, action: string, place: string): boolean =>
  rolesAt(oid, place).some((role) =>
    (ROLES[role] as readonly string[]).some((one) => one.toLowerCase() === action.toLowerCase()),
  )
