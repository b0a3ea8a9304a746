// The admin interface: authorities, contracts, and the credentials of a contract (learn.microsoft.com, Verified ID: admin API).
// Authorities and contracts are found by their names before they are made, so that a repeat makes nothing twice; a contract
// cannot be deleted there. Every contract has our credential id as its one indexed claim: without it nothing could be revoked.
import { createHash } from 'node:crypto'
import * as z from 'zod'
import {
  type EnsureAuthority,
  type EnsureContract,
  type EntraAuthority,
  type EntraContract,
  EntraDid,
  type EntraDocument,
  type EntraRevoked,
  INDEXED_CLAIM,
  type ReadEntraDocument,
  type ReviseContract,
  type RevokeByEntra,
  type TendAuthority,
} from '../../schemas/verified-id.ts'
import { AzureError } from '../azure/errors.ts'
import { refusal } from './errors.ts'
import type { Rest } from './rest.ts'

/** Where the service keeps an authority's keys: a vault of the installation's own. */
export const KeyVault = z.strictObject({
  subscriptionId: z.uuid(),
  resourceGroup: z.string().min(1).max(90),
  resourceName: z.string().min(1).max(127),
  resourceUrl: z.url({ protocol: /^https$/ }),
})
export type KeyVault = z.infer<typeof KeyVault>

const Authority = z.looseObject({
  id: z.string().min(1),
  didModel: z.looseObject({
    did: EntraDid,
    didDocumentStatus: z.enum(['published', 'outOfSync', 'submitted']).nullish(),
  }),
  linkedDomainsVerified: z.boolean().nullish(),
})
const Contract = z.looseObject({
  id: z.string().min(1),
  name: z.string(),
  status: z.string().nullish(),
  manifestUrl: z.string().min(1),
})
const Credential = z.looseObject({ id: z.string().min(1), status: z.string() })
const listOf = <T extends z.ZodType>(item: T) => z.looseObject({ value: z.array(item) })
const Document = z.record(z.string(), z.json())

type Text = Omit<ReviseContract, 'authorityId' | 'contractId'>

const mappingOf = (claims: Text['claims']) => [
  ...claims.map(({ name, required }) => ({
    ...{ outputClaim: name, inputClaim: name, required, indexed: false, type: 'String' },
  })),
  {
    ...{ outputClaim: INDEXED_CLAIM, inputClaim: INDEXED_CLAIM },
    ...{ required: true, indexed: true, type: 'String' },
  },
]

/** Rules and displays of a contract by idTokenHint: claims come with each request. */
export const contractBody = ({ claims, displays, issuedBy, validitySeconds, type }: Text) => ({
  rules: {
    attestations: {
      idTokenHints: [{ mapping: mappingOf(claims), required: true, trustedIssuers: [] }],
    },
    validityInterval: validitySeconds,
    vc: { type: [type] },
  },
  displays: displays.map(
    ({ locale, title, description, backgroundColor, textColor, logo }, index) => ({
      locale,
      card: {
        ...{ title, issuedBy, backgroundColor, textColor, description },
        ...(logo ? { logo } : {}),
      },
      consent: { title, instructions: description },
      claims: claims.map(({ name, labels }) => ({
        claim: `vc.credentialSubject.${name}`,
        label:
          (labels.find((one) => one.locale === locale) ?? labels[index] ?? labels[0])?.label ??
          name,
        type: 'String',
      })),
    }),
  ),
})

/** `filter=indexclaimhash eq …`: base64 of SHA-256 over contract id and claim value. */
export const indexHash = (contractId: string, value: string): string =>
  createHash('sha256').update(`${contractId}${value}`).digest('base64')

const isConflict = (error: unknown): boolean =>
  error instanceof AzureError && error.fault.fault === 'conflict'

const authorityOf = ({ id, didModel, ...more }: z.infer<typeof Authority>): EntraAuthority => ({
  ...{ id, did: didModel.did, didDocumentStatus: didModel.didDocumentStatus ?? null },
  linkedDomainsVerified: more.linkedDomainsVerified ?? false,
})
const contractOf = ({ id, manifestUrl }: z.infer<typeof Contract>): EntraContract => ({
  ...{ contractId: id, manifestUrl },
})
/** did:web of an address (§3.1): a port's colon is escaped, slashes are colons. */
const didWeb = (url: string): string => {
  const { host, pathname } = new URL(url)
  return ['did:web', encodeURIComponent(host), ...pathname.split('/').filter(Boolean)].join(':')
}
const at = (authorityId: string, contractId?: string): string =>
  `/authorities/${encodeURIComponent(authorityId)}${
    contractId === undefined ? '' : `/contracts/${encodeURIComponent(contractId)}`
  }`

