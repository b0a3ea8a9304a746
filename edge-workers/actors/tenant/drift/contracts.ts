// Operations of drift.
import type { RepositoryDrift } from '../../../../schemas/drift.ts'

export interface DriftOperations {
  'drift.read': { input: null; output: RepositoryDrift }
}
