// What this installation's own issuer can do.
import type { DriverAbilities } from '../../../../../schemas/credential.ts'
import type { TenantContext } from '../../context.ts'
import { entraAbilities } from '../entra/abilities.ts'

const own: DriverAbilities = {
  driver: 'openid4vci',
  unavailable: null,
  simulated: false,
  formats: ['dc+sd-jwt'],
  statuses: ['valid', 'invalid', 'suspended'],
  supports: {
    ...{ offerByValue: true, batch: true, deferred: true, notification: true, suspend: true },
    ...{ hashedPin: true, dcqlClaimSets: true, dcqlCredentialSets: true, faceCheck: false },
    expiresIn: true,
  },
}

export const driversOf = (context: TenantContext): DriverAbilities[] => [
  own,
  entraAbilities(context),
]

export const abilitiesOf = (
  context: TenantContext,
  driver: DriverAbilities['driver'],
): DriverAbilities => (driver === 'entra' ? entraAbilities(context) : own)
