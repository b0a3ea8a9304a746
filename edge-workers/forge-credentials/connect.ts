// What one repository's calls to the forge go out with: the App's token for it, or the personal token that there is instead.
import type { GitHubOptions } from '../../gitops/forges/github.ts'
import type { Env } from '../env.ts'
import { outgoing } from '../outgoing.ts'
import { authorised, type Credential, createCredential } from './installation-tokens.ts'
import { forgeAppOf, settingsFaults } from './settings.ts'

export type Connection = Pick<GitHubOptions, 'token' | 'fetch' | 'pinnedGate'>

/** Keeps the App's tokens for as long as whoever made it lives. */
export const createConnections = (
  env: Env,
  now: () => Date = () => new Date(),
): ((repository: string) => Connection) => {
  const credentials = new Map<string, Credential>()
  return (repository) => {
    const fetch = outgoing(env)
    const app = forgeAppOf(env)
    if (app === null) {
      const token = settingsFaults(env).length > 0 ? '' : (env.FORGE_TOKEN ?? '')
      return { token, fetch, pinnedGate: false }
    }
    const options = { app, baseUrl: env.FORGE_API_URL, fetch, now }
    const credential = credentials.get(repository) ?? createCredential(options, repository)
    credentials.set(repository, credential)
    return { fetch: authorised(credential, fetch), pinnedGate: true }
  }
}
