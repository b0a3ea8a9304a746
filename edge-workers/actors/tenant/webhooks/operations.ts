// The rows of this concern in the table of operations.
import type { OperationRows } from '../operation.ts'
import type { WebhookOperations } from './contracts.ts'
import { listDeliveries, replayDelivery, testEndpoint } from './deliveries.ts'
import {
  createEndpoint,
  deleteEndpoint,
  listEndpoints,
  readEndpoint,
  rotateSecret,
  updateEndpoint,
} from './endpoints.ts'

export const webhookOperations: OperationRows<WebhookOperations> = {
  'webhooks.create': { action: 'webhooks.write', run: createEndpoint },
  'webhooks.list': { action: 'webhooks.read', run: listEndpoints },
  'webhooks.read': { action: 'webhooks.read', run: readEndpoint },
  'webhooks.update': { action: 'webhooks.write', run: updateEndpoint },
  'webhooks.delete': { action: 'webhooks.write', run: deleteEndpoint },
  'webhooks.rotate-secret': { action: 'webhooks.write', run: rotateSecret },
  'webhooks.test': { action: 'webhooks.write', run: testEndpoint },
  'webhooks.deliveries': { action: 'webhooks.read', run: listDeliveries },
  'webhooks.replay': { action: 'webhooks.write', run: replayDelivery },
}
