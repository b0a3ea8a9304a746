// Names in a vault that tenants share: a plan takes the tenant's own secrets, and no name of Phoenix's besides, by whichever
// template and on whichever way it comes.
import { describe, expect, it } from 'vitest'
import type { Finding } from '../schemas/plan.ts'
import type { Snapshot } from '../schemas/snapshot.ts'
import type { Manifest } from '../schemas/template.ts'
import { nameInVault, type VaultPurpose } from '../schemas/vault.ts'
import { exampleInput } from '../templates/example-inputs.ts'
import { templates } from '../templates/index.ts'
import { emptyState, fleetOf, planFleet, regionName } from './fleet/fleet.fixture.ts'
import { guardObjects } from './guard.ts'
import { plan } from './plan.ts'
import { judgeAgain } from './plan-again.ts'
import { render } from './render.ts'
import { shapeFaults } from './shapes.ts'
import { vaultNames } from './vault-names.ts'
import { applied, planned, rulesOf, sha256, snapshotOf } from './world.fixture.ts'

const OWN = 'ten_eu_aaaaaaaaaaaaaaaa'
const OTHER = 'ten_eu_bbbbbbbbbbbbbbbb'
const named = (owner: string, name = 'db', purpose: VaultPurpose = 'secret'): string => {
  const found = nameInVault(owner, purpose, name)
  if (found === null) throw new Error('no such name')
  return found
}
const FOREIGN = named(OTHER)

const worldOf = (id: string | undefined, more: Partial<Snapshot> = {}): Snapshot => {
  const snapshot = snapshotOf(more)
  const { id: _, ...tenant } = snapshot.tenant
  return { ...snapshot, tenant: id === undefined ? tenant : { ...tenant, id } }
}
const world = worldOf(OWN)

type Request = Parameters<typeof plan>[0]
const asking = (
  template: string,
  parameters: Record<string, unknown>,
  more: Partial<Request> = {},
): Request => ({ action: 'create', template, name: 'more', parameters, ...more })
/** As the catalogue's example asks, but for these. */
const example = (name: string, more: Record<string, unknown>): Request => {
  const [first] = templates.find((one) => one.name === name)?.examples ?? []
  return asking(name, { ...(first?.parameters as object), ...more })
}

const externalSecret = (remoteKey: string, action: Request['action'] = 'create') =>
  asking(
    'external-secret',
    {
      store: 'secrets',
      secrets: [{ name: 'auth', keys: [{ secretKey: 'password', remoteKey }] }],
    },
    { action },
  )
const ENTRA = {
  entraTenantId: '00000000-0000-4000-8000-000000000001',
  clientId: '00000000-0000-4000-8000-000000000002',
}
const secretStore = (vaultSecret: string) =>
  asking('secret-store', {
    ...{ vault: 'shared-kv', ...ENTRA },
    secrets: [{ name: 'auth', keys: [{ key: 'password', vaultSecret }] }],
  })
const gateway = (name: string) =>
  example('application-gateway', {
    certificate: `https://shared-kv.vault.azure.net/secrets/${name}`,
  })
const unsealedBy = (key: string) =>
  example('vault', { unseal: { keyVault: 'shared-kv', key, ...ENTRA } })
const proxy = (certificate: string, name = 'proxy') =>
  asking(
    'appliance-vm',
    {
      ...{ site: 'a', sshAuthorizedKeys: [] },
      appliance: {
        kind: 'nginx-proxy',
        sites: [
          { hostname: 'a.example', upstreams: [{ address: '10.0.0.5', port: 80 }], certificate },
        ],
      },
    },
    { name },
  )

const found = (request: Request, snapshot = world): Finding[] =>
  planned(request, snapshot).plan.findings.filter(({ rule }) => rule === 'VAULT-NAME')

