// The calls without a member, of credentials and their status.
import type { WalletRows } from '../../wallet.ts'
import { statusListToken } from './lists.ts'
import { holderCredential } from './page.ts'
import type { StatusWalletCalls } from './wallet-contracts.ts'

export const statusWalletCalls: WalletRows<StatusWalletCalls> = {
  'status.list': statusListToken,
  'credential.page': holderCredential,
}
