// An object with the labels that every object of ours carries, in one key order.
import type { Manifest, RenderInput } from '../../schemas/template.ts'
import { apiVersions, type Kind, kindOf } from '../api-versions.ts'
import type { FieldsOf } from './kind-types.ts'

/** Whom an object belongs to, and whether its guards are on. */
export interface Scope {
  tenant: string
  resource: string
  template: string
  guardsLifted: boolean
}

export const scopeOf = (
  template: string,
  { tenant, name, guardsLifted }: Pick<RenderInput<unknown>, 'tenant' | 'name' | 'guardsLifted'>,
): Scope => ({ tenant: tenant.slug, resource: name, template, guardsLifted })

export const labelsOf = ({ tenant, resource, template }: Scope): Record<string, string> => ({
  'app.kubernetes.io/managed-by': 'phoenix',
  'phoenix.cloud/tenant': tenant,
  'phoenix.cloud/resource': resource,
  'phoenix.cloud/template': template,
})

interface Options {
  /** Absent: the tenant's own. Null: the kind is cluster-scoped. */
  namespace?: string | null
  labels?: Record<string, string>
  annotations?: Record<string, string>
}

/** `fields` are the object's own: `spec`, `data`, `rules`, … */
export const object = <K extends Kind>(
  kind: K,
  name: string,
  scope: Scope,
  fields: FieldsOf<K>,
  { namespace = scope.tenant, labels = {}, annotations = {} }: Options = {},
): Manifest => ({
  apiVersion: apiVersions[kind],
  kind: kindOf(kind),
  metadata: {
    name,
    ...(namespace === null ? {} : { namespace }),
    labels: { ...labelsOf(scope), ...labels },
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  },
  ...fields,
})
