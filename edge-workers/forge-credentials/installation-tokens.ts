// Installation tokens of the App for one repository: kept until shortly before their end, renewed once when the forge refuses one.
// They live in the memory of whoever asks the forge and are written nowhere.
import {
  type AppOptions,
  createInstallationToken,
  type InstallationToken,
} from '../../gitops/forges/github-app.ts'
import { Denied } from '../../schemas/result.ts'

const RENEWED_BEFORE_MILLISECONDS = 300_000

/** The forge has no such repository, or nobody has let us into it. */
export class NotInstalled extends Denied {}

export interface Credential {
  /**
   * @throws Denied when the App is not installed on the repository, or is refused; Outage when the forge does not answer.
   */
  token(): Promise<string>
  /** The forge refused this token. A newer one stays. */
  forget(token: string): void
}

export const createCredential = (options: AppOptions, repository: string): Credential => {
  let kept: InstallationToken | null = null
  let asking: Promise<InstallationToken | null> | null = null
  const ask = (): Promise<InstallationToken | null> => {
    // Whoever comes meanwhile waits for the same answer.
    asking ??= createInstallationToken(options, repository).finally(() => {
      asking = null
    })
    return asking
  }
  return {
    token: async () => {
      const good = options.now().getTime() + RENEWED_BEFORE_MILLISECONDS
      if (kept === null || kept.expiresAt.getTime() <= good) kept = await ask()
      if (kept === null)
        throw new NotInstalled('forge', 'does not have our App installed on this repository')
      return kept.token
    },
    forget: (token) => {
      if (kept?.token === token) kept = null
    },
  }
}

/**
 * Sends with the App's token. A 401 says that nothing was done, so the same is sent once more with a new one: tokens end when
 * an installation changes or the forge forgets them.
 */
export const authorised =
  (credential: Credential, fetch: typeof globalThis.fetch): typeof globalThis.fetch =>
  async (input, init) => {
    const send = async (token: string): Promise<Response> => {
      const headers = new Headers(init?.headers)
      headers.set('authorization', `Bearer ${token}`)
      return fetch(input, { ...init, headers })
    }
    const token = await credential.token()
    const answer = await send(token)
    if (answer.status !== 401) return answer
    await answer.body?.cancel()
    credential.forget(token)
    return send(await credential.token())
  }
