// Every operation of the Functions, what is asked of it, and why asking again changes nothing. Whoever registers a function adds a
// row: operations.test.ts asks each of them again and looks.
import { createPublicKey } from 'node:crypto'
import { edgeSignatureLine, platformOrigin } from '../../../edge-workers/log-key.ts'
import { checkpointText, noteOf } from '../../../gitops/log/note.ts'
import { clusterVerbs } from '../../../schemas/arc.ts'
import { machineVerbs } from '../../../schemas/arc-machine.ts'
import { FluxSpec, fluxProperties } from '../../../schemas/flux.ts'
import { vaultVerbs } from '../../../schemas/vault.ts'
import { verifiedIdVerbs } from '../../../schemas/verified-id.ts'
import {
  ANCHOR_LATEST_PATH,
  ANCHOR_PATH,
  BACKUP_GET_PATH,
  BACKUP_LIST_PATH,
  BACKUP_PUT_PATH,
  COSIGN_PATH,
  CREDENTIAL_KEY_MAKE_PATH,
  CREDENTIAL_KEY_SIGN_PATH,
  IDENTIFY_NODES_PATH,
  PING_PATH,
  WIRE_PLATFORM,
} from '../../../schemas/wire.ts'
import { AZURE } from '../defaults.ts'
import type { Secrets } from '../secrets.ts'
import type { startVerifiedId } from '../verified-id/stand-in.ts'

export const TENANT = 'ten_eu_aaaaaaaaaaaaaaaa'
const SITE = 'http://127.0.0.1:1/i/x/entra'

const checkpoint = async (secrets: Secrets) => {
  const edge = {
    PUBLIC_URL: 'https://phoenix.example',
    EDGE_SIGNING_KEY: JSON.stringify(secrets.edgeSigningKey),
  }
  const head = { size: 7, root: 'a'.repeat(64) }
  const text = checkpointText(platformOrigin(edge), head)
  return { ...head, note: noteOf(text, [await edgeSignatureLine(edge, text)]) }
}

// biome-ignore lint/suspicious/noExplicitAny: answers of nine different shapes, each read by the operation after it.
export type Answers = Record<string, any>
/** What the operations run against. */
export interface World {
  secrets: Secrets
  office: Awaited<ReturnType<typeof startVerifiedId>>
  /** Another operation, before. */
  ask: (name: string, input: unknown) => Promise<void>
}
export interface Operation {
  path: string
  /** Why asking again changes nothing. */
  because: string
  owner?: string
  /** Azure notes when it was said, and nothing else changes: what is kept differs by that time. */
  stamped?: boolean
  /** What Azure's stand-in says to it; absent: it is done. */
  fault?: string
  /** Absent: it takes nothing. */
  body?: (answers: Answers, world: World) => unknown
  /** What of the answer is the same each time; absent: all of it. */
  same?: (answer: Answers) => unknown
}

const READS = 'it only reads'
const text = (title: string) => ({
  ...{ type: 'Badge', issuedBy: 'ACME', validitySeconds: 3_600 },
  claims: [{ name: 'given_name', required: true, labels: [] }],
  displays: [
    {
      ...{ locale: 'en-US', title, description: '', logo: null },
      ...{ backgroundColor: '#000000', textColor: '#ffffff' },
    },
  ],
})
const authorityId = (answers: Answers): string => answers['verified-id-authority'].value.id
const contractId = (answers: Answers): string => answers['verified-id-contract'].value.contractId
const wish = (answers: Answers, more: object) => ({
  authority: answers['verified-id-authority'].value.did,
  clientName: 'ACME',
  callback: { url: `${SITE}/callbacks`, state: `ofr_${'a'.repeat(26)}`, apiKey: 'k'.repeat(43) },
  ...more,
})
const NAME = `${TENANT}/pieces/${'a'.repeat(64)}`

const VALID = { expiresAt: null, notBefore: null }
const vault = (
  verb: keyof typeof vaultVerbs,
  because: string,
  body?: Operation['body'],
  more: Partial<Operation> = {},
): Record<string, Operation> => ({
  [`vault-${verb}`]: { path: vaultVerbs[verb].path, because, ...(body && { body }), ...more },
})
/** The second time it says that there is nothing any more. */
const DONE: Partial<Operation> = { same: ({ ok }) => ok }
const purging =
  (verb: string, name: string): Operation['body'] =>
  async (_, { ask }) => {
    await ask(verb, { name })
    return { name }
  }
const named = (name: string) => () => ({ name })
const TAGGED = 'the version carries the operation that made it'
const SAYS = 'it says what shall be, not what changes'
const GONE = 'what is deleted stays deleted, and what is purged is not there'
const BACK = 'what is back is only looked at'

