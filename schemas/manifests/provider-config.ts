// The Proxmox provider's login, exactly as we emit it: a reference to a Secret, never the login itself.
import * as z from 'zod'
import { ObjectName, SecretKey } from './words.ts'

const Config = z.strictObject({
  credentials: z.strictObject({
    source: z.literal('Secret'),
    secretRef: SecretKey.extend({ namespace: ObjectName }),
  }),
})
export type ProviderConfigSpec = z.infer<typeof Config>

export const providerConfigShapes = {
  ProviderConfig: { spec: Config },
} satisfies Partial<Record<string, z.ZodRawShape>>
