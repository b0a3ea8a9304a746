// The simulated identity provider as the product's configuration names it: OIDC_ISSUERS.
import { PROVIDER_NAME } from './people.ts'
import { CONSOLE_CLIENT } from './provider.ts'

/** People stay who they are when the laptop is started on other ports. */
const KNOWN_AS = 'http://127.0.0.1/simulated-identity-provider'

export const issuersSetting = ({
  issuer,
  publicUrl,
  clientSecret,
}: {
  issuer: string
  publicUrl: string
  clientSecret: string
}): string =>
  JSON.stringify([
    {
      ...{ name: PROVIDER_NAME, label: 'the simulated identity provider' },
      ...{ issuer, knownAs: KNOWN_AS, clientId: CONSOLE_CLIENT, clientSecret },
      ...{ audience: publicUrl, algorithms: ['ES256'], scopes: ['profile', 'email'] },
      // Another of the demo people each time.
      prompt: 'login',
    },
  ])
