// Operations of this concern: one row each, its input and its output.
import type {
  ApprovalEvidence,
  NewApprovalRequest,
  PresentationRequest,
} from '../../../../../schemas/presentation.ts'
import type { Versioned } from '../../../contracts.ts'
import type { Keyed } from '../../operation-inputs.ts'

export interface PowerOperations {
  /** `id`: of the change. */
  'approval-requests.create': {
    input: Keyed<NewApprovalRequest> & { id: string }
    output: Versioned<PresentationRequest>
  }
  'approval-requests.read': {
    input: { id: string; request: string }
    output: Versioned<PresentationRequest>
  }
  'approval-evidence.read': { input: { id: string; approval: string }; output: ApprovalEvidence }
}
