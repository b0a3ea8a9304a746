// Operations of this concern: one row each, its input and its output.
import type { IssuerAuthorityView } from '../../../../../schemas/credential.ts'
import type { Keyed } from '../../operation-inputs.ts'

export interface EntraOperations {
  'authority.read': { input: null; output: IssuerAuthorityView }
  'authority.rotate': { input: Keyed<unknown>; output: IssuerAuthorityView }
  'authority.verify': { input: null; output: IssuerAuthorityView }
}
