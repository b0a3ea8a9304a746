// Operations of this concern: one row each, its input and its output.
import type {
  ArcMachineView,
  CreateArcMachine,
  MadeArcMachine,
  NewArcLink,
} from '../../../../../schemas/arc-machine.ts'
import type { Page, PageRequest, Versioned } from '../../../contracts.ts'
import type { Conditional, Keyed } from '../../operation-inputs.ts'

export interface ArcMachineOperations {
  'arc-machines.create': { input: Keyed<CreateArcMachine>; output: Versioned<MadeArcMachine> }
  /** A link that takes the place of the one before. */
  'arc-machines.link': {
    input: Keyed<NewArcLink> & { id: string }
    output: Versioned<MadeArcMachine>
  }
  /** Newest first. */
  'arc-machines.list': { input: PageRequest; output: Page<ArcMachineView> }
  'arc-machines.read': { input: string; output: Versioned<ArcMachineView> }
  'arc-machines.remove': { input: Conditional<null>; output: Versioned<ArcMachineView> }
  /** When Azure last said how they are, and what it answers instead. */
  'arc-machines.read-back': {
    input: null
    output: { readAt: string | null; fault: string | null }
  }
}
