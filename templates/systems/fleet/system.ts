// The system fleet: one template in many regions, a canary region first and then group after group, each a pull request
// that people can read. Its phases are not fixed: they follow from the regions of each request.
import {
  type FleetParameters,
  type FleetRollout,
  FleetParameters as Form,
} from '../../../schemas/fleet.ts'
import type { Phase, System } from '../../../schemas/system.ts'
import { findFlyable, flyable } from '../../fleet/flyable.ts'
import { FLEET_GROUP, fleetGroup } from '../../fleet/group.ts'
import { mergeGroup } from '../../fleet/merge.ts'
import { block } from '../block.ts'
import { count } from '../size.ts'

export const FLEET = 'fleet'
const VERSION = '1.0.0'

/** The resource of a group: one group, one name, whatever the request. */
export const groupName = (fleet: string, group: number): string =>
  `${fleet}-g${String(group).padStart(2, '0')}`

const titleOf = ({ id, group, regions }: FleetRollout['waves'][number]): string =>
  id === 'canary' ? 'Canary' : `Group ${group}, ${Object.keys(regions).length} regions`

/** A phase for each wave, each after the one before. */
const fleetPhases = (rollout: FleetRollout): Phase<FleetParameters>[] =>
  rollout.waves.map((wave, index) => ({
    id: wave.id,
    title: titleOf(wave),
    duration: 'one pull request',
    after: rollout.waves.slice(Math.max(0, index - 1), index).map(({ id }) => id),
    needs: [],
    tasks: [],
    blocks: (_, name) => [block(fleetGroup, wave.id, mergeGroup(null, name, rollout, wave))],
    change: {
      template: FLEET_GROUP,
      resource: (name) => groupName(name, wave.group),
      parameters: (name, standing) => ({ ...mergeGroup(standing, name, rollout, wave) }),
    },
  }))

const example: Omit<FleetRollout, 'groups' | 'waves' | 'version'> & { regions: string[] } = {
  template: 'application',
  parameters: {
    image: 'ghcr.io/stefanprodan/podinfo:6.7.1',
    port: 9898,
    probes: { livenessPath: '/healthz', readinessPath: '/readyz' },
    runAsUser: 10001,
  },
  regions: ['loc-az-hci', 'westeurope'],
  overrides: { westeurope: { replicas: { min: 3, max: 6 } } },
}

/** What the catalogue shows: the waves of the first example. */
const shown = fleetPhases({
  ...example,
  version: findFlyable(example.template)?.version ?? '',
  groups: 1,
  waves: [
    { id: 'canary', group: 0, regions: { 'loc-az-hci': 'loc-mgmt' } },
    { id: 'g00', group: 0, regions: { westeurope: 'weu-aks' } },
  ],
})

export const fleet: System<FleetParameters> = {
  name: FLEET,
  many: true,
  repeats: true,
  version: VERSION,
  title: 'Fleet, one template in many regions',
  description: `A template in every region named: a canary region first, then groups, each a pull request that can be read whole. Ask again under the same name to change what some regions get: those named change, the others stay. These templates can fly: ${flyable.map(({ name }) => name).join(', ')}.`,
  durationWeeks: count(0, 1),
  requires: [],
  declaredTotals: {},
  components: [],
  prerequisites: [],
  parameters: Form as unknown as System<FleetParameters>['parameters'],
  examples: [
    { title: 'An application in two regions, one of them with more of it', parameters: example },
    {
      title: 'The same in all regions of a tier in which you have a cluster',
      parameters: { ...example, regions: { tier: 'core' }, overrides: {} },
    },
  ],
  phases: shown,
  phasesFor: (parameters) => fleetPhases(parameters as unknown as FleetRollout),
  documents: {},
  source: 'one request for many regions',
}
