// What stands for Argo CD: it follows `live` and says of each component of ours how it fares there.
import type { StatusReport } from '../../../schemas/status.ts'
import { CLUSTER, REPOSITORY } from '../tenant-world.ts'
import { placeOf } from './live-by-hand.ts'
import { digestNumber, fault, type Scene, say } from './scene.ts'

const COMPONENT = new RegExp(`^rendered/${CLUSTER}/([^/]+)/`)

/** Leaves in `live` and those that have just gone from it. */
const componentsOf = ({ sim }: Scene): string[] => {
  const found = new Set(['60-web'])
  for (const path of sim.world.memory.filesOf('live')) {
    const [, component] = COMPONENT.exec(path) ?? []
    if (component !== undefined) found.add(component)
  }
  return [...found]
}

export const reportOf = (
  scene: Scene,
  revision: string,
  state: StatusReport['state'],
  component = scene.random.pick(componentsOf(scene)),
): void => {
  const { random, sim, runtime } = scene
  const bodyDigest = digestNumber()
  const report: StatusReport = {
    ...{ cluster: CLUSTER, repository: REPOSITORY, component },
    ...{ revision, state, message: state, simulated: true },
  }
  say(scene, () => `the engine: ${component} is ${state} at ${revision.slice(0, 7)}`)
  if (state === 'healthy') scene.healthy.push({ component, place: placeOf(scene, revision) })
  const send = (): void => {
    const told = sim.call(runtime, 'tenant', 'reportStatus', [{ bodyDigest, report }])
    told.catch(() => undefined)
  }
  send()
  if (!random.chance(0.1)) return
  fault(scene, 'done twice', 'status')
  send()
}

/** Everything in `live` is well. */
export const reportAll = (scene: Scene): void => {
  const { memory } = scene.sim.world
  const revision = memory.branches.get('live') ?? ''
  for (const component of componentsOf(scene)) reportOf(scene, revision, 'healthy', component)
}
