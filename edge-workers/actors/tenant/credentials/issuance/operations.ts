// The rows of offers and issuances in the table of operations.
import type { OperationRows } from '../../operation.ts'
import { ifMayOffer, ifMayRenew } from '../powers/offering.ts'
import type { IssuanceOperations } from './contracts.ts'
import {
  denyIssuance,
  listIssuances,
  listOffers,
  readIssuance,
  readOffer,
  releaseIssuance,
} from './decide.ts'
import { createOffer, renewOffer } from './offers.ts'

export const issuanceOperations: OperationRows<IssuanceOperations> = {
  'offers.create': { action: 'credentials.offer', run: ifMayOffer(createOffer) },
  'offers.renew': { action: 'credentials.offer', run: ifMayRenew(renewOffer) },
  'offers.list': { action: 'credentials.read', run: listOffers },
  'offers.read': { action: 'credentials.read', run: readOffer },
  'issuances.list': { action: 'credentials.read', run: listIssuances },
  'issuances.read': { action: 'credentials.read', run: readIssuance },
  'issuances.release': { action: 'credentials.offer', run: releaseIssuance },
  'issuances.deny': { action: 'credentials.offer', run: denyIssuance },
}
