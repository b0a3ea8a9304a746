// What wallets, holders' pages and other issuers' callbacks ask of a tenant's actor: one row for each, its input and its output.
// They come with a secret of one offer or request and are no members; the secret arrives as its digest. The table that runs them
// is tenant/wallet.ts; the contracts of each concern stand beside its implementation.
import type { Result } from '../../schemas/result.ts'
import type { ArcMachineWalletCalls } from './tenant/arc/machines/wallet-contracts.ts'
import type { EntraWalletCalls } from './tenant/credentials/entra/wallet-contracts.ts'
import type { IssuanceWalletCalls } from './tenant/credentials/issuance/wallet-contracts.ts'
import type { IssuerWalletCalls } from './tenant/credentials/issuer/wallet-contracts.ts'
import type { PowerWalletCalls } from './tenant/credentials/powers/wallet-contracts.ts'
import type { PresentationWalletCalls } from './tenant/credentials/presentations/wallet-contracts.ts'
import type { StatusWalletCalls } from './tenant/credentials/status/wallet-contracts.ts'

export type WalletCalls = IssuerWalletCalls &
  IssuanceWalletCalls &
  StatusWalletCalls &
  PresentationWalletCalls &
  PowerWalletCalls &
  EntraWalletCalls &
  ArcMachineWalletCalls

export type WalletCall = keyof WalletCalls
export type WalletInput<Name extends WalletCall> = WalletCalls[Name]['input']
export type WalletOutput<Name extends WalletCall> = WalletCalls[Name]['output']

export type WalletApi = <Name extends WalletCall>(
  name: Name,
  input: WalletInput<Name>,
) => Promise<Result<WalletOutput<Name>>>
