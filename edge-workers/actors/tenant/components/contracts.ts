// Operations of this concern: one row each, its input and its output.
import type {
  ComponentFilter,
  ComponentSummary,
  ComponentView,
  RegisterComponent,
  StepComponent,
} from '../../../../schemas/component.ts'
import type { Page, PageRequest, Versioned } from '../../contracts.ts'
import type { Conditional, Keyed } from '../operation-inputs.ts'

export interface ComponentOperations {
  'components.register': { input: Keyed<RegisterComponent>; output: Versioned<ComponentView> }
  /** Newest first. */
  'components.list': {
    input: PageRequest & { filter: ComponentFilter }
    output: Page<ComponentSummary>
  }
  'components.read': { input: string; output: Versioned<ComponentView> }
  'components.step': {
    input: Keyed<StepComponent> & Conditional<StepComponent>
    output: Versioned<ComponentView>
  }
}
