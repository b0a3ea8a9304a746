// A program of its own: plans the same random requests and fleets as any other run with the same seed, and prints of each
// one digest of everything that leaves the planner. `shuffled`: the same, with the keys of all that goes in in another order.
// node gitops/determinism.fixture.ts <seed> <straight|shuffled>
import { inputOf } from '../functions/verify/templates/parameter-sets.ts'
import type { Snapshot } from '../schemas/snapshot.ts'
import type { Template } from '../schemas/template.ts'
import { templates } from '../templates/index.ts'
import { emptyState, fleetOf, planWave, regionName, resolved } from './fleet/fleet.fixture.ts'
import { commitMessage } from './message.ts'
import { type Planned, plan } from './plan.ts'
import { planBody } from './plan-body/body.ts'
import { commitFiles } from './propose.ts'
import { sha256, snapshotOf } from './world.fixture.ts'

const SETS_PER_TEMPLATE = 3
const TRIES = 60
const FLEETS = 3
const CHANGE = {
  ...{ id: 'chg_aaaaaaaaaaaaaaaaaaaaaaaaaa', revision: 1, fingerprint: 'f', requester: 'rita' },
  acceptedAt: '2026-11-21T12:00:00.000Z',
}
const [, , seedText = '1', mode = 'straight'] = process.argv
const seed = Number(seedText)

/** The same data; in the other mode every object's keys the other way round. Arrays mean their order, and keep it. */
const given = <T>(value: T): T => {
  if (mode !== 'shuffled') return value
  if (Array.isArray(value)) return value.map((each) => given(each)) as T
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).reverse()
  return Object.fromEntries(entries.map(([key, each]) => [key, given(each)])) as T
}

/** Everything that leaves the planner: files, record, body and message. */
const digestOf = ({ plan: made, files }: Planned): string =>
  sha256(
    JSON.stringify([
      commitFiles({ change: CHANGE, plan: made, files, publicUrl: 'https://phoenix.example' }),
      planBody(made, CHANGE, 'https://phoenix.example'),
      commitMessage(made, CHANGE),
    ]),
  )

const tell = (what: string, said: string): void => {
  process.stdout.write(`${what} ${said}\n`)
}

const planOne = (template: Template, index: number, set: Drawn): void => {
  const { input, name, parameters } = set
  const snapshot: Snapshot = snapshotOf({
    tenant: { ...snapshotOf().tenant, ...input.tenant },
    sites: input.sites,
    clusters: [input.cluster],
    basesOn: [input.cluster.name],
    identities: input.identities,
  })
  const request = { action: 'create' as const, template: template.name, name, parameters }
  const made = plan(given(request), given(snapshot), sha256)
  tell(
    `${template.name} ${index}`,
    made.ok ? digestOf(made.value) : `refused ${made.refusal.problem}`,
  )
}
interface Drawn {
  input: Extract<ReturnType<typeof inputOf>, { input: unknown }>['input']
  name: string
  parameters: Record<string, unknown>
}

/** 32 bits of a digest: the same in every run. */
const pick = (what: string, below: number): number =>
  Number.parseInt(sha256(`${seed} ${what}`).slice(0, 8), 16) % below

/** An example with numbers, words and switches changed and fields left out, here and there. */
const mutated = (value: unknown, at: string): unknown => {
  const chance = (what: string, below: number): boolean => pick(`${at} ${what}`, below) === 0
  if (typeof value === 'number') return chance('n', 3) ? value + pick(`${at} by`, 4) : value
  if (typeof value === 'boolean') return chance('b', 3) ? !value : value
  if (typeof value === 'string') return chance('s', 6) ? `${value}${pick(`${at} end`, 10)}` : value
  if (Array.isArray(value)) return value.map((each, index) => mutated(each, `${at}/${index}`))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !chance(`without ${key}`, 8))
      .map(([key, each]) => [key, mutated(each, `${at}/${key}`)]),
  )
}

/** Where parameters are a map, whose keys no schema puts in order. */
const MAPS: Record<string, Record<string, unknown>> = {
  'aks-node-pool': { labels: { zone: 'b', app: 'a', node: 'c' } },
}

/** The first sets that the template takes; of some no mutation is taken, and the example stands for them. */
const setsOf = (template: Template): Drawn[] => {
  const found: Drawn[] = []
  for (let tried = 0; tried < TRIES && found.length < SETS_PER_TEMPLATE; tried += 1) {
    const example = template.examples[tried % template.examples.length]
    const at = `${template.name} ${tried}`
    const changed = mutated(example?.parameters ?? {}, at) as Record<string, unknown>
    const parameters = { ...changed, ...MAPS[template.name] }
    const name = `n${sha256(`${seed} ${at}`).slice(0, 1 + pick(`name ${at}`, 18))}`
    const engine = pick(`engine ${at}`, 2) === 0 ? 'argocd' : 'flux'
    const set = { name, tenant: 'dbis', engine, guardsLifted: false, parameters } as const
    const read = inputOf(template, set)
    if ('input' in read) found.push({ input: read.input, name, parameters })
  }
  return found
}

for (const template of templates)
  for (const [index, set] of setsOf(template).entries()) planOne(template, index, set)

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
    tell(`fleet ${index} ${wave.id}`, digestOf(planned))
  }
}
