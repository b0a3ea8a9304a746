// What the Bicep makes of its parameters, read by those who read it in the Functions: vaults by tenant, places by tenant, identities by
// place, tracing. And that every vault which is named is given its roles, and every identity that onboards is one group's.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readTracing } from '../../schemas/otlp.ts'
import { WIRE_PLATFORM } from '../../schemas/wire.ts'
import { onboardingOf } from '../arc/onboarding.ts'
import { scopeLock } from '../arc/scopes.ts'
import { type Vaults, vaultOfOwner, vaultsOf } from '../vault/settings.ts'
import { openBicep } from './bicep.fixture.ts'

const [ACME, GLOBEX, INITECH] = ['a', 'b', 'c'].map((one) => `ten_eu_${one.repeat(16)}`) as [
  ...[string, string, string],
]
const [ONE, TWO] = [1, 2].map((n) => `00000000-0000-4000-8000-00000000000${n}`) as [string, string]
const FOLDER = join(import.meta.dirname, '../../templates/azure')
const read = (file: string) => readFileSync(join(FOLDER, file), 'utf8')
/** Each value of a file of parameters. */
const EXAMPLE: Record<string, unknown> = { ...openBicep(read('tenants.example.bicepparam')).scope }
const NOTHING = { edgePublicJwks: '{"keys":[]}' }

/** As Azure would have deployed everything else. */
const DEPLOYED = {
  telemetry: { outputs: { connectionString: 'c', insightsName: 'i' } },
  identities: {
    outputs: { functionsId: '/f', functionsClientId: 'f', functionsPrincipalId: 'principal' },
  },
  vault: { outputs: { uri: 'https://phoenix-abc.vault.azure.net/' } },
  storage: {
    outputs: {
      ...{ name: 's', deploymentContainer: 'd' },
      ...{ stateContainerUrl: 's', backupContainerUrl: 'b' },
    },
  },
}

interface Module {
  name: string
  scope: { id: string }
  params: Record<string, string>
}
/** What the module has in each group, as Azure would have deployed it. */
const groupsOf = (given: object): Module[] =>
  openBicep(read('main.bicep'), { ...DEPLOYED, ...given }).given('module', 'arcGroups') as Module[]
const identityIn = ({ scope }: Module, index: number) => ({
  identityId: `${scope.id}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/one`,
  clientId: `00000000-0000-4000-8000-0000000000a${index}`,
})

/** The Function app and its settings, by main.bicep and then functions.bicep. */
const appOf = (given: object) => {
  const arcGroups = groupsOf(given).map((one, index) => ({ outputs: identityIn(one, index) }))
  const main = openBicep(read('main.bicep'), { ...DEPLOYED, arcGroups, ...given })
  const { params } = main.given('module', 'functions') as { params: Record<string, unknown> }
  const app = openBicep(read('functions.bicep'), { ...params, plan: {}, app: {} })
  return {
    app: app.given('resource', 'app') as {
      identity: { userAssignedIdentities: Record<string, object> }
    },
    settings: (app.given('resource', 'appSettings') as { properties: Record<string, string> })
      .properties,
  }
}
const settingsOf = (given: object) => appOf(given).settings

describe('SECRET_VAULTS', () => {
  const urlOf = (vaults: Vaults | null, owner: string) => vaults && vaultOfOwner(vaults, owner).url

  it('has each tenant’s own vault, the platform’s, and one for everybody else', () => {
    const vaults = vaultsOf(settingsOf(EXAMPLE))
    expect([ACME, GLOBEX, INITECH, WIRE_PLATFORM].map((one) => urlOf(vaults, one))).toEqual([
      'https://acme-secrets.vault.azure.net',
      'https://globex-secrets.vault.azure.net',
      'https://phoenix-abc.vault.azure.net',
      'https://phoenix-keys.vault.azure.net',
    ])
  })

  it('is the one vault where nothing else is said', () => {
    const vaults = vaultsOf(settingsOf(NOTHING))
    expect([ACME, WIRE_PLATFORM].map((one) => urlOf(vaults, one))).toEqual(
      Array(2).fill('https://phoenix-abc.vault.azure.net'),
    )
  })

  it('names no vault on which the Functions get no roles', () => {
    const modules = openBicep(read('main.bicep'), { ...DEPLOYED, ...EXAMPLE }).given(
      ...(['module', 'vaultsOfTheirOwn'] as const),
    ) as Module[]
    expect(modules.map(({ scope, params }) => [scope.id, params.vaultName])).toEqual([
      [`/subscriptions/${ONE}/resourceGroups/acme`, 'acme-secrets'],
      [`/subscriptions/${TWO}/resourceGroups/globex`, 'globex-secrets'],
      [`/subscriptions/${ONE}/resourceGroups/phoenix-keys`, 'phoenix-keys'],
    ])
    for (const { name, params } of modules) {
      expect(params.functionsPrincipalId).toBe('principal')
      expect(name).toMatch(/^[\w.()-]{1,64}$/)
    }
  })
})

