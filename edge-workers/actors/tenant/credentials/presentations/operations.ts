// The rows of presentation requests, and of whom they are taken from, in the table of operations.
import type { OperationRows } from '../../operation.ts'
import type { PresentationOperations } from './contracts.ts'
import { createRequest, listRequests, readRequest } from './requests.ts'
import { createTrusted, endTrusted, listTrusted, readTrusted } from './trusted-issuers.ts'

export const presentationOperations: OperationRows<PresentationOperations> = {
  'presentations.create': { action: 'presentations.write', run: createRequest },
  'presentations.list': { action: 'presentations.read', run: listRequests },
  'presentations.read': { action: 'presentations.read', run: readRequest },
  'trusted-issuers.create': { action: 'presentations.write', run: createTrusted },
  'trusted-issuers.list': { action: 'presentations.read', run: listTrusted },
  'trusted-issuers.read': { action: 'presentations.read', run: readTrusted },
  'trusted-issuers.delete': { action: 'presentations.write', run: endTrusted },
}
