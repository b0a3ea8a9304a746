// The edge's side of the wire to the Functions: signs each request for exactly that request (schemas/wire.ts).
// Does not retry: operations are idempotent, and whoever called knows whether there is still time.
import { base64url, type CryptoKey, importJWK, SignJWT } from 'jose'
import * as z from 'zod'
import { type Ask, type Azure, AzureFault, type Verbs } from '../schemas/azure.ts'
import type { BackupStore, Clock, CredentialKeys, NodeIdentities } from '../schemas/ports.ts'
import { Denied, Outage, Throttled } from '../schemas/result.ts'
import {
  ANCHOR_LATEST_PATH,
  ANCHOR_PATH,
  AnchorAnswer,
  type AnchorCheckpoint,
  AnchorDenied,
  AnchorLatest,
  BACK_OFFICE_HEALTH_PATH,
  BACKUP_GET_PATH,
  BACKUP_LIST_PATH,
  BACKUP_PUT_PATH,
  BackOfficeHealth,
  COSIGN_PATH,
  CosignAnswer,
  type CosignCheckpoint,
  CREDENTIAL_KEY_MAKE_PATH,
  CREDENTIAL_KEY_SIGN_PATH,
  GetBackupAnswer,
  IDENTIFY_NODES_PATH,
  ListBackupsAnswer,
  MakeCredentialKeyAnswer,
  NodeIdentityList,
  PING_PATH,
  PingAnswer,
  PutBackupAnswer,
  SignCredentialAnswer,
  WIRE_AUDIENCE,
  WIRE_HEADER,
  WIRE_ISSUER,
  WIRE_LIFETIME_SECONDS,
  WIRE_PLATFORM,
  WIRE_TYPE,
} from '../schemas/wire.ts'

const ANSWER_WITHIN_MS = 5_000
/** A chain answers when its next block is made, and that may be seconds away. */
const ANCHORED_WITHIN_MS = 30_000
/** A piece of a backup is a megabyte or a few. */
const STORED_WITHIN_MS = 30_000
/** The Functions wait for their turn at Microsoft's services, and make several calls for some verbs. */
const AZURE_WITHIN_MS = 30_000
const PORT = 'back-office'

export interface BackOffice extends NodeIdentities {
  /** Sends the tenant and operation through the signed wire and back. */
  ping(input: { tenant: string; operation: string }): Promise<PingAnswer>
  /**
   * Puts a checkpoint of the platform's log beyond the edge's reach; the same again answers the same. Null: these Functions
   * have no anchor. Throws Outage when it is unknown whether it was taken, and Denied when it never will be as things are set.
   */
  anchor(checkpoint: AnchorCheckpoint): Promise<AnchorAnswer | null>
  /** The newest checkpoint there, read from it anew. Null and throws as `anchor` does. */
  latestAnchor(): Promise<AnchorLatest | null>
  /** Where exports of this owner go. Throws Outage when it does not answer, or these Functions have none. */
  backups(owner: string): BackupStore
  /** Keys of this tenant's issuer. Throws Outage when it does not answer, or these Functions keep none. */
  credentialKeys(tenant: string): CredentialKeys
  /**
   * A service of Azure for this tenant; `service` names it in errors. Throws Outage where the Functions do not answer or do not
   * speak to it.
   */
  azure<Table extends Verbs>(service: string, verbs: Table, tenant: string): Ask<Table>
  /** Asks the second party to sign a checkpoint. Null: these Functions have no key for it. Throws Outage. */
  cosign(checkpoint: CosignCheckpoint): Promise<CosignAnswer | null>
  /** Unsigned: whether the Functions answer, and their version. */
  health(): Promise<BackOfficeHealth>
}

const SigningJwk = z.looseObject({
  kty: z.enum(['OKP', 'EC']),
  kid: z.string().min(1),
  d: z.string(),
})

interface SigningKey {
  key: CryptoKey
  header: { alg: string; kid: string; typ: string }
}

const importKey = async (jwkText: string): Promise<SigningKey> => {
  try {
    const jwk = SigningJwk.parse(JSON.parse(jwkText))
    const alg = jwk.kty === 'OKP' ? 'EdDSA' : 'ES256'
    const key = (await importJWK(jwk, alg)) as CryptoKey
    return { key, header: { alg, kid: jwk.kid, typ: WIRE_TYPE } }
  } catch {
    // The reason may quote the key.
    throw new Error('EDGE_SIGNING_KEY is not a private Ed25519 or P-256 JWK with a kid')
  }
}