const VAULT: Record<string, Operation> = {
  ...vault('place', READS),
  ...vault('setSecret', TAGGED, () => ({
    ...{ name: 'door', contentType: null, ...VALID, value: 'Sesame' },
  })),
  ...vault('generateSecret', TAGGED, () => ({
    ...{ name: 'gate', contentType: null, ...VALID },
    generator: { alphabet: 'hex', length: 32 },
  })),
  ...vault('listSecrets', READS),
  ...vault('secretVersions', READS, named('door')),
  ...vault('updateSecret', SAYS, () => ({
    ...{ name: 'door', version: null, enabled: false, expiresAt: null },
  })),
  ...vault('deleteSecret', GONE, named('door')),
  ...vault('deletedSecrets', READS),
  ...vault('recoverSecret', BACK, named('door')),
  ...vault('purgeSecret', GONE, purging('vault-deleteSecret', 'gate'), DONE),
  ...vault('createKey', 'it is found by its name', () => ({
    ...{ name: 'seal', kind: 'EC-P256', ...VALID },
  })),
  ...vault('readKey', READS, () => ({ name: 'seal', version: null })),
  ...vault('listKeys', READS),
  ...vault('keyVersions', READS, named('seal')),
  ...vault('rotateKey', TAGGED, named('seal')),
  ...vault('keyPolicy', READS, named('seal')),
  ...vault(
    'putKeyPolicy',
    SAYS,
    () => ({
      ...{ name: 'seal', policy: { rotateDays: 30, expireDays: 60 } },
    }),
    { stamped: true },
  ),
  ...vault(
    'sign',
    'a signature keeps nothing; ECDSA makes another one each time',
    () => ({ name: 'seal', version: null, algorithm: 'ES256', what: { data: 'AAAA' } }),
    { same: ({ value }) => value.version },
  ),
  ...vault('updateKey', SAYS, () => ({
    ...{ name: 'seal', version: null, enabled: false, expiresAt: null },
  })),
  ...vault('deleteKey', GONE, named('seal')),
  ...vault('deletedKeys', READS),
  ...vault('recoverKey', BACK, named('seal')),
  ...vault('purgeKey', GONE, purging('vault-deleteKey', 'seal'), DONE),
}

const PLACE = {
  place: { subscriptionId: AZURE.subscriptionId, resourceGroup: AZURE.groupOf(TENANT) },
}
const MACHINE = `/subscriptions/${AZURE.subscriptionId}/resourceGroups/${AZURE.groupOf(TENANT)}/providers/Microsoft.HybridCompute/machines/one`
const ARC: Record<string, Operation> = {
  'arc-machines-mint': {
    path: machineVerbs.mint.path,
    because: 'a token is given to whoever asks with a right to it, and kept nowhere',
    body: () => PLACE,
    same: ({ value }) => typeof value.token,
  },
  'arc-machines-list': { path: machineVerbs.list.path, because: READS, body: () => PLACE },
  'arc-machines-remove': {
    path: machineVerbs.remove.path,
    because: 'what is not there is removed',
    body: () => ({ ...PLACE, name: 'one', machine: `amc_${'a'.repeat(26)}` }),
  },
  'arc-machines-follow': {
    path: machineVerbs.follow.path,
    because: READS,
    body: () => ({
      ...PLACE,
      pending: { method: 'DELETE', resource: MACHINE, statusUrl: null, locationUrl: null },
    }),
  },
}

const cluster = (
  verb: keyof typeof clusterVerbs,
  because: string,
  body: object,
  same: Operation['same'] = (answer) => answer,
  stamped = false,
): Record<string, Operation> => ({
  [`arc-clusters-${verb}`]: {
    ...{ path: clusterVerbs[verb].path, because, same, stamped },
    body: () => ({ ...PLACE, name: 'k1', ...body }),
  },
})
/** RSA-4096 in shape; nobody has its private half. */
const AGENT_KEY = createPublicKey({
  key: { kty: 'RSA', n: Buffer.alloc(512, 0xff).toString('base64url'), e: 'AQAB' },
  format: 'jwk',
})
  .export({ type: 'pkcs1', format: 'der' })
  .toString('base64')
const KIND = { kind: 'connected' }
const OURS = { cluster: `acl_${'a'.repeat(26)}` }
const FLUX = {
  ...{ ...KIND, configuration: 'live' },
  properties: fluxProperties(
    'https://forge.example/dbis/infrastructure',
    FluxSpec.parse({
      ...{ namespace: 'apps', kustomizations: [{ name: 'apps', path: 'rendered/k1' }] },
    }),
  ),
}
const PUT = 'the same is put again, and is the same'
const CLUSTERS: Record<string, Operation> = {
  ...cluster(
    'connect',
    PUT,
    { ...OURS, location: 'westeurope', agentPublicKey: AGENT_KEY, distribution: 'generic' },
    DONE.same,
  ),
  ...cluster('readCluster', READS, KIND),
  ...cluster('ensureFlux', 'it is made where it is not there', KIND, DONE.same),
  ...cluster('putFlux', PUT, FLUX, DONE.same, true),
  ...cluster('readFlux', READS, FLUX),
  ...cluster('removeFlux', 'what is not there is removed', { ...KIND, configuration: 'none' }),
  ...cluster('removeCluster', 'what is not there is removed', { ...OURS, name: 'none' }),
  ...cluster('followArc', READS, {
    ...{ ...KIND, name: 'none' },
    pending: {
      method: 'DELETE',
      resource: MACHINE.replace('HybridCompute/machines/one', 'Kubernetes/connectedClusters/none'),
      ...{ statusUrl: null, locationUrl: null },
    },
  }),
}

