// The calls without a member, of offers and issuances.
import type { WalletRows } from '../../wallet.ts'
import { askAgain } from './ask-again.ts'
import { fetchOffer, holderOffer } from './fetch.ts'
import { checkToken, requestCredential, requestDeferred, takeNotification } from './requests.ts'
import { redeemCode } from './token.ts'
import type { IssuanceWalletCalls } from './wallet-contracts.ts'

export const issuanceWalletCalls: WalletRows<IssuanceWalletCalls> = {
  'offer.fetch': fetchOffer,
  'offer.page': holderOffer,
  'offer.ask-again': askAgain,
  'token.check': checkToken,
  'token.redeem': redeemCode,
  'credential.request': requestCredential,
  'credential.deferred': requestDeferred,
  'credential.notify': takeNotification,
}