describe('ARC_SCOPES', () => {
  const may = (settings: Record<string, string>, tenant: string, place: string): boolean => {
    const [subscriptionId = '', resourceGroup = ''] = place.split('/')
    try {
      scopeLock(settings.ARC_SCOPES)(tenant, { subscriptionId, resourceGroup })
      return true
    } catch {
      return false
    }
  }

  it('opens to a tenant its own resource groups alone', () => {
    const settings = settingsOf(EXAMPLE)
    expect(settings.ARC).toBe('on')
    const rows: [string, string, boolean][] = [
      [ACME, `${ONE}/acme-arc`, true],
      [ACME, `${ONE}/ACME-lab`, true],
      [ACME, `${TWO}/globex-arc`, false],
      [GLOBEX, `${TWO}/globex-arc`, true],
      [GLOBEX, `${ONE}/acme-arc`, false],
      [INITECH, `${ONE}/acme-arc`, false],
    ]
    for (const [tenant, place, opens] of rows)
      expect([tenant, place, may(settings, tenant, place)]).toEqual([tenant, place, opens])
  })

  it('can be one pattern', () => {
    const settings = settingsOf({ ...NOTHING, arcScopePattern: `${ONE}/arc-{tenant}` })
    expect(settings.ARC).toBe('on')
    expect(may(settings, ACME, `${ONE}/arc-${ACME}`)).toBe(true)
    expect(may(settings, ACME, `${ONE}/arc-${GLOBEX}`)).toBe(false)
  })

  it('is never left open: without one, the Functions do not speak to Arc', () => {
    const { ARC, ARC_SCOPES } = settingsOf(NOTHING)
    expect([ARC, ARC_SCOPES]).toEqual(['', ''])
  })
})

describe('ARC_ONBOARDING', () => {
  const BY_HAND = '00000000-0000-4000-8000-0000000000b2'
  const clientIdAt = (settings: Record<string, string>, place: string) => {
    const [subscriptionId = '', resourceGroup = ''] = place.split('/')
    const asked: string[] = []
    const onboarding = onboardingOf(settings, (clientId) => {
      asked.push(clientId)
      return { getToken: async () => null }
    })
    onboarding({ subscriptionId, resourceGroup })
    return asked[0] ?? null
  }

  it('has an identity of its own for each group, made in that group or there by hand', () => {
    const { settings, app } = appOf(EXAMPLE)
    const places = [`${ONE}/acme-arc`, `${ONE}/acme-lab`, `${TWO}/globex-arc`, `${ONE}/other`]
    expect(places.map((place) => clientIdAt(settings, place))).toEqual([
      ...['00000000-0000-4000-8000-0000000000a0', '00000000-0000-4000-8000-0000000000a1'],
      ...[BY_HAND, null],
    ])
    const at = (place: string, name: string) => {
      const [subscription, group] = place.split('/')
      return `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`
    }
    expect(Object.keys(app.identity.userAssignedIdentities)).toEqual([
      ...['/f', at(`${ONE}/acme-arc`, 'one'), at(`${ONE}/acme-lab`, 'one')],
      at(`${TWO}/globex-arc`, 'phoenix-arc-onboarding'),
    ])
  })

  it('is none where no group is named', () => {
    expect(settingsOf(NOTHING).ARC_ONBOARDING).toBe('')
    expect(groupsOf(NOTHING)).toEqual([])
  })

  it('stops the deployment where two tenants name one group', () => {
    const place = `${ONE}/shared`
    const arcScopes = { [ACME]: [place], [GLOBEX]: [place.toUpperCase()] }
    const names = groupsOf({ ...NOTHING, arcScopes }).map(({ name }) => name)
    expect([names.length, new Set(names).size]).toEqual([2, 1])
  })

  it('is of identities whose one role is in the group that they are in', () => {
    const role = 'b64e21ea-ac4e-4cdf-9dc9-5b892992bee7'
    const files = readdirSync(FOLDER).filter((file) => file.endsWith('.bicep'))
    expect(files.filter((file) => read(file).includes(role))).toEqual(['arc-scope.bicep'])
    const onboarder = { id: '/o', properties: { principalId: 'onboarder', clientId: 'c' } }
    const scope = openBicep(read('arc-scope.bicep'), {
      ...{ functionsPrincipalId: 'f', onboarder, clusters: { id: 'clusters' } },
    })
    const all = [...read('arc-scope.bicep').matchAll(/^resource (\w+) '[^']*roleAssignments@/gm)]
    const assigned = all.map(([, name = '']) => {
      const assignment = scope.given('resource', name) as {
        scope?: unknown
        properties: { principalId: string; roleDefinitionId: string }
      }
      // Without a scope of its own an assignment is at the group that is deployed to.
      expect(assignment.scope).toBeUndefined()
      return assignment.properties
    })
    const theirs = assigned.filter(({ principalId }) => principalId === 'onboarder')
    expect(theirs.map(({ roleDefinitionId }) => roleDefinitionId.endsWith(role))).toEqual([true])
    expect(assigned.filter(({ roleDefinitionId }) => roleDefinitionId.endsWith(role))).toEqual(
      theirs,
    )
  })
})

describe('the other settings', () => {
  it('say where traces go, and how many', () => {
    expect(readTracing(settingsOf({ ...EXAMPLE, otlpHeaders: 'x-key=k' }))).toEqual({
      ...{ endpoint: 'https://collector.example/v1/traces', headers: { 'x-key': 'k' } },
      ratio: 0.1,
    })
    expect(readTracing(settingsOf(NOTHING))).toBeNull()
  })

  it('can be given more of, and none of those here is lost', () => {
    const moreSettings = { VERIFIED_ID: 'on', SECRET_VAULTS: '{}', AZURE_CLIENT_ID: 'x' }
    const settings = settingsOf({ ...NOTHING, moreSettings })
    expect(settings).toMatchObject({ VERIFIED_ID: 'on', AZURE_CLIENT_ID: 'f' })
    expect(settings.SECRET_VAULTS).toContain('phoenix-abc')
  })
})
