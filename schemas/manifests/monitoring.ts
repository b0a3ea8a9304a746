// The Prometheus operator's objects as far as we emit them. Where an alert goes is named in Secrets only.
import * as z from 'zod'
import { ObjectName, SecretKey } from './words.ts'

const Duration = z.string().regex(/^[1-9][0-9]{0,3}[smh]$/)

const AlertRule = z.strictObject({
  alert: z.string().regex(/^[A-Z][A-Za-z0-9]{2,60}$/),
  expr: z.string().min(1).max(500),
  for: Duration,
  labels: z.strictObject({ severity: z.enum(['warning', 'critical']) }),
  annotations: z.strictObject({ summary: z.string().min(1), description: z.string().min(1) }),
})

const Receiver = z.strictObject({
  name: ObjectName,
  emailConfigs: z
    .array(
      z.strictObject({
        to: z.email(),
        from: z.email(),
        smarthost: z.string().regex(/^[a-z0-9.-]+:(?:465|587)$/),
        authUsername: z.string(),
        authPassword: SecretKey,
        requireTLS: z.boolean(),
        sendResolved: z.literal(true),
      }),
    )
    .length(1)
    .optional(),
  webhookConfigs: z
    .array(z.strictObject({ urlSecret: SecretKey, sendResolved: z.literal(true) }))
    .length(1)
    .optional(),
})

export const monitoringShapes = {
  PrometheusRule: {
    spec: z.strictObject({
      groups: z
        .array(z.strictObject({ name: ObjectName, rules: z.array(AlertRule).min(1) }))
        .min(1),
    }),
  },
  AlertmanagerConfig: {
    spec: z.strictObject({
      route: z.strictObject({
        receiver: ObjectName,
        matchers: z.tuple([
          z.strictObject({
            name: z.literal('severity'),
            matchType: z.literal('=~'),
            value: z.literal('warning|critical'),
          }),
        ]),
        groupBy: z.array(z.string()),
        groupWait: Duration,
        groupInterval: Duration,
        repeatInterval: Duration,
      }),
      receivers: z.array(Receiver).length(1),
    }),
  },
  ScrapeConfig: {
    spec: z.strictObject({
      jobName: ObjectName,
      metricsPath: z.literal('/metrics'),
      scrapeInterval: Duration,
      staticConfigs: z
        .array(
          z.strictObject({
            targets: z.array(z.string().regex(/^[0-9.]{7,15}:9545$/)).min(1),
          }),
        )
        .length(1),
    }),
  },
} satisfies Partial<Record<string, z.ZodRawShape>>

export type PrometheusRuleSpec = z.infer<typeof monitoringShapes.PrometheusRule.spec>
export type AlertmanagerConfigSpec = z.infer<typeof monitoringShapes.AlertmanagerConfig.spec>
export type ScrapeConfigSpec = z.infer<typeof monitoringShapes.ScrapeConfig.spec>
export type AlertRule = z.infer<typeof AlertRule>
