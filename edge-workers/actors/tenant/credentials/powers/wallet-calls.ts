// The calls without a member, of what a credential does here.
import type { WalletRows } from '../../wallet.ts'
import { beginSignIn, readSignIn } from './sign-in.ts'
import type { PowerWalletCalls } from './wallet-contracts.ts'

export const powerWalletCalls: WalletRows<PowerWalletCalls> = {
  'powers.begin-sign-in': beginSignIn,
  'powers.sign-in': readSignIn,
}
