// Operations of this concern: one row each, its input and its output.
import type {
  ChangeCredentialStatus,
  CredentialFilter,
  CredentialStatus,
  CredentialView,
} from '../../../../../schemas/credential.ts'
import type { Page, PageRequest, Versioned } from '../../../contracts.ts'
import type { Keyed } from '../../operation-inputs.ts'

export interface StatusOperations {
  'credentials.list': {
    input: PageRequest & { filter: CredentialFilter }
    output: Page<CredentialView>
  }
  'credentials.read': { input: string; output: Versioned<CredentialView> }
  /** `valid`: reinstated. */
  'credentials.change': {
    input: Keyed<ChangeCredentialStatus> & { id: string; to: CredentialStatus }
    output: Versioned<CredentialView>
  }
}
