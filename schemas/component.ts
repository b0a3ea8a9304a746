// Hardware of a tenant and where it came from: a leaf of the supply chain for every step of its life.
import * as z from 'zod'
import { Digest, HostName } from './ids.ts'

export const ComponentId = z.string().regex(/^cmp_[a-z2-7]{26}$/)
export const ComponentState = z.enum(['registered', 'transferred', 'deployed', 'retired'])
export type ComponentState = z.infer<typeof ComponentState>

export const COMPONENTS_AT_MOST = 10_000
/** Of one component. Retiring is always possible. */
export const COMPONENT_STEPS_AT_MOST = 200

/** What may follow what. Whatever is lost or broken on its way is retired from where it is; nothing follows that. */
export const COMPONENT_MOVES: Record<ComponentState, readonly ComponentState[]> = {
  registered: ['transferred', 'deployed', 'retired'],
  transferred: ['transferred', 'deployed', 'retired'],
  deployed: ['transferred', 'deployed', 'retired'],
  retired: [],
}

export const ComponentKind = z.enum([
  ...(['server', 'disk', 'memory', 'network', 'security-module', 'other'] as const),
])

/** What somebody writes: no line breaks, nothing unseen, and nothing that turns the text around. */
const line = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .regex(/^[^\p{C}]*$/u, 'one line of plain text')

/** Serial numbers are kept as keyed digests: a list of them is a list of what can be stolen. */
export const RegisterComponent = z.strictObject({
  kind: ComponentKind,
  manufacturer: line(100),
  model: line(100),
  serial: line(200),
  /** Digests of papers that came with it: attestation, certificate of origin, bill of materials. */
  evidence: z.array(Digest).max(20).default([]),
})
export type RegisterComponent = z.infer<typeof RegisterComponent>

/** The next step of its life. */
export const StepComponent = z.discriminatedUnion('to', [
  z.strictObject({
    to: z.literal('transferred'),
    /** Organisation that has it now: never a person. */
    custodian: line(100),
    evidence: z.array(Digest).max(20).default([]),
  }),
  z.strictObject({
    to: z.literal('deployed'),
    site: HostName,
    host: HostName,
    evidence: z.array(Digest).max(20).default([]),
  }),
  z.strictObject({
    to: z.literal('retired'),
    reason: z.enum(['end-of-life', 'failed', 'returned', 'destroyed', 'lost']),
    evidence: z.array(Digest).max(20).default([]),
  }),
])
export type StepComponent = z.infer<typeof StepComponent>

export const ComponentView = z.strictObject({
  id: ComponentId,
  kind: ComponentKind,
  manufacturer: z.string(),
  model: z.string(),
  /** Keyed: the same serial has the same digest within a tenant and nowhere else. */
  serialDigest: Digest,
  state: ComponentState,
  custodian: z.string().nullable(),
  site: z.string().nullable(),
  host: z.string().nullable(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  /** Its leaves of the tenant's log, oldest first. */
  history: z.array(
    z.strictObject({
      version: z.int(),
      from: z.string(),
      to: z.string(),
      actor: z.string(),
      at: z.iso.datetime(),
      /** What was said with the step: custodian, place, reason. */
      about: z.string().nullable(),
      evidence: z.array(Digest),
      leafIndex: z.int(),
      leafHash: z.string(),
    }),
  ),
})
export type ComponentView = z.infer<typeof ComponentView>

/** In lists: without its history. */
export const ComponentSummary = ComponentView.omit({ history: true })
export type ComponentSummary = z.infer<typeof ComponentSummary>
export const ComponentFilter = z.strictObject({
  state: ComponentState.optional(),
  kind: ComponentKind.optional(),
})
export type ComponentFilter = z.infer<typeof ComponentFilter>
