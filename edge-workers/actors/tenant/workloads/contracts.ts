// Operations of this concern: one row each, its input and its output. The exchange itself comes with no principal.
import type { Scope } from '../../../../schemas/principal.ts'
import type { CreateWorkload, WorkloadView } from '../../../../schemas/workload.ts'
import type { Page, PageRequest, Versioned } from '../../contracts.ts'
import type { Conditional, Keyed } from '../operation-inputs.ts'

export interface WorkloadOperations {
  'workloads.create': { input: Keyed<CreateWorkload>; output: Versioned<WorkloadView> }
  'workloads.list': { input: PageRequest; output: Page<WorkloadView> }
  'workloads.read': { input: string; output: Versioned<WorkloadView> }
  /** Its tokens end with it. */
  'workloads.delete': { input: Conditional<null>; output: Versioned<WorkloadView> }
}

/** What somebody brings who has nothing of ours. */
export interface TokenExchange {
  /** A JWT of another issuer, unread. */
  subjectToken: string
  /** Null: as many as the workload has. */
  scopes: string[] | null
}

export interface ExchangedToken {
  token: string
  expiresInSeconds: number
  scopes: Scope[]
}
