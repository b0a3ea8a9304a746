// Paths of resources in Azure Resource Manager, out of parts that cannot leave their place: nothing else makes one.
import { type AzurePlace, ResourceGroup } from '../../schemas/arm.ts'
import { refusal } from './answers.ts'
import type { ResourceType } from './api-versions.ts'

const SUBSCRIPTION = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
/** Of every type that is asked here; `..` would be another path. */
const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,126}[A-Za-z0-9_-])?$/

const checked = (text: string, pattern: RegExp, what: string): string => {
  if (pattern.test(text)) return text
  throw refusal('refused', what)
}

const groupPath = ({ subscriptionId, resourceGroup }: AzurePlace): string => {
  const subscription = checked(subscriptionId, SUBSCRIPTION, 'subscriptionId')
  if (!ResourceGroup.safeParse(resourceGroup).success) throw refusal('refused', 'resourceGroup')
  return `/subscriptions/${subscription}/resourceGroups/${encodeURIComponent(resourceGroup)}`
}

/** All of one type in the resource group. */
export const listPath = (place: AzurePlace, type: ResourceType): string =>
  `${groupPath(place)}/providers/${type}`

/** Throws AzureError `refused` for a name that is none. */
export const resourcePath = (place: AzurePlace, type: ResourceType, name: string): string =>
  `${listPath(place, type)}/${checked(name, NAME, 'name')}`

/** One that belongs to another: an extension resource, as a configuration of a cluster. */
export const extensionPath = (parent: string, type: ResourceType, name?: string): string =>
  `${parent}/providers/${type}${name === undefined ? '' : `/${checked(name, NAME, 'name')}`}`
