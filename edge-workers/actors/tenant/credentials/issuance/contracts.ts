// Operations of this concern: one row each, its input and its output.
import type {
  CredentialOffer,
  CredentialOfferView,
  IssuanceView,
  NewCredentialOffer,
  RenewCredentialOffer,
} from '../../../../../schemas/credential.ts'
import type { Page, PageRequest, Versioned } from '../../../contracts.ts'
import type { Keyed } from '../../operation-inputs.ts'

/** `replayed`: made by an earlier request with the same key. */
export type MadeOffer = CredentialOffer & { replayed: boolean }

export interface IssuanceOperations {
  'offers.create': { input: Keyed<NewCredentialOffer>; output: MadeOffer }
  'offers.renew': { input: Keyed<RenewCredentialOffer> & { id: string }; output: MadeOffer }
  'offers.list': { input: PageRequest; output: Page<CredentialOfferView> }
  'offers.read': { input: string; output: Versioned<CredentialOfferView> }
  'issuances.list': { input: PageRequest; output: Page<IssuanceView> }
  'issuances.read': { input: string; output: Versioned<IssuanceView> }
  'issuances.release': { input: string; output: Versioned<IssuanceView> }
  'issuances.deny': { input: string; output: Versioned<IssuanceView> }
}
