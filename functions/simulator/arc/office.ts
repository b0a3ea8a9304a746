// The Functions of Azure Arc in this process, in front of the stand-in of Azure Resource Manager: what the edge sends to them goes
// through the real handlers and the real client, whose calls end in the stand-in. Further tables of verbs of Arc are added to `concerns`.
import type { HttpHandler } from '@azure/functions'
import { clusterVerbs } from '../../../schemas/arc.ts'
import { machineVerbs } from '../../../schemas/arc-machine.ts'
import { placeKey } from '../../../schemas/arm.ts'
import type { Verbs } from '../../../schemas/azure.ts'
import { arcClusterHandlers } from '../../arc/clusters.ts'
import { machineHandlers } from '../../arc/machines.ts'
import { onboardingOf } from '../../arc/onboarding.ts'
import type { ArcParts } from '../../arc/parts.ts'
import { scopeLock } from '../../arc/scopes.ts'
import type { TokenSource } from '../../azure/credential.ts'
import { createArmStandIn } from '../../local/arm/stand-in.ts'
import { createIdentity, onboardingClientIdOf } from '../../local/verified-id/identity.ts'
import { createFunctionsOffice } from '../functions-office.ts'

const HEADER = 'the-identity-header'
export const SUBSCRIPTION = '00000000-0000-4000-8000-000000000001'

const concerns: [Verbs, (make: () => ArcParts | null) => Record<string, HttpHandler>][] = [
  [machineVerbs, machineHandlers],
  [clusterVerbs, arcClusterHandlers],
]

export interface ArcOfficeOptions {
  now?: () => Date
  /** `subscription/group` in lower case. */
  hasRoles?: (place: string) => boolean
  arcScopes?: string
  /** Absent: every place has an identity of its own, as templates/azure/arc-scope.bicep makes them. A text: the setting. */
  onboarding?: TokenSource | string
}

export const createArcOffice = async ({
  now = () => new Date(),
  hasRoles = (place) => place.startsWith(SUBSCRIPTION),
  arcScopes,
  onboarding,
}: ArcOfficeOptions = {}) => {
  const identity = await createIdentity({ header: HEADER, now })
  const standIn = createArmStandIn({ path: null, identity, hasRoles, now })
  const tokens = (clientId?: string): TokenSource => ({
    async getToken(scope) {
      const resource = scope.replace(/\/\.default$/, '')
      const query = new URLSearchParams({ 'api-version': '2019-08-01', resource })
      if (clientId !== undefined) query.set('client_id', clientId)
      const request = new Request(`http://127.0.0.1/msi/token?${query}`, {
        headers: { 'x-identity-header': HEADER },
      })
      const { access_token, expires_on } = (await (await identity.answer(request)).json()) as {
        access_token: string
        expires_on: string
      }
      return { token: access_token, expiresOnTimestamp: Number(expires_on) * 1_000 }
    },
  })
  let clock = 0
  /** What goes to Azure; tests put theirs around it. */
  const azure = {
    fetch: async (url: string, init: RequestInit) => standIn.answer(new Request(url, init)),
  }
  const parts: ArcParts = {
    arm: {
      credential: tokens(),
      fetch: (url, init) => azure.fetch(url, init),
      now,
      pace: {
        // Time passes outside too, or a pause that Azure asked for would never end.
        clock: () => now().getTime() + clock,
        sleep: async (milliseconds) => {
          clock += milliseconds
        },
      },
    },
    onboarding:
      typeof onboarding === 'string'
        ? onboardingOf({ ARC_ONBOARDING: onboarding }, tokens)
        : (place) => onboarding ?? tokens(onboardingClientIdOf(placeKey(place))),
    lock: scopeLock(arcScopes),
  }
  const functions = createFunctionsOffice(
    concerns.map(([verbs, make]) => [verbs, make(() => parts)]),
  )
  const paths = new Set(concerns.flatMap(([verbs]) => Object.values(verbs).map(({ path }) => path)))
  /** Paths of Arc that were asked for, in their order. */
  const asked: string[] = []
  /** In the place of the edge’s fetch. */
  const office: typeof fetch = (input, init) => {
    const { pathname } = new URL(String(input))
    if (paths.has(pathname)) asked.push(pathname)
    return functions(input, init)
  }
  return { office, standIn, azure, asked, tokens }
}
export type ArcOffice = Awaited<ReturnType<typeof createArcOffice>>
