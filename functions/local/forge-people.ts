// What the demo people have at the simulated forge besides their tokens: SSH keys, made from those tokens so that every start has
// the same, and the OAuth application that the product is there. People prove their accounts as anybody would.
import { createHmac, randomUUID } from 'node:crypto'
import type { ForgeOAuth } from '../../schemas/forge-account.ts'
import { FORGE_LOGINS, TENANT } from './defaults.ts'
import type { OAuthApplication } from './forge/oauth.ts'
import type { Secrets } from './secrets.ts'
import { type SshKey, sshKeyOf, sshSign } from './ssh-sign.ts'

type Person = keyof typeof FORGE_LOGINS

const derive = (secret: string, what: string): Buffer =>
  createHmac('sha256', secret).update(what).digest()

export const sshKeyOfPerson = ({ forgeTokens }: Secrets, person: Person): SshKey =>
  sshKeyOf(derive(forgeTokens[person], 'ssh key'))

export const forgeApplication = (
  { forgeTokens }: Secrets,
  publicUrl: string,
): OAuthApplication => ({
  clientId: 'phoenix-laptop',
  clientSecret: derive(forgeTokens.app, 'oauth client secret').toString('hex'),
  redirectUri: `${publicUrl}/callbacks/forge`,
})

/** The environment's `FORGE_OAUTH`. */
export const forgeOAuthSetting = (secrets: Secrets, forgeUrl: string): string => {
  const { clientId, clientSecret } = forgeApplication(secrets, '')
  const setting: ForgeOAuth = {
    ...{ clientId, clientSecret, authorizeUrl: `${forgeUrl}/login/oauth/authorize` },
    tokenUrl: `${forgeUrl}/login/oauth/access_token`,
  }
  return JSON.stringify(setting)
}

/** Through the product's own routes, once; a token of an earlier release that may not is left as it is. */
const linkPerson = async (
  url: string,
  token: string,
  { login, key }: { login: string; key: SshKey },
): Promise<void> => {
  const path = `${url}/v1/tenants/${TENANT.slug}/forge-accounts`
  const authorization = `Bearer ${token}`
  if ((await fetch(`${path}/me`, { headers: { authorization } })).ok) return
  const post = async (address: string, body: unknown): Promise<Record<string, unknown> | null> => {
    const answer = await fetch(address, {
      method: 'POST',
      headers: {
        authorization,
        ...{ 'content-type': 'application/json', 'idempotency-key': randomUUID() },
      },
      body: JSON.stringify(body),
    })
    if (answer.status === 403) return null
    if (!answer.ok) throw new Error(`POST forge-accounts answered ${answer.status}`)
    return (await answer.json()) as Record<string, unknown>
  }
  const challenge = await post(`${path}/challenges`, { login })
  if (challenge === null) return
  const { id, text, namespace } = challenge
  const signature = sshSign(key, { text: String(text), namespace: String(namespace) })
  await post(path, { challenge: id, signature })
}

/** Rita and Anton prove that their accounts are theirs, each with his own key; who has no token any more does not. */
export const linkForgeAccounts = async (
  url: string,
  secrets: Secrets,
  tokens: Record<Person, string>,
): Promise<void> => {
  for (const person of Object.keys(FORGE_LOGINS) as Person[]) {
    const token = tokens[person]
    const account = { login: FORGE_LOGINS[person], key: sshKeyOfPerson(secrets, person) }
    if (token !== '') await linkPerson(url, token, account)
  }
}
