// Operations of this concern: one row each, its input and its output.
import type {
  ArcClusterView,
  CreateArcCluster,
  CreateFluxConfiguration,
  FluxConfigurationView,
  MadeArcCluster,
  UpdateFluxConfiguration,
} from '../../../../../schemas/arc.ts'
import type { Page, PageRequest, Versioned } from '../../../contracts.ts'
import type { Conditional, Keyed } from '../../operation-inputs.ts'

export interface ArcClusterOperations {
  'arc-clusters.create': { input: Keyed<CreateArcCluster>; output: Versioned<MadeArcCluster> }
  /** Another key of its agents: the one before ends. */
  'arc-clusters.rekey': { input: Keyed<null> & { id: string }; output: Versioned<MadeArcCluster> }
  'arc-clusters.list': { input: PageRequest; output: Page<ArcClusterView> }
  'arc-clusters.read': { input: string; output: Versioned<ArcClusterView> }
  'arc-clusters.remove': { input: Conditional<null>; output: Versioned<ArcClusterView> }
  'flux.create': {
    input: Keyed<CreateFluxConfiguration> & { cluster: string }
    output: Versioned<FluxConfigurationView>
  }
  'flux.list': { input: { cluster: string | null }; output: Page<FluxConfigurationView> }
  'flux.read': {
    input: { cluster: string; id: string }
    output: Versioned<FluxConfigurationView>
  }
  'flux.update': {
    input: Conditional<UpdateFluxConfiguration> & { cluster: string }
    output: Versioned<FluxConfigurationView>
  }
  'flux.remove': {
    input: Conditional<null> & { cluster: string }
    output: Versioned<FluxConfigurationView>
  }
}
