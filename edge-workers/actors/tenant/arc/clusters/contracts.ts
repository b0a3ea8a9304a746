// Operations of this concern: one row each, its input and its output.
import type {
  ArcClusterView,
  CreateArcCluster,
  FluxConfigurationView,
  MadeArcCluster,
} from '../../../../../schemas/arc.ts'
import type { ChangeView } from '../../../../../schemas/change.ts'
import type { FluxSpec } from '../../../../../schemas/flux.ts'
import type { CreateChangeInput, Page, PageRequest, Versioned } from '../../../contracts.ts'
import type { Conditional, Keyed } from '../../operation-inputs.ts'

export type AskedOfFlux =
  | { action: 'create'; name: string; spec: FluxSpec }
  | { action: 'update'; id: string; spec: FluxSpec }
  | { action: 'delete'; id: string; confirm?: string }

export interface ArcClusterOperations {
  'arc-clusters.create': { input: Keyed<CreateArcCluster>; output: Versioned<MadeArcCluster> }
  /** Another key of its agents: the one before ends. */
  'arc-clusters.rekey': { input: Keyed<null> & { id: string }; output: Versioned<MadeArcCluster> }
  'arc-clusters.list': { input: PageRequest; output: Page<ArcClusterView> }
  'arc-clusters.read': { input: string; output: Versioned<ArcClusterView> }
  'arc-clusters.remove': { input: Conditional<null>; output: Versioned<ArcClusterView> }
  /** Asks for a change of the resource that it is. */
  'flux.ask': {
    input: Omit<CreateChangeInput, 'request'> & { cluster: string; asked: AskedOfFlux }
    output: ChangeView & { replayed?: boolean }
  }
  'flux.list': { input: { cluster: string | null }; output: Page<FluxConfigurationView> }
  'flux.read': {
    input: { cluster: string; id: string }
    output: Versioned<FluxConfigurationView>
  }
  'flux.restore': {
    input: Conditional<null> & { cluster: string }
    output: Versioned<FluxConfigurationView>
  }
}
