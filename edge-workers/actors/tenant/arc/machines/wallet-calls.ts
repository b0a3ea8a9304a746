// The rows of this concern in the table of calls without a principal.
import type { WalletRows } from '../../wallet.ts'
import { claimScript, lookAtLink } from './claim.ts'
import type { ArcMachineWalletCalls } from './wallet-contracts.ts'

export const arcMachineWalletCalls: WalletRows<ArcMachineWalletCalls> = {
  'arc-machines.look': lookAtLink,
  'arc-machines.claim': claimScript,
}
