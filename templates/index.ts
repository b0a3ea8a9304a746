// The catalogue, and the only door into this room. Parameters are parsed by a template's own schema before any
// other function of it is called, so a Template of one parameter type can stand beside the others.
import type { Template } from '../schemas/template.ts'
import { besuNetwork } from './besu-network/template.ts'
import { tenantBase } from './tenant-base.ts'
import { virtualMachine } from './virtual-machine.ts'

export { apiVersions, type Kind } from './api-versions.ts'

export const templates: readonly Template[] = [tenantBase, virtualMachine, besuNetwork].map(
  (template) => template as unknown as Template,
)

export const findTemplate = (name: string): Template | undefined =>
  templates.find((template) => template.name === name)
