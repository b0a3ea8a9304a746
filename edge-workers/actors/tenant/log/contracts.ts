// Operations of the tenant's log: one row each, its input and its output. All of them only read, but that a head which nobody
// asked for before is signed.
import type {
  AuditEntry,
  CheckpointView,
  ConsistencyProof,
  InclusionProof,
  LeafType,
  LeafView,
  ProofBundle,
} from '../../../../schemas/log.ts'
import type { Page, PageRequest } from '../../contracts.ts'

/** Why nothing is done with a tenant before an operator has done something: the detail of what refuses it. */
export const WAITS_FOR_OPERATOR = {
  behind:
    'This tenant’s database is older than what was published of its log: nothing is done with it until an operator restores a newer backup.',
  restoring:
    'This tenant is being restored from a backup: nothing is done until that has ended. An operator repeats it where it broke off.',
} as const

/** Which leaf is meant: one of these. */
export type LeafRef =
  | { index: number }
  | { leafHash: string }
  | { subject: string; version: number }

export interface LeafFilter {
  subject?: string | undefined
  type?: LeafType | undefined
}

export interface AuditFilter extends LeafFilter {
  actor?: string | undefined
  /** Days of UTC, both included. */
  from?: string | undefined
  to?: string | undefined
}

/** What the page shows beside the leaves. */
export interface LogSummary {
  checkpoint: CheckpointView
  /** Of the platform's log, which is anchored for all tenants: its newest checkpoint; null before the first. */
  platform: CheckpointView | null
  /** A stand-in of a laptop holds one of the keys that signed it. */
  simulated: boolean
}

export interface LogOperations {
  'log.checkpoint': { input: null; output: CheckpointView }
  'log.summary': { input: null; output: LogSummary }
  /** `size` absent: of the newest head. */
  'log.inclusion': { input: { leaf: LeafRef; size?: number | undefined }; output: InclusionProof }
  /** `to` absent: the newest head. */
  'log.consistency': { input: { from: number; to?: number | undefined }; output: ConsistencyProof }
  'log.leaves': { input: { page: PageRequest; filter: LeafFilter }; output: Page<LeafView> }
  'log.audit': { input: { page: PageRequest; filter: AuditFilter }; output: Page<AuditEntry> }
  'log.bundle': { input: string; output: ProofBundle }
}
