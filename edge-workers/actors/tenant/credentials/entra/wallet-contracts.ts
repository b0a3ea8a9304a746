// Calls without a member, of the driver of Microsoft Entra Verified ID: one row each, its input and its output.
import type { EntraCallback } from '../../../../../schemas/verified-id.ts'

export interface EntraWalletCalls {
  /** `keyDigest`: of the key that the callback came with. */
  'entra.callback': { input: { keyDigest: string; callback: EntraCallback }; output: null }
  'entra.document': { input: null; output: string }
}
