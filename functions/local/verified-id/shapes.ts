// What the stand-in takes, field by field as Microsoft documents it. Unknown fields are refused, so that a slip of ours is seen
// here and not in Azure.
import * as z from 'zod'
import { badField } from './refusal.ts'

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]'])
/** https; on this machine http to this machine as well, which the real one cannot reach. */
const CallbackUrl = z.url().refine((text) => {
  const { protocol, hostname } = new URL(text)
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.has(hostname))
})
const HEADERS = new Set(['api-key', 'authorization'])
const Callback = z.strictObject({
  url: CallbackUrl,
  state: z.string().min(1),
  headers: z
    .record(z.string(), z.string())
    .refine((headers) => Object.keys(headers).every((name) => HEADERS.has(name.toLowerCase())))
    .optional(),
})
const Did = z.string().regex(/^did:web:/)
/** Hashed with all of salt, alg and iterations, or as it is without them: looked at in request-service.ts. */
const Pin = z.strictObject({
  value: z.string(),
  type: z.enum(['numeric', 'alphanumeric']).optional(),
  length: z.int().min(4).max(16).optional(),
  salt: z.string().min(1).optional(),
  alg: z.literal('sha256').optional(),
  iterations: z.literal(1).optional(),
})
const Registration = {
  clientName: z.string().min(1),
  logoUrl: z.url().optional(),
  termsOfServiceUrl: z.url().optional(),
}

export const IssuanceRequest = z.strictObject({
  includeQRCode: z.boolean().optional(),
  authority: Did,
  registration: z.strictObject(Registration),
  callback: Callback,
  type: z.string().min(1),
  manifest: z.url(),
  pin: Pin.optional(),
  claims: z.record(z.string(), z.string()).optional(),
  expirationDate: z.iso.datetime({ offset: true }).optional(),
})
export type IssuanceRequest = z.infer<typeof IssuanceRequest>

const Words = z.array(z.string()).min(1)
/** One operand each. */
const Constraint = z.union([
  z.strictObject({ claimName: z.string().min(1), values: Words }),
  z.strictObject({ claimName: z.string().min(1), contains: z.string().min(1) }),
  z.strictObject({ claimName: z.string().min(1), startsWith: z.string().min(1) }),
])
export type Constraint = z.infer<typeof Constraint>
export const PresentationRequest = z.strictObject({
  includeQRCode: z.boolean().optional(),
  includeReceipt: z.boolean().optional(),
  authority: Did,
  registration: z.strictObject({ ...Registration, purpose: z.string().optional() }),
  callback: Callback,
  requestedCredentials: z
    .array(
      z.strictObject({
        type: z.string().min(1),
        purpose: z.string().optional(),
        acceptedIssuers: z.array(Did).optional(),
        configuration: z
          .strictObject({
            validation: z
              .strictObject({
                allowRevoked: z.boolean().optional(),
                validateLinkedDomain: z.boolean().optional(),
                faceCheck: z
                  .strictObject({
                    sourcePhotoClaimName: z.string().min(1),
                    matchConfidenceThreshold: z.int().min(50).max(100).default(70),
                  })
                  .optional(),
              })
              .optional(),
          })
          .optional(),
        constraints: z.array(Constraint).min(1).optional(),
      }),
    )
    .min(1),
})
export type PresentationRequest = z.infer<typeof PresentationRequest>

const Mapping = z.array(
  z.strictObject({
    ...{ outputClaim: z.string().min(1), inputClaim: z.string().min(1) },
    ...{ required: z.boolean(), indexed: z.boolean(), type: z.string() },
  }),
)
const Attestation = z.looseObject({ mapping: Mapping, required: z.boolean().optional() })
export const ContractText = z.strictObject({
  rules: z.strictObject({
    attestations: z.strictObject({
      idTokenHints: z
        .array(
          z.strictObject({
            mapping: Mapping,
            required: z.boolean(),
            trustedIssuers: z.array(z.string()),
          }),
        )
        .optional(),
      idTokens: z.array(Attestation).optional(),
      selfIssued: Attestation.optional(),
      presentations: z.array(Attestation).optional(),
    }),
    validityInterval: z.int().min(1),
    vc: z.strictObject({ type: z.array(z.string().min(1)).min(1) }),
  }),
  displays: z
    .array(
      z.strictObject({
        locale: z.string().min(2),
        card: z.strictObject({
          ...{ title: z.string().min(1), issuedBy: z.string().min(1) },
          backgroundColor: z.string().regex(/^#[0-9a-fA-F]{6}$/),
          textColor: z.string().regex(/^#[0-9a-fA-F]{6}$/),
          description: z.string(),
          logo: z.strictObject({ uri: z.url(), description: z.string() }).optional(),
        }),
        consent: z.strictObject({ title: z.string(), instructions: z.string() }),
        claims: z.array(
          z.strictObject({
            claim: z.string().regex(/^vc\.credentialSubject\./),
            ...{ label: z.string(), type: z.string() },
          }),
        ),
      }),
    )
    .min(1),
  allowOverrideValidityOnIssuance: z.boolean().optional(),
})
export type ContractText = z.infer<typeof ContractText>
export const NewContract = ContractText.extend({ name: z.string().min(1) })

export const NewAuthority = z.strictObject({
  name: z.string().min(1),
  linkedDomainUrl: CallbackUrl,
  didMethod: z.literal('web'),
  keyVaultMetadata: z.strictObject({
    ...{ subscriptionId: z.uuid(), resourceGroup: z.string().min(1) },
    ...{ resourceName: z.string().min(1), resourceUrl: z.url() },
  }),
})

/** Every mapping of a contract. */
export const mappingsOf = ({ rules: { attestations } }: ContractText) =>
  [
    ...(attestations.idTokenHints ?? []),
    ...(attestations.idTokens ?? []),
    ...(attestations.presentations ?? []),
    ...(attestations.selfIssued ? [attestations.selfIssued] : []),
  ].flatMap(({ mapping }) => mapping)

/** Where an issue is: of a field that should not be there its own name; of a union the branch that came furthest. */
const targetOf = (issue: z.core.$ZodIssue): string => {
  if (issue.code === 'unrecognized_keys') return [...issue.path, issue.keys[0]].join('.')
  if (issue.code === 'invalid_union') {
    const inner = issue.errors.map(([first]) => first).find((one) => one && one.path.length > 0)
    return [...issue.path, ...(inner?.path ?? [])].join('.')
  }
  return issue.path.join('.')
}

/** Throws 400 with the first field that does not fit. */
export const read = <T>(schema: z.ZodType<T>, body: unknown): T => {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw badField((issue && targetOf(issue)) || 'body')
}
