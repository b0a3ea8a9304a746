// A phase of a system as a template: its blocks rendered side by side, so that a phase is one change like any other.
// It has no objects of its own.
import type { Finding } from '../../schemas/plan.ts'
import type { Block, Phase, System } from '../../schemas/system.ts'
import type { Demand, RenderInput, Template } from '../../schemas/template.ts'
import { samePlace } from './same-place.ts'

/** `loc_az_hci/kubernetes`: names a phase where a template is named. */
export const phaseTemplateName = (system: string, phase: string): string => `${system}/${phase}`

/** The resource that a phase makes: `<name of the system's instance>-<phase>`. */
export const phaseResourceName = (instance: string, phase: string): string => `${instance}-${phase}`

/** What an instance is called unless somebody says otherwise: `loc_az_hci` is not a name that DNS takes. */
export const usualInstance = (system: string): string => system.replaceAll('_', '-')

const instanceOf = (resource: string, phase: string): string =>
  resource.slice(0, -(phase.length + 1))

/** Said before any block is asked: blocks are given names and parameters that only a phase's own name makes valid. */
const unfit = <P>(phase: Phase<P>, resource: string, parameters: P) => {
  const instance = instanceOf(resource, phase.id)
  if (instance === '' || resource !== phaseResourceName(instance, phase.id)) {
    return [{ pointer: '/name', detail: 'It is `<instance>-<phase>` for a phase of a system.' }]
  }
  const fits = phase.blocks(parameters, instance).every((block) => {
    const { unfit: unfitOf, parameters: schema } = block.template
    const read = schema.safeParse(block.parameters)
    return read.success && (unfitOf?.(nameOf(instance, block), read.data) ?? []).length === 0
  })
  const detail = 'A block of the phase does not take these parameters under this name.'
  return fits ? [] : [{ pointer: '/parameters', detail }]
}

const nameOf = (instance: string, { id }: Block): string =>
  id === '' ? instance : `${instance}-${id}`

interface Part {
  name: string
  block: Block
  parameters: unknown
  demand: Demand
}

const partsOf = <P>(phase: Phase<P>, resource: string, parameters: P): Part[] => {
  const instance = instanceOf(resource, phase.id)
  return phase.blocks(parameters, instance).map((block) => {
    const name = nameOf(instance, block)
    const own = block.template.parameters.parse(block.parameters)
    return { name, block, parameters: own, demand: block.template.demand(name, own) }
  })
}

/**
 * Machines keep to the sites of their own block. Ids, addresses and identities are of the one block that asks for them.
 * `near`: the system's sites, which say where a phase without machines belongs.
 */
const mergedDemand = (parts: Part[], near: string[]): Demand => {
  const sites = [...new Set(parts.flatMap(({ demand }) => demand.sites))]
  const asking = parts.find(
    ({ demand }) => demand.identities || (demand.firstVmId ?? demand.firstAddress) !== undefined,
  )
  const { firstVmId, firstAddress, identities } = asking?.demand ?? {}
  const chainId = parts.find(({ demand }) => demand.chainId !== undefined)?.demand.chainId
  const pods = parts.flatMap(({ demand }) => demand.pods ?? [])
  return {
    vms: parts.flatMap(({ demand: { vms, sites } }) => vms.map((vm) => ({ sites, ...vm }))),
    sites: sites.length > 0 ? sites : near,
    ...(pods.length === 0 ? {} : { pods }),
    ...(firstVmId === undefined ? {} : { firstVmId }),
    ...(firstAddress === undefined ? {} : { firstAddress }),
    ...(identities === undefined ? {} : { identities }),
    ...(chainId === undefined ? {} : { chainId }),
  }
}

const sitesOf = (parameters: unknown): string[] => (parameters as { sites?: string[] }).sites ?? []

/** What a block's template is given: its own machines, and the sites in the order in which it named them. */
const inputOf = <T extends Omit<RenderInput<unknown>, 'guardsLifted'>>(input: T, part: Part): T => {
  const machines = new Set(part.demand.vms.map(({ name }) => name))
  const { sites } = part.demand
  return {
    ...input,
    name: part.name,
    parameters: part.parameters,
    placement: input.placement.filter(({ name }) => machines.has(name)),
    sites: [...input.sites]
      .filter(({ name }) => sites.includes(name))
      .sort((a, b) => sites.indexOf(a.name) - sites.indexOf(b.name)),
  }
}

/** A block's parameters are not the caller's: a pointer into them leads to where the caller said the same. */
const ofBlock =
  ({ name, parameters: own }: Part, asked: unknown) =>
  (found: Finding): Finding => ({
    ...found,
    pointer: samePlace(found.pointer, { parameters: own }, { parameters: asked }) ?? '/parameters',
    message: `${name}: ${found.message}`,
  })

export const phaseTemplate = <P>(system: System<P>, phase: Phase<P>): Template<P> => {
  const parts = (resource: string, parameters: P) => partsOf(phase, resource, parameters)
  const blocksOf = (parameters: P) =>
    phase.blocks(parameters, system.name).map(({ template }) => template)
  const chain = (parameters: P) => blocksOf(parameters).find(({ onLoss }) => onLoss)
  const usual = usualInstance(system.name)
  const lossRules = phaseLossRules(system, phase)
  return {
    name: phaseTemplateName(system.name, phase.id),
    version: system.version,
    title: `${system.title}: ${phase.title}`,
    description: `A phase of the system ${system.name}; a rollout asks for it in its turn.`,
    kind: 'system-phase',
    parameters: system.parameters,
    examples: system.examples.flatMap(({ title, parameters }) =>
      phase.blocks(system.parameters.parse(parameters), usual).length === 0
        ? []
        : [{ title, name: phaseResourceName(usual, phase.id), parameters }],
    ),
    renders: [],
    clusterWide: (parameters) =>
      blocksOf(parameters).some(({ clusterWide }) => clusterWide !== undefined),
    cluster: (parameters) =>
      phase.cluster ? phase.cluster(parameters) : (parameters as { cluster?: string }).cluster,
    unfit: (name, parameters) => unfit(phase, name, parameters),
    demand: (name, parameters) => mergedDemand(parts(name, parameters), sitesOf(parameters)),
    findings: (input) =>
      parts(input.name, input.parameters).flatMap((part) =>
        part.block.template.findings(inputOf(input, part)).map(ofBlock(part, input.parameters)),
      ),
    writesInAzure: ({ name, parameters }, tenant) =>
      parts(name, parameters).flatMap(
        ({ block, ...own }) => block.template.writesInAzure?.(own, tenant) ?? [],
      ),
    ...(lossRules
      ? {
          onLoss: (input, lost) =>
            chain(input.parameters)?.onLoss?.(input, lost) ?? { survives: null, text: '' },
          lossRules,
        }
      : {}),
    render: (input) =>
      parts(input.name, input.parameters).flatMap((part) =>
        part.block.template.render(inputOf(input, part)),
      ),
  }
}

/** Whether a phase has a block that knows what the loss of a place means to it; asked with the first example. */
const phaseLossRules = <P>(system: System<P>, phase: Phase<P>): Template['lossRules'] => {
  const [example] = system.examples
  if (!example) return undefined
  const blocks = phase.blocks(system.parameters.parse(example.parameters), system.name)
  return blocks.find(({ template }) => template.lossRules)?.template.lossRules
}
