// Reads a command: which version of its template it is about, whether its parameters and its name are of that template,
// and what it demands. Nothing is asked of a template before all of that is known. Pure.
import { ordered } from '../schemas/canonical-json.ts'
import type { ChangeRequest } from '../schemas/change.ts'
import { PLATFORM_SLUG } from '../schemas/ids.ts'
import { toErrors } from '../schemas/issues.ts'
import type { Site } from '../schemas/place.ts'
import { ok, type Result, refuse } from '../schemas/result.ts'
import type { Snapshot } from '../schemas/snapshot.ts'
import type { Demand, Template } from '../schemas/template.ts'
import { findTemplate } from '../templates/index.ts'
import { type Move, moveParameters } from './failover/move.ts'
import { finding } from './finding.ts'

/** What of a request the planner reads. */
export type Asked = Pick<ChangeRequest, 'action' | 'template' | 'version' | 'name' | 'parameters'> &
  Partial<Pick<ChangeRequest, 'overwrite'>>

export interface ReadCommand {
  template: Template
  parameters: unknown
  demand: Demand
  /** Of a failover: its two places. */
  move?: Move
}

/**
 * Checks a command against its template's schema and says what it demands. Refuses with pointers into the body. `sites`:
 * what a failover may choose from; `slug`: whose command it is, where that is not known to be right already.
 */
export const readCommand = (
  request: Asked,
  existing: Snapshot['existing'],
  sites: readonly Site[] = [],
  slug?: string,
): Result<ReadCommand> => {
  const found = templateOf(request, existing)
  if (!found.ok) return found
  const template = found.value
  if (request.action !== 'create' && existing?.template !== template.name) {
    return blocked(
      'RESOURCE-UNKNOWN',
      'There is no resource of this name made from this template.',
      '/name',
    )
  }
  // Before anything of it is read: a price book of thousands of rows is not what everybody may have read.
  if (template.records?.platform && slug !== undefined && slug !== PLATFORM_SLUG) {
    return blocked('PLATFORM-ONLY', OPERATORS_ONLY, '/template')
  }
  const moved = moveOf(request, existing, sites)
  if (moved && !moved.ok) return moved
  const wanted =
    moved?.value.parameters ??
    (request.action === 'delete' ? existing?.parameters : request.parameters)
  // Maps among the parameters keep the order of their keys: it may not be the caller's, nor that of a database.
  const parsed = template.parameters.safeParse(wanted === undefined ? wanted : ordered(wanted))
  if (!parsed.success && moved) {
    return refuse('invalid-parameters', { errors: [UNFIT_THERE] })
  }
  if (!parsed.success) {
    return refuse('invalid-parameters', {
      errors: toErrors(parsed.error.issues, '/parameters', template.parameters),
    })
  }
  const errors = template.unfit?.(request.name, parsed.data) ?? []
  if (errors.length > 0) return refuse('invalid-parameters', { errors })
  return ok({
    template,
    parameters: parsed.data,
    demand: template.demand(request.name, parsed.data),
    ...(moved ? { move: moved.value } : {}),
  })
}

const moveOf = (
  { action, parameters }: Pick<Asked, 'action' | 'parameters'>,
  existing: Snapshot['existing'],
  sites: readonly Site[],
): Result<Move> | null =>
  action === 'failover' && existing ? moveParameters(parameters, existing.parameters, sites) : null

const UNFIT_THERE = {
  pointer: '/parameters/to',
  detail: 'The template does not take the resource’s parameters with this place in them.',
}

/** A resource stays at its version unless the request moves it; what is new gets the newest. */
const templateOf = (
  { action, template: name, version }: Pick<Asked, 'action' | 'template' | 'version'>,
  existing: Snapshot['existing'],
): Result<Template> => {
  const kept = existing?.template === name ? existing.templateVersion : undefined
  // What goes is what stands, whatever version is named; another one helps only where that is gone.
  const standing = action === 'delete' && kept !== undefined ? findTemplate(name, kept) : undefined
  const template = standing ?? findTemplate(name, version ?? kept)
  if (action === 'failover' && kept !== undefined && (version ?? kept) !== kept) {
    return blocked('TEMPLATE-VERSION', 'A failover keeps the version that stands.', '/version')
  }
  if (template) return ok(template)
  if (!findTemplate(name)) {
    return refuse('invalid-parameters', {
      detail: 'There is no such template.',
      errors: [{ pointer: '/template', detail: 'List /v1/templates and name one of them.' }],
    })
  }
  return blocked('TEMPLATE-VERSION', 'This version of the template is not published.', '/version')
}

const OPERATORS_ONLY = 'Only the operators’ own tenant may use this template.'

const blocked = (
  rule: 'RESOURCE-UNKNOWN' | 'TEMPLATE-VERSION' | 'PLATFORM-ONLY',
  detail: string,
  pointer: string,
): Result<never> =>
  refuse('plan-blocked', {
    findings: [finding(rule, detail, { pointer })],
    errors: [{ pointer, detail, rule }],
  })
