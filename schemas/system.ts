// What a system is: several building blocks with their order. Data first: what the source asks for, row by row; then the
// phases that make it, each of them one change; then what people must do and what must be there beforehand.
import type * as z from 'zod'
import type { Size } from './quantity.ts'
import type { SystemResidency } from './residency.ts'
import type { Template } from './template.ts'

/** `most: null` is the source's "N+". */
export interface Range {
  least: number
  most: number | null
}
/** Of one unit. GB and GiB are kept as the source wrote them. */
export interface SizeRange {
  least: number
  most: number | null
  unit: Size['unit']
}

export interface Sizes {
  cores?: Range
  memory?: SizeRange
  disk?: SizeRange
}

export type ComponentKind =
  | 'host'
  | 'virtual-machine'
  | 'kubernetes'
  | 'database'
  | 'cache'
  | 'workload'
  | 'operator'
  | 'azure'
  | 'network'
  | 'storage'
  | 'identity'
  | 'contract'
  | 'hardware'
  | 'external'

/**
 * How a component comes to be. `rendered`: a phase renders it. `task`: people do it, with a runbook. `external`: others
 * provide it. `supply`: hosts that carry the rest. `guest`: counted here, rendered by another system. `future`: named by
 * the source for later; nothing is made of it. `optional`: rendered when its parameter asks for it.
 */
export type ComponentBasis =
  | 'rendered'
  | 'task'
  | 'external'
  | 'supply'
  | 'guest'
  | 'future'
  | 'optional'

export interface SystemComponent {
  id: string
  title: string
  kind: ComponentKind
  basis: ComponentBasis
  count: Range
  /** Of one unit, as the source says it. Absent: the source says nothing. */
  each?: Sizes
  /** Which of the two numbers are ours: the source gives none, or only what they must sum to. */
  derived?: ('count' | 'each')[]
  /** Totals that the source itself prints for this row. */
  declared?: Sizes
  /** Phase in which it is made or confirmed; null where none of ours does. */
  phase: string | null
  dependsOn: string[]
  exposure: 'none' | 'cluster' | 'tunnel' | 'private' | 'public'
  /** Where its data may live, in the source's words. */
  residency?: string
  backup?: string
  /** Lowest version the source accepts. */
  versionFloor?: string
  /** Templates it is built from. */
  builtFrom: string[]
  /** Section of the source. */
  source: string
  note?: string
}

/** One building block inside a phase: a template and the parameters it is given. */
export interface Block {
  template: Template
  /** Suffix of its name; empty for the block that carries the system's own name. */
  id: string
  parameters: unknown
}

/** Something people do. It is done when somebody says so with inputs that pass the schema. */
export interface Task<P = unknown> {
  id: string
  title: string
  /** Who must act. */
  owner: string
  /** `before`: the phase's change is opened only afterwards. `after`: the phase is healthy only afterwards. */
  when: 'before' | 'after'
  /** Tasks of the same phase that come first. */
  after: string[]
  inputs: z.ZodObject
  /** Steps of the runbook, in Markdown, one per line of a numbered list. */
  steps: (input: { name: string; parameters: P }) => string[]
  source: string
}

/** Something from outside that no change of ours can make. */
export interface Prerequisite {
  id: string
  title: string
  owner: string
  why: string
  /** Weeks between order and delivery, where it takes long. */
  leadTimeWeeks?: Range
  source: string
}

export interface Phase<P = unknown> {
  id: string
  title: string
  /** The source's estimate. */
  duration: string
  /** Phases that must be healthy first. Absent: the one before. */
  after?: string[]
  /** Prerequisites that must be met before anything of this phase begins. */
  needs: string[]
  tasks: Task<P>[]
  /** Cluster it is rendered to; absent: the system's parameter `cluster`. */
  cluster?: (parameters: P) => string | undefined
  /** Empty: only people act in this phase. `name` is the instance's: blocks are `<name>-<id>`. */
  blocks: (parameters: P, name: string) => Block[]
  /** What its change asks for, where that is not the phase's own template; `standing`: parameters of what stands. */
  change?: {
    template: string
    resource: (name: string) => string
    parameters: (name: string, standing: unknown) => Record<string, unknown>
  }
}

export interface System<P = unknown> {
  name: string
  version: string
  title: string
  description: string
  durationWeeks: Range
  /** A tenant may have several of it, each under a name of its own. */
  many?: true
  /** What is done may be asked for again under its name: to change it. */
  repeats?: true
  /** Systems that must be healthy before this one is asked for. */
  requires: string[]
  /** Where nothing of it may be; every phase is held to it. Asked with the parameters where those say so. */
  residency?: SystemResidency | ((parameters: P) => SystemResidency)
  /** Totals that the source prints for the whole; never computed. */
  declaredTotals: Sizes
  components: SystemComponent[]
  prerequisites: Prerequisite[]
  parameters: z.ZodType<P>
  examples: { title: string; parameters: unknown }[]
  phases: Phase<P>[]
  /** Phases of one rollout, where they follow from its parameters; each then names those it waits on. */
  phasesFor?: (parameters: P) => Phase<P>[]
  /** Documents for people outside, by name: a wallet's add-chain request, for instance. */
  documents: Record<string, (input: { name: string; parameters: P }) => unknown>
  source: string
}
