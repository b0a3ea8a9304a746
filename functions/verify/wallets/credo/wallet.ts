// Credo as a whole wallet: its own offer, token, proof, credential store, DCQL matching and response, over the storage and the keys
// of these files. Of the issuer it is given nothing but the root certificate that the issuer publishes.
import { EventEmitter } from 'node:events'
import {
  Agent,
  type AgentDependencies,
  InjectionSymbols,
  Kms,
  type Module,
  SdJwtVcRecord,
  X509Module,
} from '@credo-ts/core'
import { OpenId4VcModule } from '@credo-ts/openid4vc'
import { createMemoryKms } from './kms.ts'
import { createMemoryStorage } from './storage.ts'

const nothingOnDisk = (): never => {
  throw new Error('this wallet has no disk')
}
/** Made with `new` by Credo, and not used by what is tested here. */
function NoFileSystem() {
  const names = ['exists', 'createDirectory', 'copyFile', 'write', 'read', 'delete']
  return Object.fromEntries([...names, 'downloadToFile'].map((name) => [name, nothingOnDisk]))
}

export const memoryModule: Module = {
  register: (dependencies) => {
    dependencies.registerInstance(InjectionSymbols.StorageService, createMemoryStorage())
  },
}
export const dependencies: AgentDependencies = {
  FileSystem: NoFileSystem as unknown as AgentDependencies['FileSystem'],
  EventEmitterClass: EventEmitter,
  fetch,
  WebSocketClass: nothingOnDisk as unknown as AgentDependencies['WebSocketClass'],
}

export const createCredoWallet = async (root: string) => {
  const agent = new Agent({
    config: { allowInsecureHttpUrls: true },
    dependencies,
    modules: {
      memory: memoryModule,
      kms: new Kms.KeyManagementModule({ backends: [createMemoryKms()] }),
      x509: new X509Module({ trustedCertificates: [root] }),
      openid4vc: new OpenId4VcModule(),
    },
  })
  await agent.initialize()
  const { holder } = agent.openid4vc

  /** Of the one configuration of an offer; its keys are made here. */
  const redeem = async (link: string, txCode: string | null, copies = 1) => {
    const resolvedCredentialOffer = await holder.resolveCredentialOffer(link)
    const token = await holder.requestToken({
      resolvedCredentialOffer,
      ...(txCode === null ? {} : { txCode }),
    })
    const { credentials } = await holder.requestCredentials({
      ...{ resolvedCredentialOffer, accessToken: token.accessToken, verifyCredentialStatus: true },
      credentialBindingResolver: async () => ({
        method: 'jwk',
        keys: await Promise.all(
          Array.from({ length: copies }, async () => {
            const { publicJwk } = await agent.kms.createKey({ type: { kty: 'EC', crv: 'P-256' } })
            return Kms.PublicJwk.fromPublicJwk(publicJwk)
          }),
        ),
      }),
    })
    const got = credentials[0]
    if (!(got?.record instanceof SdJwtVcRecord)) throw new Error('no SD-JWT VC has come')
    await agent.sdJwtVc.store({ record: got.record })
    const { accessToken } = token
    const notify = (notificationEvent: 'credential_accepted' | 'credential_failure') =>
      holder.sendNotification({
        ...{ metadata: resolvedCredentialOffer.metadata, accessToken, notificationEvent },
        notificationId: got.notificationId ?? '',
      })
    const { record } = got
    return { record, texts: record.credentialInstances.map((one) => one.compactSdJwtVc), notify }
  }

  /** What Credo itself says of a credential. */
  const verify = async (compactSdJwtVc: string) =>
    agent.sdJwtVc.verify({ compactSdJwtVc, requiredClaimKeys: [] })

  /** Finds what is asked for among its credentials, and presents it. */
  const present = async (link: string) => {
    const request = await holder.resolveOpenId4VpAuthorizationRequest(link)
    if (!request.dcql) throw new Error('no DCQL query has come')
    const { queryResult } = request.dcql
    const accepted = await holder.acceptOpenId4VpAuthorizationRequest({
      authorizationRequestPayload: request.authorizationRequestPayload,
      dcql: { credentials: holder.selectCredentialsForDcqlRequest(queryResult) },
    })
    return { verifier: request.verifier.clientIdPrefix, answer: accepted.serverResponse }
  }
  return { agent, redeem, verify, present, stop: () => agent.shutdown() }
}
