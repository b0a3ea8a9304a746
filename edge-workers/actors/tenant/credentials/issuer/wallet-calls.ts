// The calls without a member, of the issuer itself.
import type { WalletRows } from '../../wallet.ts'
import { draftDocument, issuerDocument, typeDocument } from './documents.ts'
import { signedMetadata } from './signed-metadata.ts'
import type { IssuerWalletCalls } from './wallet-contracts.ts'

export const issuerWalletCalls: WalletRows<IssuerWalletCalls> = {
  'issuer.document': issuerDocument,
  'issuer.signed-metadata': signedMetadata,
  'issuer.draft-document': draftDocument,
  'issuer.type': typeDocument,
}
