// Every call of wallet-contracts.ts, by name. None has a principal: each checks the secret that came with it.
import { type Result, refuse } from '../../../schemas/result.ts'
import { writesOf } from '../database.ts'
import { refuseOrThrow } from '../outage.ts'
import type { WalletCall, WalletCalls, WalletInput, WalletOutput } from '../wallet-contracts.ts'
import { arcMachineWalletCalls } from './arc/machines/wallet-calls.ts'
import type { TenantContext } from './context.ts'
import { entraWalletCalls } from './credentials/entra/wallet-calls.ts'
import { issuanceWalletCalls } from './credentials/issuance/wallet-calls.ts'
import { issuerWalletCalls } from './credentials/issuer/wallet-calls.ts'
import { powerWalletCalls } from './credentials/powers/wallet-calls.ts'
import { presentationWalletCalls } from './credentials/presentations/wallet-calls.ts'
import { statusWalletCalls } from './credentials/status/wallet-calls.ts'

export type WalletRows<Rows> = {
  [Name in keyof Rows]: Rows[Name] extends { input: infer Input; output: infer Output }
    ? (context: TenantContext, input: Input) => Result<Output> | Promise<Result<Output>>
    : never
}

const rows: WalletRows<WalletCalls> = {
  ...issuerWalletCalls,
  ...issuanceWalletCalls,
  ...statusWalletCalls,
  ...presentationWalletCalls,
  ...powerWalletCalls,
  ...entraWalletCalls,
  ...arcMachineWalletCalls,
}

export const walletCalls = async <Name extends WalletCall>(
  context: TenantContext,
  name: Name,
  input: WalletInput<Name>,
): Promise<Result<WalletOutput<Name>>> => {
  const run = rows[name] as (
    context: TenantContext,
    input: WalletInput<Name>,
  ) => Result<WalletOutput<Name>> | Promise<Result<WalletOutput<Name>>>
  // Whoever knew the way here learns nothing more than those who did not.
  if (context.tenant().state === 'erased') return refuse('not-found')
  try {
    const before = writesOf(context.db)
    const result = await run(context, input)
    // Most only read.
    if (writesOf(context.db) !== before) await context.arm()
    return result
  } catch (error) {
    return refuseOrThrow(error, 'credentials.read')
  }
}
