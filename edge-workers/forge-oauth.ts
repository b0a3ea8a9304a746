// The OAuth application that operators registered at the forge, as `FORGE_OAUTH` has it.
import { ForgeOAuth } from '../schemas/forge-account.ts'
import type { Env } from './env.ts'

/** Null where there is none, or none that can be read: then members prove their accounts by a signature only. */
export const forgeOAuthOf = (env: Pick<Env, 'FORGE_OAUTH'>): ForgeOAuth | null => {
  if (env.FORGE_OAUTH === undefined) return null
  try {
    const parsed = ForgeOAuth.safeParse(JSON.parse(env.FORGE_OAUTH))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}

/** The one address that the forge sends browsers back to. */
export const forgeRedirectUri = ({ PUBLIC_URL }: Pick<Env, 'PUBLIC_URL'>): string =>
  `${PUBLIC_URL}/callbacks/forge`