/** Importing costs more than signing, so each isolate does it once per key. */
const importedKeys = new Map<string, Promise<SigningKey>>()
const signingKeyOf = (jwkText: string): Promise<SigningKey> => {
  const imported = importedKeys.get(jwkText) ?? importKey(jwkText)
  importedKeys.set(jwkText, imported)
  return imported
}

const digest = async (body: Uint8Array): Promise<string> =>
  base64url.encode(new Uint8Array(await crypto.subtle.digest('SHA-256', body)))

/** The answer as JSON of the expected shape; throws where it is anything else. */
const readAnswer = async <T>(response: Response, shape: z.ZodType<T>): Promise<T> => {
  const text = await response.text().catch((cause: unknown) => {
    throw new Outage(PORT, 'broke off its answer', undefined, cause)
  })
  try {
    return shape.parse(JSON.parse(text))
  } catch {
    throw new Error(`${PORT}: the answer does not have the agreed shape`)
  }
}

const answerOf = (value: z.ZodType) =>
  z.union([
    z.strictObject({ ok: z.literal(true), value }),
    z.strictObject({ ok: z.literal(false), fault: AzureFault }),
  ])

const refuseStatus = (status: number): Error =>
  status >= 500 || status === 429
    ? new Outage(PORT, `answered ${status}`)
    : new Error(
        `${PORT}: answered ${status}: check BACK_OFFICE_URL and the edge's public keys there`,
      )

/**
 * `baseUrl` without trailing slash; `signingKeyJwk` is the JSON text of a private JWK; `fetch` decides what can be
 * reached. All verbs throw Outage when there is no answer within 5 s or a 5xx or 429, and Error when the Functions refuse
 * us (a misconfiguration).
 */
