// Ingress (networking.k8s.io/v1) as we emit it: https only, to Services of the same namespace.
import * as z from 'zod'
import { DnsName } from '../parameters/dns-name.ts'
import { ObjectName } from './words.ts'

const Path = z.strictObject({
  path: z.string().startsWith('/').max(201),
  pathType: z.enum(['Prefix', 'Exact']),
  backend: z.strictObject({
    service: z.strictObject({
      name: ObjectName,
      port: z.strictObject({ number: z.int().min(1).max(65_535) }),
    }),
  }),
})

export const ingressShapes = {
  Ingress: {
    spec: z.strictObject({
      ingressClassName: ObjectName,
      tls: z
        .array(z.strictObject({ hosts: z.array(DnsName).min(1), secretName: ObjectName }))
        .length(1),
      rules: z
        .array(
          z.strictObject({
            host: DnsName,
            http: z.strictObject({ paths: z.array(Path).min(1) }),
          }),
        )
        .min(1),
    }),
  },
} satisfies Partial<Record<string, z.ZodRawShape>>

export type IngressSpec = z.infer<typeof ingressShapes.Ingress.spec>
