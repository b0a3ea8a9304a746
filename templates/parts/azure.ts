// What all Azure objects share: Azure Service Operator (ASO) makes each of them, as a namespaced object, with the
// credential that the operators bound to the tenant's namespace. No credential and no secret value passes here.
import type { AzureLocation } from '../../schemas/parameters/azure.ts'
import type { Manifest } from '../../schemas/template.ts'
import type { Kind } from '../api-versions.ts'
import { pruneGuards } from './guards.ts'
import { object, type Scope } from './object.ts'

/** While guarded, an object that vanishes from the cluster leaves what it stands for in Azure alone. */
const azureGuards = (scope: Scope): Record<string, string> =>
  scope.guardsLifted
    ? {}
    : {
        'serviceoperator.azure.com/reconcile-policy': 'detach-on-delete',
        ...pruneGuards(scope),
      }

/** An Azure object under guard. What may go without asking is made with `object` instead. */
export const azureObject = (
  kind: Kind,
  name: string,
  scope: Scope,
  spec: Record<string, unknown>,
): Manifest => object(kind, name, scope, { spec }, { annotations: azureGuards(scope) })

/** Who pays and whose it is, as Azure's cost reports show it. */
export const azureTags = ({ tenant, resource, template }: Scope): Record<string, string> => ({
  'managed-by': 'phoenix',
  'phoenix-tenant': tenant,
  'phoenix-resource': resource,
  'phoenix-template': template,
})

/** Tenants may share a subscription; their groups must not share a name. */
export const resourceGroupName = ({ tenant, resource }: Scope): string => `${tenant}-${resource}`

/** Every resource has a group of its own, so that its end takes nothing of another resource along. */
export const resourceGroup = (scope: Scope, location: AzureLocation): Manifest =>
  azureObject('ResourceGroup', scope.resource, scope, {
    azureName: resourceGroupName(scope),
    location,
    tags: azureTags(scope),
  })

/** The fields by which an object stands in its resource's own group. */
export const inOwnGroup = (
  scope: Scope,
  { azureName, location }: { azureName: string; location: AzureLocation },
) => ({ azureName, location, owner: { name: scope.resource }, tags: azureTags(scope) })