describe('a plan', () => {
  it('is blocked where an external secret names another tenant’s, with pointer and way out', () => {
    const [first, ...others] = found(externalSecret(FOREIGN))
    expect(others).toEqual([])
    expect(first).toMatchObject({
      severity: 'block',
      file: 'rendered/core/20-more/externalsecret-more-auth.yaml',
      pointer: '/spec/data/0/remoteRef/key',
      fix: expect.stringContaining('reference.key'),
    })
    expect(JSON.stringify(first)).not.toContain('bbbb')
  })

  it('is blocked where a secret store does', () => {
    expect(found(secretStore(FOREIGN))).toMatchObject([{ pointer: '/spec/data/0/remoteRef/key' }])
  })

  it.each([
    ['in upper case', FOREIGN.toUpperCase()],
    ['in both cases', FOREIGN.replace('phx-s', 'PhX-S')],
    ['of no tenant at all', 'phx-forge-admin'],
    ['that is the prefix alone', 'phx-'],
    ['of the platform', named('platform', 'edge', 'platform-key')],
    ['of a key of its own', named(OWN, 'db', 'key')],
    ['of an issuer’s key of its own', named(OWN, 'db', 'issuer-key')],
    ['of its own secrets that none can have', `${named(OWN)}-`],
    ['of another tenant after a name like its own', named('ten_us_aaaaaaaaaaaaaaaa')],
  ])('is blocked by a name %s', (_, name) => {
    expect(found(externalSecret(name))).toHaveLength(1)
    expect(found(secretStore(name))).toHaveLength(1)
  })

  it.each([
    ['its own secret', named(OWN)],
    ['its own secret in upper case', named(OWN).toUpperCase()],
    ['a name that nobody gave', 'backup-storage-account'],
    ['a name that only has it inside', 'my-phx-s-db'],
  ])('takes %s', (_, name) => {
    expect(found(externalSecret(name))).toEqual([])
    expect(found(secretStore(name))).toEqual([])
    expect(found(gateway(name))).toEqual([])
  })

  it('takes of the operators’ own tenant its own, and nobody else’s', () => {
    const operators = 'ten_ch_cccccccccccccccc'
    expect(found(externalSecret(named(operators)), worldOf(operators))).toEqual([])
    expect(found(externalSecret(named(OWN)), worldOf(operators))).toHaveLength(1)
    const key = named('platform', 'edge', 'platform-key')
    expect(found(externalSecret(key), worldOf(operators))).toHaveLength(1)
  })

  it('that does not know whose it is takes no such name', () => {
    expect(found(externalSecret(named(OWN)), worldOf(undefined))).toHaveLength(1)
    expect(found(externalSecret('db'), worldOf(undefined))).toEqual([])
  })

  it('is blocked where a gateway shows another’s certificate', () => {
    const [first] = found(gateway(FOREIGN.toUpperCase()))
    expect(first?.pointer).toBe('/spec/sslCertificates/0/keyVaultSecretId')
    expect(found(gateway(named(OWN)))).toEqual([])
    expect(found(gateway(named(OWN, 'a', 'key')))).toHaveLength(1)
  })

  it('is blocked where a key of another’s unseals a vault, and takes an own one', () => {
    expect(found(unsealedBy(named(OTHER, 'unseal', 'key')))).toHaveLength(1)
    expect(found(unsealedBy(named('platform', 'log', 'platform-key').toUpperCase()))).toHaveLength(
      1,
    )
    expect(found(unsealedBy(named(OWN, 'unseal', 'key')))).toEqual([])
  })

  it('is blocked where a machine reads another’s secret, by parameter or by its own name', () => {
    expect(found(proxy(FOREIGN))).not.toEqual([])
    expect(found(proxy(FOREIGN.toUpperCase()))).not.toEqual([])
    expect(found(proxy('cert', FOREIGN))).not.toEqual([])
    expect(found(proxy(named(OWN)))).toEqual([])
  })

  it('is blocked in an update, and when it is judged again; what takes it away goes on', () => {
    const good = planned(externalSecret('db'), world)
    const standing = applied(world, good)
    const update = externalSecret(FOREIGN, 'update')
    expect(found(update, standing)).toHaveLength(1)
    const bad = planned(externalSecret(FOREIGN), world)
    expect(rulesOf(judgeAgain(externalSecret(FOREIGN), bad.plan, world, sha256))).toEqual([
      'VAULT-NAME',
    ])
    expect(judgeAgain(externalSecret('db'), good.plan, world, sha256)).toEqual([])
    const stood = applied(world, bad)
    expect(found(asking('external-secret', {}, { action: 'delete' }), stood)).toEqual([])
  })

  it('of a fleet is blocked where one region’s override names another’s', () => {
    const secretsOf = (remoteKey: string) => externalSecret(remoteKey).parameters
    const fleet = (remoteKey: string) =>
      fleetOf(2, {
        ...{ template: 'external-secret', parameters: secretsOf(named(OWN)) },
        overrides: { [regionName(1)]: { secrets: secretsOf(remoteKey).secrets } },
      })
    const rules = (remoteKey: string) =>
      planFleet(fleet(remoteKey), emptyState(2)).flatMap(({ planned: { plan: made } }) =>
        rulesOf(made.findings),
      )
    expect(rules(FOREIGN.toUpperCase())).toContain('VAULT-NAME')
    expect(rules(named(OWN, 'other'))).not.toContain('VAULT-NAME')
  })
})

