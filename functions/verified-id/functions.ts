// Microsoft Entra Verified ID behind the signed wire: one function for each verb of schemas/verified-id.ts. The edge says what it
// wants in words of ours; the addresses of the service, its tokens, its pace and its faults are known here alone.
import { isAbsolute } from 'node:path'
import { verifiedIdVerbs } from '../../schemas/verified-id.ts'
import { azureTokens } from '../azure/credential.ts'
import { configuredState, type StateSettings } from '../azure/state.ts'
import { verbHandlers, type Work } from '../azure/verbs.ts'
import { createAdmin, KeyVault } from './admin.ts'
import {
  createOnce,
  folderRecords,
  memoryRecords,
  type RecordStore,
  stateRecords,
} from './records.ts'
import { createRequestService } from './request-service.ts'
import { createRest, type RestOptions } from './rest.ts'

/** Environment of the Functions. An empty text is none. */
export interface VerifiedIdSettings extends StateSettings {
  /** `on`: these Functions speak to Verified ID, as their managed identity. */
  VERIFIED_ID?: string
  /** JSON: { subscriptionId, resourceGroup, resourceName, resourceUrl } of the vault for keys of new authorities. */
  VERIFIED_ID_KEY_VAULT?: string
  /** Requests a second of one process and service; 5 where absent. */
  VERIFIED_ID_PER_SECOND?: string
  /**
   * An absolute path that all instances share: which operation asked for which request. Absent: STATE_FOLDER or STATE_CONTAINER,
   * and without those each process for itself.
   */
  VERIFIED_ID_FOLDER?: string
}

export interface VerifiedIdParts {
  rest: RestOptions
  keyVault: KeyVault | null
  records: RecordStore
}

/** Null: these Functions do not speak to Verified ID. Throws for a setting that cannot be read, by its name alone. */
export const verifiedIdParts = (settings: VerifiedIdSettings): VerifiedIdParts | null => {
  if (settings.VERIFIED_ID !== 'on') return null
  const perSecond = Number(settings.VERIFIED_ID_PER_SECOND || 5)
  if (!(perSecond > 0 && perSecond <= 1_000))
    throw new Error('VERIFIED_ID_PER_SECOND is not a number of requests')
  const folder = settings.VERIFIED_ID_FOLDER || null
  if (folder !== null && !isAbsolute(folder))
    throw new Error('VERIFIED_ID_FOLDER is not an absolute path')
  return {
    rest: {
      credential: azureTokens(),
      fetch: (url, init) => fetch(url, init),
      now: () => new Date(),
      pace: {
        clock: () => performance.now(),
        sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
      },
      perSecond,
    },
    keyVault: keyVaultOf(settings.VERIFIED_ID_KEY_VAULT),
    records: folder === null ? recordsIn(settings) : folderRecords(folder),
  }
}

const recordsIn = (settings: VerifiedIdSettings): RecordStore => {
  const state = configuredState(settings)
  return state === null ? memoryRecords() : stateRecords(state)
}

const keyVaultOf = (text: string | undefined): KeyVault | null => {
  if (!text) return null
  try {
    return KeyVault.parse(JSON.parse(text))
  } catch {
    throw new Error('VERIFIED_ID_KEY_VAULT is not the JSON of a vault')
  }
}

const workOf = ({ rest: options, keyVault, records }: VerifiedIdParts) => {
  const rest = createRest(options)
  const admin = createAdmin(rest, keyVault)
  const requests = createRequestService(rest)
  const once = createOnce(records, options.now)
  const work: Work<typeof verifiedIdVerbs> = {
    issue: (input, who) => once({ ...who, input }, () => requests.createIssuanceRequest(input)),
    present: (input, who) =>
      once({ ...who, input }, () => requests.createPresentationRequest(input)),
    authority: (input) => admin.ensureAuthority(input),
    tend: (input) => admin.tend(input),
    contract: (input) => admin.ensureContract(input),
    revise: (input) => admin.reviseContract(input),
    revoke: (input) => admin.revoke(input),
    document: (input) => admin.document(input),
  }
  return work
}

/** `make` is called once, when the first request comes. */
export const verifiedIdHandlers = (make: () => VerifiedIdParts | null) =>
  verbHandlers(verifiedIdVerbs, () => {
    const parts = make()
    return parts && workOf(parts)
  })
