// The calls without a member, of the driver of Microsoft Entra Verified ID.
import type { WalletRows } from '../../wallet.ts'
import { takeCallback } from './callbacks.ts'
import { entraDocument } from './documents.ts'
import type { EntraWalletCalls } from './wallet-contracts.ts'

export const entraWalletCalls: WalletRows<EntraWalletCalls> = {
  'entra.callback': takeCallback,
  'entra.document': (context) => entraDocument(context),
}
