// Calls without a member, of offers and issuances: one row each, its input and its output.
import type {
  CredentialDisplay,
  CredentialDriver,
  IssuanceState,
  TxCodeWish,
} from '../../../../../schemas/credential.ts'
import type {
  AskedEncryption,
  CredentialError,
  NotificationEvent,
  OfferObject,
  Spoken,
  TokenError,
} from '../../../../../schemas/oid4vci.ts'
import type { EcPublicJwk } from '../../../../credentials/keys.ts'

/** What a credential request proved before it came here, or the first thing that was wrong with it. */
export type ProvenRequest =
  | {
      ok: true
      keys: { jwk: EcPublicJwk; thumbprint: string; nonce: { digest: string; until: number } }[]
    }
  | { ok: false; error: 'invalid_proof' | 'invalid_nonce'; description: string }

export interface IssuedCredentials {
  credentials: string[]
  notificationId: string
}
export interface LaterCredentials {
  transactionId: string
  /** Seconds. */
  interval: number
}

/** What the holder's page shows. Nothing of what the credential will say. */
export interface HolderOffer {
  driver: CredentialDriver
  state: IssuanceState
  error: { code: string; detail: string } | null
  issuerName: string
  configurations: { name: string; display: CredentialDisplay[] }[]
  /** The link by reference; null once it cannot be used any more. */
  uri: string | null
  txCode: TxCodeWish | null
  triesLeft: number | null
  expiresAt: string
  updatedAt: string
  /** Address of the page of the offer that took this one's place. */
  next: string | null
  /** Whether its holder may ask for another, or has. */
  again: 'may-ask' | 'asked' | null
  /** Once issued: the holder's page of each credential. */
  credentials: { configuration: string; page: string }[]
  simulated: boolean
}

export interface IssuanceWalletCalls {
  'offer.fetch': { input: { id: string; linkDigest: string }; output: OfferObject }
  'offer.ask-again': { input: { id: string; pageDigest: string }; output: null }
  'offer.page': { input: { id: string; pageDigest: string }; output: HolderOffer }
  /** Whether it holds, for a request of which nothing else can be read (RFC 6750 §3.1). */
  'token.check': { input: { tokenDigest: string }; output: boolean }
  'token.redeem': {
    input: {
      codeDigest: string
      txCodeDigest: string | null
      /** Null where the request has no authorization_details. */
      configurations: string[] | null
    }
    output: Spoken<
      {
        accessToken: string
        expiresInSeconds: number
        /** Identifiers by configuration, where they were asked for. */
        identifiers: Record<string, string> | null
      },
      TokenError
    >
  }
  'credential.request': {
    input: {
      tokenDigest: string
      configuration: string | null
      identifier: string | null
      /** `proof` is of draft 15. */
      form: 'proofs' | 'proof'
      encryption: AskedEncryption
      proven: ProvenRequest
    }
    output: Spoken<IssuedCredentials | LaterCredentials, CredentialError>
  }
  'credential.deferred': {
    input: { tokenDigest: string; transactionId: string; encryption: AskedEncryption }
    output: Spoken<IssuedCredentials | LaterCredentials, CredentialError>
  }
  'credential.notify': {
    input: { tokenDigest: string; notificationId: string; event: NotificationEvent }
    output: Spoken<null, CredentialError>
  }
}