/** In the order in which they are asked for. */
export const OPERATIONS: Record<string, Operation> = {
  ping: { path: PING_PATH, because: 'it does nothing' },
  'backup-put': {
    path: BACKUP_PUT_PATH,
    because: 'a file is written once; the same bytes are kept, and others refused',
    body: () => ({ name: NAME, bytes: 'AAAA' }),
  },
  'backup-get': { path: BACKUP_GET_PATH, because: READS, body: () => ({ name: NAME }) },
  'backup-list': {
    path: BACKUP_LIST_PATH,
    because: READS,
    body: () => ({ prefix: `${TENANT}/pieces/` }),
  },
  anchor: {
    path: ANCHOR_PATH,
    because: 'what is there of this size and root is the answer, and nothing is put beside it',
    owner: WIRE_PLATFORM,
    body: (_, { secrets }) => checkpoint(secrets),
  },
  'anchor-latest': { path: ANCHOR_LATEST_PATH, because: READS, owner: WIRE_PLATFORM },
  'cosign-checkpoint': {
    path: COSIGN_PATH,
    because:
      'what it remembers is the head, and it is the same; another signature of it says the same',
    owner: WIRE_PLATFORM,
    body: async (_, { secrets }) => ({
      note: (await checkpoint(secrets)).note,
      consistency: null,
    }),
    same: ({ key }) => key,
  },
  'node-identities': {
    path: IDENTIFY_NODES_PATH,
    because: 'an identity is a function of tenant, network and name',
    body: () => ({ tenant: TENANT, network: 'net', nodes: ['a', 'b'] }),
  },
  'credential-key-make': {
    path: CREDENTIAL_KEY_MAKE_PATH,
    because: 'whoever is first makes the key of this name, everybody after finds it',
    body: () => ({ name: 'issuer' }),
  },
  'credential-key-sign': {
    path: CREDENTIAL_KEY_SIGN_PATH,
    because: 'a signature keeps nothing; ECDSA makes another one each time',
    body: (answers) => ({ kid: answers['credential-key-make'].kid, data: 'AAAA' }),
    same: ({ signature }) => signature.length,
  },
  'verified-id-authority': {
    path: verifiedIdVerbs.authority.path,
    because: 'it is found by its domain before one is made',
    body: () => ({ name: 'phoenix', linkedDomainUrl: SITE }),
  },
  'verified-id-tend': {
    path: verifiedIdVerbs.tend.path,
    because: 'keys are not rotated again before the last rotation is published',
    body: (answers) => ({ authorityId: authorityId(answers), act: 'rotate' }),
  },
  'verified-id-contract': {
    path: verifiedIdVerbs.contract.path,
    because: 'it is found by its name before one is made',
    body: (answers) => ({ authorityId: authorityId(answers), name: 'badge', ...text('Badge') }),
  },
  'verified-id-revise': {
    path: verifiedIdVerbs.revise.path,
    because: 'it says what the contract is, not what changes',
    body: (answers) => ({
      ...{ authorityId: authorityId(answers), contractId: contractId(answers) },
      ...text('Better badge'),
    }),
  },
  'verified-id-issue': {
    path: verifiedIdVerbs.issue.path,
    because: 'the answer is kept under the operation',
    body: (answers) =>
      wish(answers, {
        ...{
          manifest: answers['verified-id-contract'].value.manifestUrl,
          type: 'Badge',
          pin: null,
        },
        claims: { given_name: 'Sesame', credential_id: 'crd_1' },
      }),
  },
  'verified-id-present': {
    path: verifiedIdVerbs.present.path,
    because: 'the answer is kept under the operation',
    body: (answers) =>
      wish(answers, {
        purpose: 'To see it',
        credentials: [
          {
            ...{ type: 'Badge', constraints: [], faceCheck: null },
            acceptedIssuers: [answers['verified-id-authority'].value.did],
          },
        ],
      }),
  },
  'verified-id-revoke': {
    path: verifiedIdVerbs.revoke.path,
    because: 'what is revoked stays revoked',
    same: ({ value }) => value.remoteId,
    body: async (answers, { office }) => {
      // Somebody takes what was offered.
      const body = JSON.stringify({ url: answers['verified-id-issue'].value.url })
      const headers = { 'content-type': 'application/json' }
      for (const step of ['scan', 'accept'])
        await office.app.request(`/holder/${step}`, { method: 'POST', headers, body })
      const ids = { authorityId: authorityId(answers), contractId: contractId(answers) }
      return { ...ids, value: 'crd_1' }
    },
  },
  'verified-id-document': {
    path: verifiedIdVerbs.document.path,
    because: READS,
    body: (answers) => ({ authorityId: authorityId(answers), what: 'did', domainUrl: SITE }),
  },
  ...VAULT,
  ...ARC,
  ...CLUSTERS,
}
