// Which templates can fly in a fleet: those that live in the tenant's namespace alone, need no site and no machine, and of
// which two regions do not write the same thing outside. A template that is not here is refused with FLEET-TEMPLATE.
import type { Template } from '../../schemas/template.ts'
import { application } from '../application.ts'
import { certificate } from '../certificate.ts'
import { cloudflareTunnel } from '../cloudflare-tunnel.ts'
import { externalSecretTemplate } from '../external-secret.ts'
import { ingress } from '../ingress.ts'
import { logicApp } from '../logic-app.ts'
import { networkPolicies } from '../network-policies.ts'
import { openTelemetryCollector } from '../opentelemetry-collector.ts'
import { redis } from '../redis.ts'
import { secretStoreTemplate } from '../secret-store.ts'

export const flyable: readonly Template[] = [
  application,
  certificate,
  cloudflareTunnel,
  externalSecretTemplate,
  ingress,
  logicApp,
  networkPolicies,
  openTelemetryCollector,
  redis,
  secretStoreTemplate,
].map((template) => template as unknown as Template)

/** Without a version the newest. */
export const findFlyable = (name: string, version?: string): Template | undefined =>
  flyable.find(
    (template) => template.name === name && (version === undefined || template.version === version),
  )
