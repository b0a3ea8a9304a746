// The link to a machine's script: 160 bits of chance, good for one download within 15 minutes. Only its keyed digest is kept.
import { LINK_MINUTES, type OnboardingLink } from '../../../../../schemas/arc-machine.ts'
import { base32 } from '../../../../digest.ts'
import { type Env, isLaptop } from '../../../../env.ts'
import type { TenantContext } from '../../context.ts'
import { digestOfSecret, type SecretScope } from '../../credentials/issuer/secrets.ts'

export const LINK_SECRET = /^[a-z2-7]{32}$/

export const linkDigestOf = (scope: SecretScope, secret: string): string =>
  digestOfSecret(scope, 'arc-machine-link', secret)

export interface NewLink {
  shown: OnboardingLink
  linkDigest: string
}

/** On a laptop nothing is installed: the simulated agent reads the script. */
export const commandOf = (env: Pick<Env, 'DEPLOYMENT'>, url: string): string =>
  isLaptop(env) ? `curl -fsS '${url}' | npm run -s arc-agent` : `curl -fsS '${url}' | bash`

export const makeLink = (context: TenantContext): NewLink => {
  const secret = base32(crypto.getRandomValues(new Uint8Array(20)), 32)
  const url = `${context.env.PUBLIC_URL}/arc/machines/${context.tenant().id}/${secret}`
  const expiresAt = new Date(context.now().getTime() + LINK_MINUTES * 60_000).toISOString()
  return {
    linkDigest: linkDigestOf(context, secret),
    shown: {
      ...{ url, expiresAt, command: commandOf(context.env, url) },
      cloudInitUrl: `${url}?format=cloud-init`,
    },
  }
}
