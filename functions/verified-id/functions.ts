// Microsoft Entra Verified ID behind the signed wire: one function for each verb of schemas/verified-id.ts. The edge says what it
// wants in words of ours; the addresses of the service, its tokens, its pace and its faults are known here alone.
import { isAbsolute } from 'node:path'
import type {
  HttpHandler,
  HttpRequest,
  HttpResponseInit,
  InvocationContext,
} from '@azure/functions'
import type { DefaultAzureCredential } from '@azure/identity'
import {
  type Entra,
  type VerifiedIdInput,
  type VerifiedIdOutput,
  type VerifiedIdVerb,
  verifiedIdVerbs,
} from '../../schemas/verified-id.ts'
import { verifiedClaims } from '../verify-request.ts'
import { createAdmin, KeyVault } from './admin.ts'
import { VerifiedIdError } from './errors.ts'
import { createOnce, folderRecords, memoryRecords, type RecordStore } from './records.ts'
import { createRequestService } from './request-service.ts'
import { createRest, type RestOptions, type TokenSource } from './rest.ts'

/** Environment of the Functions. An empty text is none. */
export interface VerifiedIdSettings {
  /** `on`: these Functions speak to Verified ID, as their managed identity. */
  VERIFIED_ID?: string
  /** JSON: { subscriptionId, resourceGroup, resourceName, resourceUrl } of the vault for keys of new authorities. */
  VERIFIED_ID_KEY_VAULT?: string
  /** Requests a second of one process and service; 5 where absent. */
  VERIFIED_ID_PER_SECOND?: string
  /** An absolute path that all instances share: which operation asked for which request. Absent: each process for itself. */
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
      credential: azureCredential(),
      fetch: (url, init) => fetch(url, init),
      now: () => new Date(),
      pace: {
        clock: () => performance.now(),
        sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
      },
      perSecond,
    },
    keyVault: keyVaultOf(settings.VERIFIED_ID_KEY_VAULT),
    records: folder === null ? memoryRecords() : folderRecords(folder),
  }
}

/** The SDK is loaded when it is first needed: most installations never do. */
const azureCredential = (): TokenSource => {
  let made: Promise<DefaultAzureCredential> | undefined
  const make = async () => new (await import('@azure/identity')).DefaultAzureCredential()
  return {
    async getToken(scope) {
      made ??= make()
      return (await made).getToken(scope)
    },
  }
}

const keyVaultOf = (text: string | undefined): KeyVault | null => {
  if (!text) return null
  try {
    return KeyVault.parse(JSON.parse(text))
  } catch {
    throw new Error('VERIFIED_ID_KEY_VAULT is not the JSON of a vault')
  }
}

type Work = {
  [Verb in VerifiedIdVerb]: (
    input: VerifiedIdInput<Verb>,
    who: { owner: string; operation: string },
  ) => Promise<VerifiedIdOutput<Verb>>
}

const workOf = ({ rest: options, keyVault, records }: VerifiedIdParts): Work => {
  const rest = createRest(options)
  const admin = createAdmin(rest, keyVault)
  const requests = createRequestService(rest)
  const once = createOnce(records, options.now)
  return {
    issue: (input, who) => once({ ...who, input }, () => requests.createIssuanceRequest(input)),
    present: (input, who) =>
      once({ ...who, input }, () => requests.createPresentationRequest(input)),
    authority: (input) => admin.ensureAuthority(input),
    contract: (input) => admin.ensureContract(input),
    revise: (input) => admin.reviseContract(input),
    revoke: (input) => admin.revoke(input),
    document: (input) => admin.document(input),
  }
}

const answer = (body: Entra<unknown>): HttpResponseInit => ({ jsonBody: body })

/** `make` is called once, when the first request comes: a wrong setting stops nothing else. */
export const verifiedIdHandlers = (
  make: () => VerifiedIdParts | null,
): Record<VerifiedIdVerb, HttpHandler> => {
  let made: { work: Work | null } | undefined
  const handlerOf =
    <Verb extends VerifiedIdVerb>(verb: Verb): HttpHandler =>
    async (request: HttpRequest, context: InvocationContext) => {
      const { sub: owner, jti: operation } = verifiedClaims(context)
      if (!made) {
        const parts = make()
        made = { work: parts && workOf(parts) }
      }
      if (!made.work) return { status: 404 }
      const body: unknown = await request.json().catch(() => null)
      const input = verifiedIdVerbs[verb].input.safeParse(body)
      if (!input.success) return { status: 400 }
      try {
        const run = made.work[verb] as (input: unknown, who: object) => Promise<unknown>
        return answer({ ok: true, value: await run(input.data, { owner, operation }) })
      } catch (error) {
        if (!(error instanceof VerifiedIdError)) throw error
        context.warn(`${verb}: ${error.message}`)
        return answer({ ok: false, fault: error.fault })
      }
    }
  const verbs = Object.keys(verifiedIdVerbs) as VerifiedIdVerb[]
  return Object.fromEntries(verbs.map((verb) => [verb, handlerOf(verb)])) as Record<
    VerifiedIdVerb,
    HttpHandler
  >
}
