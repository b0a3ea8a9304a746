// Operations of this concern: one row each, its input and its output.
import type { NewTrustedIssuer, TrustedIssuerView } from '../../../../../schemas/credential.ts'
import type {
  NewPresentationRequest,
  PresentationRequest,
  PresentationRequestView,
} from '../../../../../schemas/presentation.ts'
import type { Page, PageRequest, Versioned } from '../../../contracts.ts'
import type { Conditional, Keyed } from '../../operation-inputs.ts'

export interface PresentationOperations {
  'presentations.create': {
    input: Keyed<NewPresentationRequest>
    output: Versioned<PresentationRequest>
  }
  /** Without what was presented. */
  'presentations.list': { input: PageRequest; output: Page<PresentationRequestView> }
  'presentations.read': { input: string; output: Versioned<PresentationRequestView> }
  'trusted-issuers.create': {
    input: Keyed<NewTrustedIssuer>
    output: Versioned<TrustedIssuerView>
  }
  'trusted-issuers.list': { input: PageRequest; output: Page<TrustedIssuerView> }
  'trusted-issuers.read': { input: string; output: Versioned<TrustedIssuerView> }
  'trusted-issuers.delete': { input: Conditional<null>; output: null }
}
