// What the texts on Keycloak and Entra tell people to do, held against what the edge asks for.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readIssuers } from '../../edge-workers/auth/oidc/issuers.ts'

const read = (path: string): string => readFileSync(join(import.meta.dirname, path), 'utf8')

/** The setting that a text shows. */
const settingOf = (path: string) => {
  const [, text = ''] = /```json\n([\s\S]*?)```/.exec(read(path)) ?? []
  const { issuers, findings } = readIssuers({ OIDC_ISSUERS: text })
  expect(findings).toEqual([])
  const [issuer] = issuers
  if (!issuer) throw new Error(`${path} shows no setting`)
  return issuer
}

describe('Keycloak', () => {
  const issuer = settingOf('keycloak/README.md')
  const realm = JSON.parse(read('keycloak/phoenix-realm.json'))
  const client = realm.clients.find(
    ({ clientId }: { clientId: string }) => clientId === issuer.clientId,
  )
  const mapper = (kind: string, claim?: string) =>
    client.protocolMappers.find(
      (one: { protocolMapper: string; config: Record<string, string> }) =>
        one.protocolMapper === kind && (claim === undefined || one.config['claim.name'] === claim),
    )?.config

  it('has the realm and the client that the setting names', () => {
    expect(issuer.issuer).toMatch(new RegExp(`/realms/${realm.realm}$`))
    expect(client).toMatchObject({
      secret: issuer.clientSecret,
      publicClient: false,
      enabled: true,
    })
  })

  it('offers the code flow with PKCE and no other', () => {
    expect(client).toMatchObject({
      ...{ standardFlowEnabled: true, implicitFlowEnabled: false },
      ...{ directAccessGrantsEnabled: false, serviceAccountsEnabled: false },
    })
    expect(client.attributes['pkce.code.challenge.method']).toBe('S256')
  })

  it('sends people back to the edge’s own address, exactly', () => {
    expect(client.redirectUris).toContain(`${issuer.audience}/sign-in/${issuer.name}/callback`)
    for (const uri of client.redirectUris) expect(uri).toMatch(/\/sign-in\/keycloak\/callback$/)
  })

  it('signs with what the edge accepts', () => {
    for (const what of ['id.token', 'access.token'])
      expect(issuer.algorithms).toContain(client.attributes[`${what}.signed.response.alg`])
  })

  it('makes access tokens for the API, and ID tokens for the client alone', () => {
    expect(mapper('oidc-audience-mapper')).toMatchObject({
      ...{ 'included.custom.audience': issuer.audience },
      ...{ 'access.token.claim': 'true', 'id.token.claim': 'false' },
    })
    expect(issuer.audience).not.toBe(issuer.clientId)
    expect(issuer.accessTokenTypes).toEqual(['jwt'])
  })

  it('says who it is, and keeps what is personal out of access tokens', () => {
    expect(mapper('oidc-sub-mapper')).toMatchObject({ 'access.token.claim': 'true' })
    for (const claim of ['preferred_username', 'email'])
      expect(mapper('oidc-usermodel-attribute-mapper', claim)).toMatchObject({
        ...{ 'id.token.claim': 'true', 'access.token.claim': 'false' },
      })
  })

  it('names the owner of the text by the id he has in the realm', () => {
    const [, subject] = /"subject":"([^"]+)"/.exec(read('keycloak/README.md')) ?? []
    const ids = realm.users.map(({ id }: { id: string }) => id)
    expect(ids).toContain(subject)
    expect(new Set(ids).size).toBe(ids.length)
  })
})

describe('Entra', () => {
  const issuer = settingOf('entra/README.md')

  it('is told apart by a scope where the audience is the client', () => {
    expect(issuer.audience).toBe(issuer.clientId)
    expect(issuer.accessTokenScope).toBe('access')
    expect(read('entra/README.md')).toContain('**Add a scope** `access`')
  })

  it('names people by what is the same in every application', () => {
    expect(issuer.subjectClaim).toBe('oid')
  })

  it('comes back to the address that the text registers', () => {
    expect(read('entra/README.md')).toContain(`/sign-in/${issuer.name}/callback`)
  })
})
