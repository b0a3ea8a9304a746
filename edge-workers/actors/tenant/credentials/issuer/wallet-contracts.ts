// Calls without a member, of the issuer itself: one row each, its input and its output.
import type { JsonObject } from '../../../../credentials/json.ts'

export type IssuerDocument =
  | 'credential-issuer'
  | 'authorization-server'
  | 'jwt-vc-issuer'
  | 'did'
  | 'root'
export interface IssuerWalletCalls {
  /** What anybody may read of an issuer. `root`: PEM. */
  'issuer.document': { input: IssuerDocument; output: string }
  /** The issuer’s metadata as a JWT of its own. */
  'issuer.signed-metadata': { input: null; output: string }
  /** The same, at an address of draft 15: there for tenants that serve its wallets. */
  'issuer.draft-document': { input: IssuerDocument; output: string }
  /** Type metadata of the configuration of this name. */
  'issuer.type': { input: string; output: JsonObject }
}
