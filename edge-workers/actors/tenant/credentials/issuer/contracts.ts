// Operations of this concern: one row each, its input and its output.
import type {
  CredentialConfigurationView,
  DriverAbilities,
  IssuerIdentityView,
  NewCredentialConfiguration,
  RetireKey,
  UpdateCredentialConfiguration,
  UpdateIssuer,
} from '../../../../../schemas/credential.ts'
import type { Page, PageRequest, Versioned } from '../../../contracts.ts'
import type { Conditional, Keyed } from '../../operation-inputs.ts'

export interface IssuerOperations {
  /** Makes it where there is none yet. */
  'issuer.read': { input: null; output: Versioned<IssuerIdentityView> }
  'issuer.update': { input: Conditional<UpdateIssuer>; output: Versioned<IssuerIdentityView> }
  'issuer.rotate': { input: Keyed<unknown>; output: Versioned<IssuerIdentityView> }
  /** `id`: its `kid`. */
  'issuer.retireKey': {
    input: Keyed<RetireKey> & { id: string }
    output: Versioned<IssuerIdentityView>
  }
  'issuer.drivers': { input: PageRequest; output: Page<DriverAbilities> }
  'configurations.create': {
    input: Keyed<NewCredentialConfiguration>
    output: Versioned<CredentialConfigurationView>
  }
  'configurations.list': { input: PageRequest; output: Page<CredentialConfigurationView> }
  /** By name, which stands where ids do. */
  'configurations.read': { input: string; output: Versioned<CredentialConfigurationView> }
  'configurations.update': {
    input: Conditional<UpdateCredentialConfiguration>
    output: Versioned<CredentialConfigurationView>
  }
  'configurations.withdraw': {
    input: Conditional<null>
    output: Versioned<CredentialConfigurationView>
  }
}