export const createBackOffice = ({
  baseUrl,
  signingKeyJwk,
  fetch,
  now,
}: {
  baseUrl: string
  signingKeyJwk: string
  fetch: typeof globalThis.fetch
  now: Clock
}): BackOffice => {
  const send = async (
    path: string,
    init: RequestInit,
    withinMs = ANSWER_WITHIN_MS,
  ): Promise<Response> => {
    const request = { ...init, redirect: 'manual' as const }
    try {
      const signal = AbortSignal.timeout(withinMs)
      return await fetch(`${baseUrl}${path}`, { ...request, signal })
    } catch (cause) {
      throw new Outage(PORT, 'does not answer', undefined, cause)
    }
  }

  const sign = async (
    { tenant, operation }: { tenant: string; operation: string },
    { method, url, bodyDigest }: { method: string; url: URL; bodyDigest: string },
  ): Promise<string> => {
    const { key, header } = await signingKeyOf(signingKeyJwk)
    const issuedAt = Math.floor(now().getTime() / 1000)
    const { pathname, search } = url
    const request = { htm: method, htp: pathname + search, bsh: bodyDigest }
    return new SignJWT({ ...request, nonce: crypto.randomUUID() })
      .setProtectedHeader(header)
      .setIssuer(WIRE_ISSUER)
      .setAudience(WIRE_AUDIENCE)
      .setSubject(tenant)
      .setJti(operation)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + WIRE_LIFETIME_SECONDS)
      .sign(key)
  }

  /** The operation id is the body's digest where the caller has none: the same question is the same operation. */
  const post = async (
    path: string,
    tenant: string,
    operation: string | null,
    input: unknown,
    withinMs?: number,
  ) => {
    const body = new TextEncoder().encode(JSON.stringify(input))
    const bodyDigest = await digest(body)
    const token = await sign(
      { tenant, operation: operation ?? bodyDigest },
      { method: 'POST', url: new URL(`${baseUrl}${path}`), bodyDigest },
    )
    const headers = { 'content-type': 'application/json', [WIRE_HEADER]: token }
    return send(path, { method: 'POST', headers, body }, withinMs)
  }

  /** Checkpoints are the platform's: no tenant asks. */
  const askAnchor = async <T>(path: string, input: unknown, shape: z.ZodType<T>) => {
    const response = await post(path, WIRE_PLATFORM, null, input, ANCHORED_WITHIN_MS)
    if (response.status === 404) return null
    if (response.status === 403) {
      const { denied } = await readAnswer(response, AnchorDenied)
      throw new Denied('anchor', denied)
    }
    if (!response.ok) throw refuseStatus(response.status)
    return readAnswer(response, shape)
  }

  const askStore = async <T>(path: string, owner: string, input: unknown, shape: z.ZodType<T>) => {
    const response = await post(path, owner, null, input, STORED_WITHIN_MS)
    if (response.status === 404) throw new Outage('backup store', 'is not configured', 300)
    if (!response.ok) throw refuseStatus(response.status)
    return readAnswer(response, shape)
  }

  const askKeys = async <T>(path: string, tenant: string, input: unknown, shape: z.ZodType<T>) => {
    const response = await post(path, tenant, null, input)
    if (response.status === 404) throw new Outage('credential keys', 'are not configured', 300)
    if (!response.ok) throw refuseStatus(response.status)
    return readAnswer(response, shape)
  }

  const askAzure =
    <Table extends Verbs>(service: string, verbs: Table, tenant: string): Ask<Table> =>
    async (verb, operation, input) => {
      const { path, output } = verbs[verb] as Table[typeof verb]
      const response = await post(path, tenant, operation, input, AZURE_WITHIN_MS)
      if (response.status === 404) throw new Outage(service, 'is not configured', 300)
      if (!response.ok) throw refuseStatus(response.status)
      const answer = (await readAnswer(response, answerOf(output))) as Azure<
        z.output<Table[typeof verb]['output']>
      >
      if (answer.ok) return answer
      const { fault, retryAfterSeconds } = answer.fault
      if (fault === 'denied') throw new Denied(service, 'takes no credential of ours')
      const after = retryAfterSeconds ?? undefined
      if (fault === 'throttled') throw new Throttled(service, 'asks to wait', after)
      if (fault === 'unreachable') throw new Outage(service, 'does not answer', after)
      return answer
    }

  return {
    azure: askAzure,
    credentialKeys: (tenant) => ({
      abilities: { keptBy: 'functions' },
      async make(name) {
        const path = CREDENTIAL_KEY_MAKE_PATH
        const made = await askKeys(path, tenant, { name }, MakeCredentialKeyAnswer)
        return { ...made, sealed: null }
      },
      async sign({ kid }, data) {
        const asked = { kid, data: base64url.encode(data) }
        const path = CREDENTIAL_KEY_SIGN_PATH
        const { signature } = await askKeys(path, tenant, asked, SignCredentialAnswer)
        return signature === null ? null : base64url.decode(signature)
      },
    }),
    async identify({ tenant, network, nodes }) {
      const asked = { tenant, network, nodes }
      const response = await post(IDENTIFY_NODES_PATH, tenant, null, asked)
      if (response.status === 404) return null
      if (!response.ok) throw refuseStatus(response.status)
      const { identities } = await readAnswer(response, NodeIdentityList)
      const answered = identities.map(({ node }) => node)
      if (answered.length !== nodes.length || nodes.some((node, at) => node !== answered[at])) {
        throw new Error(`${PORT}: answered for other nodes than were asked`)
      }
      return identities
    },
    async ping({ tenant, operation }) {
      const response = await post(PING_PATH, tenant, operation, {})
      if (!response.ok) throw refuseStatus(response.status)
      return readAnswer(response, PingAnswer)
    },
    anchor: (checkpoint) => askAnchor(ANCHOR_PATH, checkpoint, AnchorAnswer),
    backups: (owner) => ({
      async put(name, bytes) {
        const sent = { name, bytes: base64url.encode(bytes) }
        const answer = await askStore(BACKUP_PUT_PATH, owner, sent, PutBackupAnswer)
        return 'kept' in answer ? 'kept' : answer
      },
      async get(name) {
        const { bytes } = await askStore(BACKUP_GET_PATH, owner, { name }, GetBackupAnswer)
        return bytes === null ? null : base64url.decode(bytes)
      },
      async list(prefix) {
        const { names } = await askStore(BACKUP_LIST_PATH, owner, { prefix }, ListBackupsAnswer)
        return names
      },
    }),
    latestAnchor: () => askAnchor(ANCHOR_LATEST_PATH, {}, AnchorLatest),
    async cosign(checkpoint) {
      const response = await post(COSIGN_PATH, WIRE_PLATFORM, null, checkpoint)
      if (response.status === 404) return null
      if (!response.ok) throw refuseStatus(response.status)
      return readAnswer(response, CosignAnswer)
    },
    async health() {
      const response = await send(BACK_OFFICE_HEALTH_PATH, { method: 'GET' })
      if (!response.ok) throw refuseStatus(response.status)
      return readAnswer(response, BackOfficeHealth)
    },
  }
}
