// An installation of the laptop in which a demo person has signed in once: what is left when everything has ended again, and
// the credentials that still open it. Forge, clusters and people are the laptop's, simulated.
import { subjectOf } from '../../local/identity-provider/people.ts'
import { startIdentityProvider } from '../../local/identity-provider/provider.ts'
import { issuersSetting } from '../../local/identity-provider/setting.ts'
import { accessTokenOf, pressThrough } from '../../local/identity-provider/sign-in.ts'
import { startLaptop } from '../../local/laptop.ts'
import { choosePorts } from '../../local/ports.ts'
import { loadSecrets } from '../../local/secrets.ts'
import { openStateFolder } from '../../local/state-folder.ts'

const PERSON = 'rita'

export interface Installation {
  /** As it called itself; nothing listens there any more. */
  publicUrl: string
  tenant: string
  apiToken: string
  cookie: string
}

const cookiesOf = (answer: Response): string =>
  answer.headers
    .getSetCookie()
    .map((set) => set.split(';', 1)[0] ?? '')
    .join('; ')

/** The console's button, the provider's button, and the way back. The session's cookie. */
const signIn = async (url: string, tenant: string): Promise<string> => {
  const begun = await fetch(`${url}/sign-in/demo?next=/`, { redirect: 'manual' })
  const at = begun.headers.get('location') ?? ''
  const back = await pressThrough(at, { subject: subjectOf(PERSON), until: `${url}/` })
  const done = await fetch(back, { redirect: 'manual', headers: { cookie: cookiesOf(begun) } })
  const cookie = cookiesOf(done)
    .split('; ')
    .find((one) => one.startsWith('phoenix_session='))
  if (cookie === undefined) throw new Error('signing in made no session')
  // The session comes to the tenant with its first request there.
  const page = await fetch(`${url}/t/${tenant}/changes`, { headers: { cookie } })
  if (page.status !== 200) throw new Error(`the session does not open its tenant (${page.status})`)
  // And the browser remembers which one it was.
  return `${cookiesOf(page)}; ${cookie}`
}

export const prepareInstallation = async (folder: string): Promise<Installation> => {
  const state = await openStateFolder(folder)
  const laptop = await startLaptop({
    folder: state,
    ports: await choosePorts('0'),
    log: () => {},
    onCrash: (what) => {
      throw new Error(`${what} ended while the installation was made`)
    },
  })
  try {
    const { url: publicUrl, tenant, tokens } = laptop.local
    const cookie = await signIn(publicUrl, tenant)
    return { publicUrl, tenant, apiToken: tokens.requester, cookie }
  } finally {
    await laptop.stop()
    state.close()
  }
}

/** The provider alone, for keys and one access token, and what the Worker has to be told of all this. */
export const openProvider = async (folder: string, { publicUrl }: Installation) => {
  const { platformKey, identityProvider } = await loadSecrets(folder)
  const { clientSecret, cookieKey, signingKey } = identityProvider
  const options = { port: 0, publicUrl, clientSecret, cookieKey, keys: [signingKey] }
  const provider = await startIdentityProvider(options)
  return {
    provider,
    accessToken: await accessTokenOf(provider.url, subjectOf(PERSON)),
    settings: {
      PLATFORM_KEY: platformKey,
      PUBLIC_URL: publicUrl,
      OIDC_ISSUERS: issuersSetting({ issuer: provider.url, publicUrl, clientSecret }),
    },
  }
}
