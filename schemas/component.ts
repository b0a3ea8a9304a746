// Hardware of a tenant and where it came from: a leaf of the supply chain for every step of its life.
import * as z from 'zod'
import { Digest, HostName } from './ids.ts'

export const ComponentId = z.string().regex(/^cmp_[a-z2-7]{26}$/)
export const ComponentState = z.enum(['registered', 'transferred', 'deployed', 'retired'])
export type ComponentState = z.infer<typeof ComponentState>

/** Serial numbers are kept as keyed digests: a list of them is a list of what can be stolen. */
export const RegisterComponent = z.strictObject({
  kind: z.enum(['server', 'disk', 'memory', 'network', 'security-module', 'other']),
  manufacturer: z.string().trim().min(1).max(100),
  model: z.string().trim().min(1).max(100),
  serial: z.string().trim().min(1).max(200),
  /** Digests of papers that came with it: attestation, certificate of origin, bill of materials. */
  evidence: z.array(Digest).max(20).default([]),
})
export type RegisterComponent = z.infer<typeof RegisterComponent>

/** The next step of its life. */
export const StepComponent = z.discriminatedUnion('to', [
  z.strictObject({
    to: z.literal('transferred'),
    /** Organisation that has it now: never a person. */
    custodian: z.string().trim().min(1).max(100),
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
  kind: RegisterComponent.shape.kind,
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
