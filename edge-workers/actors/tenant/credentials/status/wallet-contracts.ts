// Calls without a member, of credentials and their status: one row each, its input and its output.
import type {
  CredentialDisplay,
  CredentialDriver,
  CredentialStatus,
} from '../../../../../schemas/credential.ts'
import type { ReasonClass } from '../../../../credentials/reason-class.ts'

/** What the holder's page of a credential shows. Nothing of what the credential says, nor of what was written about it. */
export interface HolderCredential {
  driver: CredentialDriver
  status: CredentialStatus
  /** Of the last change; null: none so far. */
  reason: ReasonClass | null
  issuerName: string
  configuration: { name: string; display: CredentialDisplay[] }
  issuedAt: string
  expiresAt: string
  updatedAt: string
}

export interface StatusWalletCalls {
  'credential.page': { input: { id: string; pageDigest: string }; output: HolderCredential }
  /** The signed list of this number, for anybody. */
  'status.list': { input: number; output: string }
}
