// What Microsoft Entra Verified ID can do for this tenant, and what is missing where it cannot be used.
import type { DriverAbilities } from '../../../../../schemas/credential.ts'
import { type Env, isLaptop } from '../../../../env.ts'

const isConnected = ({ VERIFIED_ID }: Pick<Env, 'VERIFIED_ID'>): boolean =>
  VERIFIED_ID === 'functions'

/** On the laptop the Functions' calls go to a stand-in, always. */
export const isSimulated = (env: Pick<Env, 'DEPLOYMENT' | 'VERIFIED_ID'>): boolean =>
  isConnected(env) && isLaptop(env)

export const entraAbilities = ({
  env,
}: {
  env: Pick<Env, 'DEPLOYMENT' | 'VERIFIED_ID'>
}): DriverAbilities => ({
  driver: 'entra',
  unavailable: isConnected(env)
    ? null
    : 'This installation is not connected to Microsoft Entra Verified ID.',
  simulated: isSimulated(env),
  formats: ['jwt_vc_json'],
  statuses: ['valid', 'invalid'],
  supports: {
    ...{ offerByValue: false, batch: false, deferred: false, notification: false, suspend: false },
    ...{ hashedPin: true, dcqlClaimSets: false, dcqlCredentialSets: false, faceCheck: true },
    // A shorter time of ours would end nothing there: its wallet could still take the credential.
    expiresIn: false,
  },
})
