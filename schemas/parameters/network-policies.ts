// Parameters of the template network-policies: who may talk to whom, on top of a namespace that denies everything.
import * as z from 'zod'
import { HostName, Slug } from '../ids.ts'

const LabelKey = z
  .string()
  .max(317)
  .regex(
    /^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/,
  )
const LabelValue = z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/)
const Labels = z
  .record(LabelKey, LabelValue)
  .refine((labels) => Object.keys(labels).length <= 8, 'at most 8 labels')

const addressOf = (address: string): number =>
  address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0)

/** [first, last] address of an IPv4 range. */
const boundsOf = (cidr: string): [number, number] => {
  const [address = '', prefix = ''] = cidr.split('/')
  const size = 2 ** (32 - Number(prefix))
  const first = Math.floor(addressOf(address) / size) * size
  return [first, first + size - 1]
}

/** Loopback and link-local: nodes answer there, and clouds hand out machine identities. */
const NEVER = ['127.0.0.0/8', '169.254.0.0/16'].map(boundsOf)

export const Cidr = z
  .cidrv4()
  .refine((cidr) => Number(cidr.split('/')[1]) >= 8, 'at most a /8; say internet for all of it')
  .refine(
    (cidr) => boundsOf(cidr)[0] === addressOf(cidr.split('/')[0] ?? ''),
    'the first address of its range',
  )
  .refine((cidr) => {
    const [first, last] = boundsOf(cidr)
    return NEVER.every(([from, to]) => last < from || first > to)
  }, 'loopback and link-local addresses cannot be opened')

const Pods = z.strictObject({
  pods: Labels.describe('Labels of pods of this tenant; {} is all of them'),
})
export const PolicyPeer = z.union([
  Pods,
  z.strictObject({ resource: Slug.describe('Pods of a resource of this tenant, by its name') }),
  z.strictObject({ namespace: HostName.describe('Pods of another namespace, all of them') }),
  z.strictObject({ cidr: Cidr.describe('IPv4 range') }),
  z.strictObject({
    internet: z.literal(true).describe('Every public IPv4 address, no private one'),
  }),
])
export type PolicyPeer = z.infer<typeof PolicyPeer>

/** Whether a peer is pods of the tenant itself: only they can be given a rule. */
export const isOwn = (peer: PolicyPeer): boolean => 'pods' in peer || 'resource' in peer

export const PolicyRule = z
  .strictObject({
    name: Slug.refine((name) => !name.includes('allow'), 'without the word allow').describe(
      'What is allowed, in a word or two',
    ),
    from: PolicyPeer.describe('Who opens the connection'),
    to: PolicyPeer.describe('Who is called'),
    ports: z
      .array(
        z.strictObject({
          port: z.int().min(1).max(65_535),
          protocol: z.enum(['TCP', 'UDP']).default('TCP'),
        }),
      )
      .min(1)
      .max(20)
      .describe('Ports of the pods called, not of a Service in front of them'),
  })
  .refine(({ from, to }) => isOwn(from) || isOwn(to), 'one side must be pods of this tenant')
export type PolicyRule = z.infer<typeof PolicyRule>

export const NetworkPoliciesParameters = z.strictObject({
  cluster: Slug.optional().describe('Cluster they apply on; absent: the only one there is'),
  rules: z
    .array(PolicyRule)
    .min(1)
    .max(50)
    .refine(
      (rules) => new Set(rules.map(({ name }) => name)).size === rules.length,
      'each name only once',
    )
    .describe('What is allowed; everything else stays denied'),
})
export type NetworkPoliciesParameters = z.infer<typeof NetworkPoliciesParameters>
