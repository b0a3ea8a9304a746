// One building block of a phase. The parameters are checked by the block's own template when the phase is planned.
import type { Block } from '../../schemas/system.ts'
import type { Template } from '../../schemas/template.ts'

/** `id` is the suffix of its name, at most 19 characters; empty for the block that carries the system's own name. */
export const block = <P>(template: Template<P>, id: string, parameters: unknown): Block => ({
  template: template as unknown as Template,
  id,
  parameters,
})
