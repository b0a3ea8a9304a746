// By what the forge knows Phoenix: a GitHub App (FORGE_APP_ID and FORGE_APP_KEY), or a personal token (FORGE_TOKEN), for which the
// required check cannot be pinned to anybody. Both at once: the App.
import type { ForgeApp } from '../../gitops/forges/github-app.ts'
import { type Env, isLaptop } from '../env.ts'

export type ForgeSettings = Pick<
  Env,
  'FORGE_APP_ID' | 'FORGE_APP_KEY' | 'FORGE_INSTALLATION_ID' | 'FORGE_TOKEN'
>

const NUMBER = /^[1-9][0-9]{0,15}$/

/** Null where no App is set. An id without a key, or a key without an id, is no App (settingsFaults). */
export const forgeAppOf = ({
  FORGE_APP_ID = '',
  FORGE_APP_KEY = '',
  FORGE_INSTALLATION_ID = '',
}: ForgeSettings): ForgeApp | null =>
  NUMBER.test(FORGE_APP_ID) && FORGE_APP_KEY !== ''
    ? {
        ...{ id: FORGE_APP_ID, key: FORGE_APP_KEY },
        installation: NUMBER.test(FORGE_INSTALLATION_ID) ? Number(FORGE_INSTALLATION_ID) : null,
      }
    : null

export const isGatePinned = (env: ForgeSettings): boolean => forgeAppOf(env) !== null

/** What is wrong with the setting, without its value: nothing falls back from a broken App to a personal token unseen. */
export const settingsFaults = (env: ForgeSettings): string[] => {
  const { FORGE_APP_ID = '', FORGE_APP_KEY = '', FORGE_TOKEN = '' } = env
  if (forgeAppOf(env) !== null) return []
  if (FORGE_APP_ID !== '' || FORGE_APP_KEY !== '')
    return ['FORGE_APP_ID and FORGE_APP_KEY belong together: a number and a private key in PEM.']
  return FORGE_TOKEN === ''
    ? ['Nothing lets Phoenix into the forge: set FORGE_APP_ID and FORGE_APP_KEY.']
    : []
}

/** The same, and what an installation with a right setting goes without. */
export const forgeFindings = (env: ForgeSettings & Pick<Env, 'DEPLOYMENT'>): string[] => {
  const faults = settingsFaults(env)
  if (faults.length > 0 || isGatePinned(env) || isLaptop(env)) return faults
  return [
    'FORGE_TOKEN is a personal token: the required check cannot be pinned to Phoenix, so live does not move. Set FORGE_APP_ID and FORGE_APP_KEY.',
  ]
}