/** `keyVault`: null where it is not set; then authorities are found and not made. All throw AzureError. */
export const createAdmin = (rest: Rest, keyVault: KeyVault | null) => {
  const read = <T>(path: string, shape: z.ZodType<T>): Promise<T> =>
    rest({ service: 'admin', method: 'GET', path, shape })

  const findAuthority = async (url: string): Promise<EntraAuthority | undefined> => {
    const { value } = await read('/authorities', listOf(Authority))
    // By its DID: they may all be linked to the same domain.
    const found = value.find(({ didModel }) => didModel.did === didWeb(url))
    return found && authorityOf(found)
  }
  const findContract = async (authorityId: string, name: string) => {
    const { value } = await read(`${at(authorityId)}/contracts`, listOf(Contract))
    const found = value.find((one) => one.name === name)
    return found && contractOf(found)
  }
  const makeAuthority = ({ name, linkedDomainUrl }: EnsureAuthority) =>
    rest({
      ...{ service: 'admin', method: 'POST', path: '/authorities', shape: Authority },
      body: { name, linkedDomainUrl, didMethod: 'web', keyVaultMetadata: keyVault },
    })

  /** Somebody else may make the same between the look and the making: then theirs is taken. */
  const ensure = async <T>(find: () => Promise<T | undefined>, make: () => Promise<T>) => {
    const found = await find()
    if (found) return found
    try {
      return await make()
    } catch (error) {
      const meanwhile = isConflict(error) ? await find() : undefined
      if (meanwhile) return meanwhile
      throw error
    }
  }

  const search = async ({ authorityId, contractId, value }: RevokeByEntra) => {
    const filter = `indexclaimhash eq ${encodeURIComponent(indexHash(contractId, value))}`
    const path = `${at(authorityId, contractId)}/credentials?filter=${filter.replaceAll(' ', '%20')}`
    return (await read(path, listOf(Credential))).value
  }

  /** None has a body, and of what they answer nothing is needed but what the authority is afterwards. */
  const verbs: Record<Exclude<TendAuthority['act'], 'read'>, string> = {
    rotate: 'didInfo/signingKeys/rotate',
    synchronize: 'didInfo/synchronizeWithDidDocument',
    validate: 'validateWellKnownDidConfiguration',
  }
  const tend = async ({ authorityId, act }: TendAuthority): Promise<EntraAuthority> => {
    const before = authorityOf(await read(at(authorityId), Authority))
    // Asked again because an answer was lost: the new key is there, and waits to be published.
    if (act === 'read' || (act === 'rotate' && before.didDocumentStatus === 'outOfSync'))
      return before
    await rest({ service: 'admin', method: 'POST', path: `${at(authorityId)}/${verbs[act]}` })
    return authorityOf(await read(at(authorityId), Authority))
  }

  return {
    tend,
    ensureAuthority: (wish: EnsureAuthority) =>
      ensure(
        () => findAuthority(wish.linkedDomainUrl),
        async () => {
          if (!keyVault) throw refusal('denied')
          return authorityOf(await makeAuthority(wish))
        },
      ),
    async ensureContract({ authorityId, name, ...text }: EnsureContract): Promise<EntraContract> {
      const path = `${at(authorityId)}/contracts`
      const body = { name, ...contractBody(text) }
      return ensure(
        () => findContract(authorityId, name),
        async () =>
          contractOf(await rest({ service: 'admin', method: 'POST', path, body, shape: Contract })),
      )
    },
    async reviseContract({ authorityId, contractId, ...text }: ReviseContract) {
      const path = at(authorityId, contractId)
      const body = contractBody(text)
      return contractOf(
        await rest({ service: 'admin', method: 'PATCH', path, body, shape: Contract }),
      )
    },
    /** Finds it by the indexed claim. Throws `absent` where there is none. What is revoked already stays so. */
    async revoke(asked: RevokeByEntra): Promise<EntraRevoked> {
      const found = await search(asked)
      const [first] = found
      if (!first) throw refusal('absent')
      const standing = found.filter(({ status }) => status !== 'issuerRevoked')
      for (const { id } of standing) {
        const path = `${at(asked.authorityId, asked.contractId)}/credentials/${encodeURIComponent(id)}`
        await rest({ service: 'admin', method: 'POST', path: `${path}/revoke` })
      }
      return { remoteId: first.id, already: standing.length === 0 }
    },
    async document({ authorityId, what, domainUrl }: ReadEntraDocument): Promise<EntraDocument> {
      const verb = what === 'did' ? 'generateDidDocument' : 'generateWellknownDidConfiguration'
      const document = await rest({
        ...{ service: 'admin', method: 'POST', path: `${at(authorityId)}/${verb}` },
        ...(what === 'did' ? {} : { body: { domainUrl } }),
        shape: Document,
      })
      return { document }
    },
  }
}
