// Keycloak: what its parameters refuse. A realm must not open a door, nor carry a secret.
import { describe, expect, it } from 'vitest'
import type { Manifest } from '../schemas/template.ts'
import { exampleInput } from './example-inputs.ts'
import { keycloak } from './keycloak.ts'

const CLIENT = { clientId: 'portal', redirectUris: ['https://portal.example.com/*'] }
const parametersWith = (client: object, more: object = {}) => ({
  hostname: 'id.example.com',
  tlsSecret: 'tls',
  database: { host: 'db-rw', secret: 'db-app' },
  realm: { name: 'staff', clients: [{ ...CLIENT, ...client }] },
  ...more,
})
const faultsOf = (parameters: unknown): string[] =>
  keycloak.parameters.safeParse(parameters).error?.issues.map(({ path }) => path.join('/')) ?? []

describe('the parameters of keycloak', () => {
  it('take a realm with a client', () => {
    expect(faultsOf(parametersWith({}))).toEqual([])
  })

  it.each([
    ['a redirect to everywhere', { redirectUris: ['*'] }, 'redirectUris/0'],
    ['a redirect to any host', { redirectUris: ['https://*.example.com/'] }, 'redirectUris/0'],
    ['a redirect in the clear', { redirectUris: ['http://portal.example.com/'] }, 'redirectUris/0'],
    [
      'an open end of the host',
      { redirectUris: ['https://portal.example.com*'] },
      'redirectUris/0',
    ],
    ['an origin of everyone', { webOrigins: ['*'] }, 'webOrigins/0'],
  ])('refuse %s', (_, client, path) => {
    expect(faultsOf(parametersWith(client))).toEqual([`realm/clients/0/${path}`])
  })

  it('have no place for a client’s secret', () => {
    expect(faultsOf(parametersWith({ secret: 'x' }))).toEqual(['realm/clients/0'])
  })

  it('refuse the administrators’ realm and two clients of one id', () => {
    expect(faultsOf(parametersWith({}, { realm: { name: 'master' } }))).toEqual(['realm/name'])
    expect(
      faultsOf(parametersWith({}, { realm: { name: 'staff', clients: [CLIENT, CLIENT] } })),
    ).toEqual(['realm/clients'])
  })
})

describe('the way to the database', () => {
  const wayTo = (host: string) => {
    const parameters = parametersWith({}, { database: { host, secret: 'db-app' } })
    const input = exampleInput(keycloak as never, { name: 'identity', parameters })
    const policy = keycloak
      .render(input as never)
      .flatMap(({ objects }): Manifest[] => objects)
      .find(({ metadata }) => metadata.name === 'identity-allow-database')
    if (!policy) throw new Error('no way to the database')
    const { egress } = policy.spec as { egress: { to: unknown[] }[] }
    return egress[0]?.to
  }

  it('stays in the namespace for a Service, and is limited to the port for any other name', () => {
    expect(wayTo('db-rw')).toEqual([{ podSelector: {} }])
    expect(wayTo('db.example.com')).toEqual([{ ipBlock: { cidr: '0.0.0.0/0' } }])
  })
})