describe('a name that is more than a name', () => {
  const FORMS = [
    ['a type', `secret/${FOREIGN}`],
    ['a key’s type', `key/${FOREIGN}`],
    ['a certificate’s type', `cert/${FOREIGN}`],
    ['a type in upper case', `SECRET/${FOREIGN.toUpperCase()}`],
    ['an own secret with a type of a key', `key/${named(OWN)}`],
    ['a version', `${FOREIGN}/0123456789abcdef0123456789abcdef`],
    ['an address', `https://shared-kv.vault.azure.net/secrets/${FOREIGN}`],
    ['an address with a version', `https://shared-kv.vault.azure.net/secrets/${FOREIGN}/0123`],
    ['a blank before it', ` ${FOREIGN}`],
    ['a blank after it', `${FOREIGN} `],
    ['a line’s end', `${FOREIGN}\n`],
    ['percent signs', FOREIGN.replaceAll('-', '%2D')],
    ['percent signs for letters', FOREIGN.replace('phx', '%70%48%78')],
  ] as const

  it.each(FORMS)('with %s is refused as a parameter', (_, name) => {
    for (const request of [externalSecret(name), secretStore(name), gateway(name)]) {
      const result = plan(request, world, sha256)
      expect(result.ok ? null : result.refusal.problem, request.template).toBe('invalid-parameters')
    }
  })

  it.each(FORMS)('with %s is found in a manifest, whoever made it', (_, key) => {
    const made = manifestOf({ data: [{ secretKey: 'a', remoteRef: { key } }] })
    expect(vaultNames(made, OWN)).toMatchObject([{ pointer: '/spec/data/0/remoteRef/key' }])
  })

  it.each([
    ['a whole secret', { extract: { key: FOREIGN } }, '/spec/dataFrom/0/extract/key'],
    ['whatever is found', { find: { name: { regexp: `^${FOREIGN}$` } } }, '/spec/dataFrom/0/find'],
  ])('as %s is found, and no such manifest has the shape of ours', (_, from, pointer) => {
    const made = manifestOf({ data: [], dataFrom: [from] })
    const [first] = vaultNames(made, OWN)
    expect(first?.pointer).toContain(pointer)
    expect(shapeFaults(made)).not.toEqual([])
  })

  it('is found of every key, and once in whatever else an object says', () => {
    const keys = [FOREIGN, 'db', named(OTHER, 'b')].map((key) => ({ remoteRef: { key } }))
    expect(vaultNames(manifestOf({ data: keys }), OWN).map(({ pointer }) => pointer)).toEqual([
      '/spec/data/0/remoteRef/key',
      '/spec/data/2/remoteRef/key',
    ])
    const text = `a: ${FOREIGN}\nb: ${FOREIGN}`
    const map: Manifest = {
      ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } },
      data: { 'a/b': text, c: text },
    }
    expect(vaultNames(map, OWN)).toMatchObject([{ pointer: '/data/a~1b' }])
  })
})

it('nothing that the catalogue renders names one', () => {
  const names = templates.flatMap((template) =>
    template.examples.flatMap((example) =>
      render(template, exampleInput(template, example)).objects.flatMap((object) =>
        guardObjects([object], { tenantSlug: 'dbis', guardsLifted: false }),
      ),
    ),
  )
  expect(rulesOf(names)).not.toContain('VAULT-NAME')
})

const manifestOf = (spec: object): Manifest => ({
  apiVersion: 'external-secrets.io/v1',
  kind: 'ExternalSecret',
  metadata: { name: 'a', namespace: 'dbis' },
  spec,
})
