// The Functions of Verified ID in this process, in front of the stand-in: what the edge sends to them goes through the real
// handlers and the real client, whose calls end in the stand-in.
import { verifiedIdVerbs } from '../../../schemas/verified-id.ts'
import type { VerifiedIdStandIn } from '../../local/verified-id/stand-in.ts'
import { verifiedIdHandlers } from '../../verified-id/functions.ts'
import { memoryRecords } from '../../verified-id/records.ts'
import type { RestOptions } from '../../verified-id/rest.ts'
import { createFunctionsOffice } from '../functions-office.ts'

export const KEY_VAULT = {
  ...{ subscriptionId: '00000000-0000-4000-8000-000000000001', resourceGroup: 'simulated' },
  ...{ resourceName: 'simulated', resourceUrl: 'https://simulated.vault.azure.net/' },
}

/** Time that passes when somebody sleeps. */
export const fakePace = () => {
  let at = 0
  const slept: number[] = []
  return {
    slept,
    clock: () => at,
    sleep: async (milliseconds: number) => {
      slept.push(milliseconds)
      at += milliseconds
    },
  }
}

/** Tokens of the stand-in’s own identity endpoint. */
export const standInCredential = ({ app, identityHeader }: VerifiedIdStandIn) => ({
  async getToken(scope: string) {
    const resource = scope.replace(/\/\.default$/, '')
    const path = `/msi/token?api-version=2019-08-01&resource=${resource}`
    const headers = { 'x-identity-header': identityHeader }
    const { access_token } = (await (await app.request(path, { headers })).json()) as {
      access_token: string
    }
    return { token: access_token }
  },
})

export const createVerifiedIdOffice = (
  standIn: VerifiedIdStandIn,
  more: Partial<RestOptions> = {},
) => {
  const rest: RestOptions = {
    credential: standInCredential(standIn),
    fetch: async (url, init) => standIn.app.fetch(new Request(url, init)),
    ...{ now: () => new Date(), pace: fakePace(), perSecond: 1_000, ...more },
  }
  const handlers = verifiedIdHandlers(() => ({
    ...{ rest, keyVault: KEY_VAULT, records: memoryRecords() },
  }))
  return createFunctionsOffice([[verifiedIdVerbs, handlers]])
}
