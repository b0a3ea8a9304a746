// Who may do what in the stand-in of Azure Resource Manager: Azure's built-in roles by their actions, assigned to the laptop's two
// identities at the resource groups that it knows. Outside of those nobody may anything, as in a subscription of somebody else.

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

/** By the object id of an identity (functions/local/verified-id/identity.ts). */
export const ASSIGNMENTS: Record<string, readonly RoleName[]> = {
  'simulated-identity': ['Azure Connected Machine Resource Administrator', 'Phoenix Arc clusters'],
  'simulated-onboarding': ['Azure Connected Machine Onboarding'],
}

export const mayDo = (
  oid: string,
  action: string,
  assignments: Record<string, readonly RoleName[]> = ASSIGNMENTS,
): boolean =>
  (Object.hasOwn(assignments, oid) ? (assignments[oid] ?? []) : []).some((role) =>
    (ROLES[role] as readonly string[]).some((one) => one.toLowerCase() === action.toLowerCase()),
  )
