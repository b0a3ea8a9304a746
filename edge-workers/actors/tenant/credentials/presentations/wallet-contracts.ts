// Calls without a member, of presentation requests: one row each, its input and its output. Wallets bring the secret of the link
// or of the answer; browsers that of the page, of themselves, or of the way back.
import type { CredentialDisplay } from '../../../../../schemas/credential.ts'
import type { ResponseForm } from '../../../../../schemas/oid4vp.ts'
import type { PresentationRequestView } from '../../../../../schemas/presentation.ts'
import type { Answered } from './answer.ts'
import type { Returned } from './browser.ts'

export interface PresentationPage {
  /** Without what was presented. */
  request: PresentationRequestView
  /** Who asks. */
  verifier: string
  /** What the tenant's own types are called, by `vct`. */
  names: Record<string, CredentialDisplay[]>
  /** Null: nobody can answer it any more, or not from this browser. */
  uri: string | null
  /** A wallet has answered; on one device the browser has yet to come back. */
  answered: boolean
  simulated: boolean
  /** Of a request on one device: where it was begun. */
  browser: 'any' | 'here' | 'another' | 'none'
}

export interface PresentationWalletCalls {
  'presentations.serve': {
    input: { id: string; linkDigest: string; walletNonce: string | null }
    output: { object: string }
  }
  /** As it was posted: an encrypted answer has its `state` inside, so it is digested where it is opened. */
  'presentations.answer': { input: { id: string; form: ResponseForm }; output: Answered }
  'presentations.page': {
    input: { id: string; pageDigest: string; browserDigest: string | null }
    output: PresentationPage
  }
  'presentations.begin': {
    input: { id: string; pageDigest: string; browserDigest: string }
    output: { bound: boolean }
  }
  'presentations.return': {
    input: { id: string; codeDigest: string; browserDigest: string | null }
    output: Returned
  }
}
