// Calls without a member, of what a credential does here: one row each, its input and its output. A browser that signs in is
// known by the cookie that it began with.
import type { RequestRow } from '../presentations/rows.ts'
import type { SignInPage } from './sign-in.ts'

export interface PowerWalletCalls {
  'powers.begin-sign-in': {
    /** `callerDigest`: of the network that he comes from; null where nobody says. */
    input: { browserDigest: string; callerDigest: string | null; mode: RequestRow['mode'] }
    output: { id: string }
  }
  'powers.sign-in': {
    input: { id: string; browserDigest: string | null }
    output: SignInPage
  }
}
