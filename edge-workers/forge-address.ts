// Where people and engines reach the forge's pages and repositories, derived from its API address where nothing else is said.
import type { Env } from './env.ts'

/** Without a trailing slash. GitHub: api.github.com serves github.com; an Enterprise Server its own host's /api/v3. */
export const forgeWebUrl = ({
  FORGE_API_URL,
  FORGE_WEB_URL,
}: Pick<Env, 'FORGE_API_URL' | 'FORGE_WEB_URL'>): string => {
  if (FORGE_WEB_URL) return FORGE_WEB_URL.replace(/\/+$/, '')
  const { protocol, host } = new URL(FORGE_API_URL)
  return host === 'api.github.com' ? 'https://github.com' : `${protocol}//${host}`
}

/** What `git clone` and the engines take. `repository`: `owner/name`. */
export const repositoryUrl = (
  env: Pick<Env, 'FORGE_API_URL' | 'FORGE_WEB_URL'>,
  repository: string,
): string => `${forgeWebUrl(env)}/${repository}.git`
