// Gitea: secrets by name only, one pod at a time on its volume, and doors that are open only when asked for.
import { describe, expect, it } from 'vitest'
import { shapeFaults } from '../gitops/shapes.ts'
import type { GiteaValues } from '../schemas/charts/gitea.ts'
import type { Manifest } from '../schemas/template.ts'
import { exampleInput } from './example-inputs.ts'
import { gitea } from './gitea.ts'

const LEAST = {
  hostname: 'git.example.com',
  database: { host: 'forge-db-rw', secret: 'forge-db-app' },
  adminSecret: 'forge-admin',
  adminEmail: 'forge@example.com',
}

const rendered = (more: object = {}): Manifest[] =>
  gitea
    .render(
      exampleInput(gitea as never, { name: 'forge', parameters: { ...LEAST, ...more } }) as never,
    )
    .flatMap(({ objects }) => objects)
const releaseOf = (objects: Manifest[]) => {
  const release = objects.find(({ kind }) => kind === 'HelmRelease')
  if (!release) throw new Error('no release')
  return release as Manifest & { spec: Record<string, unknown> & { values: GiteaValues } }
}
const gate = (objects: Manifest[], name: string) =>
  objects.find(({ metadata }) => metadata.name === `forge-allow-${name}`)?.spec

describe('a forge', () => {
  it('stands in the tenant’s own namespace and brings no database along', () => {
    const { spec } = releaseOf(rendered())
    expect(spec).not.toHaveProperty('targetNamespace')
    expect(spec.values).toMatchObject({
      postgresql: { enabled: false },
      'postgresql-ha': { enabled: false },
      valkey: { enabled: false },
      'valkey-cluster': { enabled: false },
    })
  })

  it('learns its passwords from Secrets', () => {
    const { gitea: values } = releaseOf(rendered()).spec.values
    expect(values.admin.existingSecret).toBe('forge-admin')
    expect(values.additionalConfigFromEnvs.map(({ valueFrom }) => valueFrom.secretKeyRef)).toEqual([
      { name: 'forge-db-app', key: 'username' },
      { name: 'forge-db-app', key: 'password' },
    ])
    expect(values.config.database).not.toHaveProperty('PASSWD')
  })

  it('has no place for a password in its values', () => {
    const release = structuredClone(releaseOf(rendered()))
    expect(shapeFaults(release)).toEqual([])
    Object.assign(release.spec.values.gitea.admin, { password: 'x' })
    expect(shapeFaults(release)).not.toEqual([])
  })

  it('opens SSH only when it is asked for', () => {
    const closed = rendered()
    expect(releaseOf(closed).spec.values.gitea.config.server).toMatchObject({ DISABLE_SSH: true })
    expect(JSON.stringify(gate(closed, 'clients'))).not.toContain('2222')

    const open = rendered({ ssh: true })
    expect(releaseOf(open).spec.values.gitea.config.server).toMatchObject({
      DISABLE_SSH: false,
      START_SSH_SERVER: true,
    })
    expect(JSON.stringify(gate(open, 'clients'))).toContain('2222')
  })

  it('lets in the namespaces that are named, and goes to its database only', () => {
    const objects = rendered({ allowNamespaces: ['traefik'] })
    expect(JSON.stringify(gate(objects, 'clients'))).toContain('traefik')
    expect(gate(objects, 'database')).toMatchObject({
      egress: [{ to: [{ podSelector: {} }], ports: [{ protocol: 'TCP', port: 5432 }] }],
    })
    const pods = { 'phoenix.cloud/resource': 'forge' }
    expect(gate(objects, 'database')).toMatchObject({ podSelector: { matchLabels: pods } })
    expect(releaseOf(objects).spec.values.deployment.labels).toEqual(pods)
  })
})

describe('the parameters of gitea', () => {
  it.each([
    ['a password', { adminPassword: 'x' }],
    ['more storage than the range', { storage: { value: 501, unit: 'GB' } }],
    ['a host that is an address', { hostname: 'https://git.example.com' }],
    ['an address that breaks the line', { adminEmail: 'a@example.com\nb' }],
  ])('refuse %s', (_, more) => {
    expect(gitea.parameters.safeParse({ ...LEAST, ...more }).success).toBe(false)
  })
})
