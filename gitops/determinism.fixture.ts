// A program of its own: plans the same random requests and fleets as any other run with the same seed, what becomes of each
// when it is changed, moved and removed, and prints of each one digest of everything that leaves the planner. `shuffled`:
// the same, with the keys of all that goes in in another order. A line: what, traits of it, digest.
// node gitops/determinism.fixture.ts <seed> <straight|shuffled>
import type { Snapshot } from '../schemas/snapshot.ts'
import type { Template } from '../schemas/template.ts'
import { renderingPhases, templates } from '../templates/index.ts'
import { movesOf, mutated, pickBy, worldOf } from './determinism-world.fixture.ts'
import { emptyState, fleetOf, planWave, regionName, resolved } from './fleet/fleet.fixture.ts'
import { commitMessage } from './message.ts'
import { type Planned, plan } from './plan.ts'
import { planBody } from './plan-body/body.ts'
import { commitFiles } from './propose.ts'
import { applied, sha256 } from './world.fixture.ts'

/** The phases of systems are many: one set of each, which is only made. */
const SETS = { template: 2, phase: 1 }
const TRIES = 40
const FLEETS = 3
const CHANGE = {
  ...{ id: 'chg_aaaaaaaaaaaaaaaaaaaaaaaaaa', revision: 1, fingerprint: 'f', requester: 'rita' },
  acceptedAt: '2026-11-21T12:00:00.000Z',
}
const [, , seed = '1', mode = 'straight'] = process.argv
const pick = pickBy(seed)

/** The same data; in the other mode every object's keys the other way round. Arrays mean their order, and keep it. */
const given = <T>(value: T): T => {
  if (mode !== 'shuffled') return value
  if (Array.isArray(value)) return value.map((each) => given(each)) as T
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).reverse()
  return Object.fromEntries(entries.map(([key, each]) => [key, given(each)])) as T
}

/** Everything that leaves the planner: the files with PLAN.md and the plan among them, what stands then, body and message. */
const digestOf = ({ plan: made, files, stands }: Planned): string =>
  sha256(
    JSON.stringify([
      commitFiles({ change: CHANGE, plan: made, files, publicUrl: 'https://phoenix.example' }),
      stands,
      planBody(made, CHANGE, 'https://phoenix.example'),
      commitMessage(made, CHANGE),
    ]),
  )

/** What a test wants to have seen, so that it knows that something was compared. */
const traitsOf = ({ plan: { cost, findings, placement, residency }, files }: Planned): string =>
  [
    findings.some(({ severity }) => severity === 'block') ? 'blocked' : 'free',
    ...(files.length > 0 ? ['files'] : []),
    ...(cost.lines.some(({ price }) => price.leastMinor !== null) ? ['priced'] : []),
    ...(placement.length > 0 ? ['placed'] : []),
    ...(residency.length > 0 ? ['resident'] : []),
    ...(findings.some(({ exception }) => exception) ? ['excused'] : []),
  ].join('+')

const tell = (what: string, said: string): void => {
  process.stdout.write(`${what} ${said}\n`)
}

type Asked = Parameters<typeof plan>[0]

const planOne = (what: string, request: Asked, snapshot: Snapshot): Planned | null => {
  const made = plan(given(request), given(snapshot), sha256)
  if (!made.ok) tell(what, `refused ${sha256(JSON.stringify(made.refusal))}`)
  else tell(what, `${traitsOf(made.value)} ${digestOf(made.value)}`)
  return made.ok ? made.value : null
}

interface Drawn {
  name: string
  parameters: Record<string, unknown>
  /** As the template's schema reads them. */
  read: unknown
  at: string
}

/** One set made; then the first one, as it stands, changed to the other set, moved, and removed in its two steps. */
const planLife = (template: Template, index: number, [drawn, next]: [Drawn, Drawn]): void => {
  const { name, read, at } = drawn
  const world = worldOf({ template, name, parameters: read }, at, pick)
  const what = (action: string) => `${template.name} ${index} ${action}`
  const asked = { template: template.name, name }
  const made = planOne(
    what('create'),
    { action: 'create', ...asked, parameters: drawn.parameters },
    world,
  )
  if (!made || made.files.length === 0 || index > 0) return
  const standing = applied(world, made)
  const { parameters } = next
  planOne(what('update'), { action: 'update', ...asked, parameters }, standing)
  const move = movesOf(made.plan.parameters)
  if (move) {
    planOne(what('failover'), { action: 'failover', ...asked, parameters: { ...move } }, standing)
  }
  const remove = { action: 'delete' as const, ...asked, parameters: {} }
  const lifted = planOne(what('delete'), remove, standing)
  if (lifted?.plan.phase === 'lift-guards') {
    planOne(what('delete-2'), remove, applied(standing, lifted))
  }
}

/** Where parameters are a map, whose keys no schema puts in order. */
const MAPS: Record<string, Record<string, unknown>> = {
  'aks-node-pool': { labels: { zone: 'b', app: 'a', node: 'c' } },
}

/** The first sets that the template takes; of some no mutation is taken, and the example stands for them. */
const setsOf = (template: Template): Drawn[] => {
  const found: Drawn[] = []
  const [first] = template.examples
  const isPhase = template.kind === 'system-phase'
  const wanted = SETS[isPhase ? 'phase' : 'template']
  for (let tried = 0; tried <= TRIES && found.length < wanted; tried += 1) {
    const example = template.examples[tried % template.examples.length] ?? first
    const at = `${template.name} ${tried}`
    const asked = example?.parameters ?? {}
    const changed = (tried < TRIES ? mutated(asked, at, pick) : asked) as Record<string, unknown>
    const parameters = { ...changed, ...MAPS[template.name] }
    const drawnName = `n${sha256(`${seed} ${at}`).slice(0, 1 + pick(`name ${at}`, 18))}`
    const name = isPhase ? (example?.name ?? drawnName) : drawnName
    const parsed = template.parameters.safeParse(parameters)
    if (!parsed.success || template.unfit?.(name, parsed.data).length) continue
    found.push({ name, parameters, read: parsed.data, at })
  }
  return found
}

for (const template of [...templates, ...renderingPhases]) {
  const sets = setsOf(template)
  for (const [index, drawn] of sets.entries()) {
    planLife(template, index, [drawn, sets[(index + 1) % sets.length] ?? drawn])
  }
}

const fleetParameters = (index: number, size: number) => {
  const overridden = Array.from({ length: pick(`many ${index}`, size) }, (_, at) => at)
  const overrides = Object.fromEntries(
    overridden.map((at) => [
      regionName(pick(`region ${index} ${at}`, size)),
      { replicas: { min: 2, max: 2 + pick(`max ${index} ${at}`, 5) }, port: 8000 + at },
    ]),
  )
  return { overrides, groups: 1 + pick(`groups ${index}`, 4) }
}

for (let index = 0; index < FLEETS; index += 1) {
  const size = 2 + pick(`size ${index}`, 40)
  const state = emptyState(size)
  const asked = fleetOf(size, fleetParameters(index, size))
  if (mode === 'shuffled' && Array.isArray(asked.regions)) asked.regions.reverse()
  const read = resolved(given(asked), state)
  if (!read.ok) throw new Error(JSON.stringify(read.refusal))
  for (const wave of read.value.parameters.waves) {
    const { planned } = planWave(state, given(read.value.parameters), given(wave))
    tell(`fleet ${index} ${wave.id}`, `${traitsOf(planned)} ${digestOf(planned)}`)
  }
}
