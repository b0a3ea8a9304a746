// The rows of clusters in Arc and their Flux configurations in the table of operations.
import { ok } from '../../../../../schemas/result.ts'
import type { OperationRows } from '../../operation.ts'
import { askForFlux } from './ask-flux.ts'
import type { ArcClusterOperations } from './contracts.ts'
import { listFlux, readFlux, restoreFlux } from './flux.ts'
import {
  listClusters,
  readCluster,
  registerCluster,
  rekeyCluster,
  removeCluster,
} from './register.ts'

export const arcClusterOperations: OperationRows<ArcClusterOperations> = {
  'arc-clusters.create': { action: 'arc.write', run: registerCluster },
  'arc-clusters.rekey': { action: 'arc.write', run: rekeyCluster },
  'arc-clusters.list': {
    action: 'arc.read',
    run: (context, _, page) => ok(listClusters(context, page)),
  },
  'arc-clusters.read': { action: 'arc.read', run: (context, _, id) => readCluster(context, id) },
  'arc-clusters.remove': { action: 'arc.remove', run: removeCluster },
  'flux.ask': { action: 'changes.create', run: askForFlux },
  'flux.list': { action: 'arc.read', run: (context, _, input) => listFlux(context, input) },
  'flux.read': { action: 'arc.read', run: (context, _, input) => readFlux(context, input) },
  'flux.restore': { action: 'arc.write', run: restoreFlux },
}
