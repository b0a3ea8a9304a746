// Operations on webhooks: where a tenant wants to be told, and what became of telling it.
import type {
  CreateWebhook,
  DeliveryState,
  DeliveryView,
  NewWebhook,
  RotateWebhookSecret,
  UpdateWebhook,
  WebhookView,
} from '../../../../schemas/webhook.ts'
import type { Page, PageRequest, Versioned } from '../../contracts.ts'
import type { Conditional, Keyed } from '../operation-inputs.ts'

export interface WebhookOperations {
  'webhooks.create': { input: Keyed<CreateWebhook>; output: Versioned<NewWebhook> }
  'webhooks.list': { input: PageRequest; output: Page<WebhookView> }
  'webhooks.read': { input: string; output: Versioned<WebhookView> }
  'webhooks.update': { input: Conditional<UpdateWebhook>; output: Versioned<WebhookView> }
  'webhooks.delete': { input: Conditional<null>; output: null }
  'webhooks.rotate-secret': {
    input: Keyed<RotateWebhookSecret> & { id: string }
    output: Versioned<NewWebhook>
  }
  /** Sends an event that stands for nothing, to this endpoint alone. */
  'webhooks.test': { input: { id: string; key: string }; output: DeliveryView }
  'webhooks.deliveries': {
    input: { id: string; page: PageRequest; state: DeliveryState | null }
    output: Page<DeliveryView>
  }
  /** Sends it again, with the schedule of a new one and the same `webhook-id`. */
  'webhooks.replay': { input: { id: string; delivery: string }; output: DeliveryView }
}
