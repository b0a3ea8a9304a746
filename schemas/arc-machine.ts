// Machines in Azure Arc: what is asked for, what is shown, and the verbs by which the Functions are asked (schemas/azure.ts).
import * as z from 'zod'
import { ArmPending, AzurePlace, longOf } from './arm.ts'
import type { Verbs } from './azure.ts'

export const ArcMachineId = z.string().regex(/^amc_[a-z2-7]{26}$/)

/**
 * `downloaded`: its script is out, and Azure does not have it yet. `expired`: its link was over before anybody used it, or Azure
 * has given the machine up. `removing`: Azure has not said yet that it is gone.
 */
export const ArcMachineState = z.enum([
  ...(['waiting', 'downloaded', 'connected', 'disconnected', 'error', 'expired'] as const),
  ...(['removing', 'removed'] as const),
])
export type ArcMachineState = z.infer<typeof ArcMachineState>

/** Azure's rule: 1 to 54 characters. */
export const ArcMachineName = z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,52}[A-Za-z0-9])?$/)

export const LINK_MINUTES = 15
/** Azure gives an agent up that was not heard of for so long (learn.microsoft.com: Azure Connected Machine agent). */
export const OFFLINE_DAYS_AT_MOST = 45
export const ARC_MACHINES_AT_MOST = 2_000
/** A script that did not connect its machine until then will not: its token is over. */
export const ONBOARDING_DAYS = 1
/** By it a machine in Azure is known as ours: one that only has the same name is somebody else's. */
export const MACHINE_TAG = 'phoenix-machine'

/** Azure's own prefixes and ours are taken; what separates tags on the agent's command line is in none. */
const TagName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9._-]{0,62}$/)
  .refine((name) => !/^(?:microsoft|azure|windows|phoenix)/i.test(name), {
    message: 'names that begin with microsoft, azure, windows or phoenix are taken',
  })
const TagValue = z.string().regex(/^[^\p{C}\p{Zl}\p{Zp},="\\]{0,256}$/u)
export const ArcTags = z
  .record(TagName, TagValue)
  .refine((tags) => Object.keys(tags).length <= 10, { message: 'at most 10 tags' })
  .refine(
    (tags) =>
      new Set(Object.keys(tags).map((name) => name.toLowerCase())).size ===
      Object.keys(tags).length,
    { message: 'Azure takes names that differ in case alone for one' },
  )

export const CreateArcMachine = z.strictObject({
  name: ArcMachineName,
  /** `host`: a Proxmox host; `vm`: a machine on one. */
  kind: z.enum(['host', 'vm']),
  /** The host or the resource of this API that it is. */
  about: z
    .string()
    .regex(/^[a-z0-9](?:[a-z0-9./-]{0,126}[a-z0-9])?$/)
    .optional(),
  tags: ArcTags.default({}),
})
export type CreateArcMachine = z.infer<typeof CreateArcMachine>

/** What Azure says of it. Texts are theirs, cut. */
const Said = z.string().max(200).nullable()
export const ArcMachineRemote = z.strictObject({
  status: z.string().max(100),
  lastStatusChange: Said,
  agentVersion: Said,
  osName: Said,
  osSku: Said,
  osVersion: Said,
  fqdn: Said,
  /** Codes of what the agent reports. */
  errors: z.array(z.string().max(100)).max(10),
})
export type ArcMachineRemote = z.infer<typeof ArcMachineRemote>

export const ArcMachineView = z.strictObject({
  id: ArcMachineId,
  name: z.string(),
  kind: z.enum(['host', 'vm']),
  about: z.string().nullable(),
  tags: z.record(z.string(), z.string()),
  state: ArcMachineState,
  /** Until when its link can be used; null: it was, is over, or there is none. */
  linkExpiresAt: z.iso.datetime().nullable(),
  downloadedAt: z.iso.datetime().nullable(),
  /** Its id in Azure Resource Manager, where it is or will be. */
  resourceId: z.string(),
  remote: ArcMachineRemote.nullable(),
  /** When Azure last said so; null: it never has. */
  readAt: z.iso.datetime().nullable(),
  /** What Azure names where it does not remove it. */
  fault: z.string().nullable(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  /** What happens next, or what stays to be done by somebody. */
  next: z.string(),
})
export type ArcMachineView = z.infer<typeof ArcMachineView>

/** Shown once. */
export const OnboardingLink = z.strictObject({
  url: z.url(),
  expiresAt: z.iso.datetime(),
  /** To be run on the machine, as root. */
  command: z.string(),
  /** The same as user data of cloud-init. */
  cloudInitUrl: z.url(),
})
export type OnboardingLink = z.infer<typeof OnboardingLink>

export const MadeArcMachine = z.strictObject({
  machine: ArcMachineView,
  /** Null: it was shown in the first answer under this Idempotency-Key. POST …/links makes another. */
  link: OnboardingLink.nullable(),
})
export type MadeArcMachine = z.infer<typeof MadeArcMachine>

export const NewArcLink = z.strictObject({})
export type NewArcLink = z.infer<typeof NewArcLink>

const place = { place: AzurePlace }
export const FoundMachine = z.strictObject({
  name: z.string(),
  /** What its tag says; null: it has none of ours. */
  machine: ArcMachineId.nullable(),
  remote: ArcMachineRemote,
})
export type FoundMachine = z.infer<typeof FoundMachine>

export const machineVerbs = {
  /**
   * A token of the identity that may onboard machines there, and nothing else and nowhere else. It is for whoever claimed it, and is
   * kept nowhere. Absent: no identity onboards machines there (ARC_ONBOARDING).
   */
  mint: {
    path: '/api/arc/machines/token',
    input: z.strictObject(place),
    output: z.strictObject({ token: z.string().min(1).max(8_192), expiresAt: z.iso.datetime() }),
  },
  /** All of the resource group. */
  list: {
    path: '/api/arc/machines/list',
    input: z.strictObject(place),
    output: z.strictObject({ machines: z.array(FoundMachine) }),
  },
  /** Conflict: what has this name there is not this machine. */
  remove: {
    path: '/api/arc/machines/remove',
    input: z.strictObject({ ...place, name: ArcMachineName, machine: ArcMachineId }),
    output: longOf(z.null()),
  },
  /** A removal that went on. */
  follow: {
    path: '/api/arc/machines/follow',
    input: z.strictObject({ ...place, pending: ArmPending }),
    output: longOf(z.null()),
  },
} as const satisfies Verbs
