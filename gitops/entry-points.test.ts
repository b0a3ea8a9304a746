// Entry points: what an engine would read, judged by the engines' own schemas where they are at hand.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Validator } from '@cfworker/json-schema'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { Manifest } from '../schemas/template.ts'
import { clusterEntry, componentEntry, tenantEntry } from './entry-points.ts'
import { translateArgocd } from './statuses/argocd.ts'

const PLATFORM = 'https://forge.example/phoenix/platform.git'
const TENANT = 'https://forge.example/dbis/infrastructure.git'
const argocd = { name: 'edge-1', engine: 'argocd' } as const
const flux = { name: 'edge-2', engine: 'flux' } as const
const publicUrl = 'https://phoenix.example/'

const component = {
  wave: 60,
  name: 'smom-dbis-138',
  objects: [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: 'x',
        labels: {
          'phoenix.cloud/resource': 'smom-dbis-138',
          'phoenix.cloud/template': 'besu-network',
        },
      },
    },
  ],
}
const entries = [
  clusterEntry({ cluster: argocd, platformRepositoryUrl: PLATFORM, publicUrl }),
  clusterEntry({ cluster: flux, platformRepositoryUrl: PLATFORM, publicUrl }),
  tenantEntry({ cluster: argocd, tenant: 'dbis', repositoryUrl: TENANT }),
  tenantEntry({ cluster: flux, tenant: 'dbis', repositoryUrl: TENANT }),
  componentEntry({
    cluster: 'edge-2',
    tenant: 'dbis',
    repositoryUrl: TENANT,
    component,
    dependsOn: ['20-secrets', '40-data'],
  }),
]
const objects = entries.flatMap((entry) => entry.objects)
const find = (kind: string, name: string, list: Manifest[] = objects) => {
  const found = list.find((object) => object.kind === kind && object.metadata.name === name)
  if (found === undefined) throw new Error(`no ${kind} ${name}`)
  return found
}

const SCHEMAS = fileURLToPath(new URL('../../shared/data/schemas-k8s', import.meta.url).href)
const judge = existsSync(SCHEMAS)
if (!judge) console.warn('skipped: schemas of Kubernetes objects are not beside this checkout')

describe.skipIf(!judge)('every object passes its schema', () => {
  const index: { kinds: { group: string; version: string; kind: string; file: string }[] } = judge
    ? JSON.parse(readFileSync(join(SCHEMAS, 'index.json'), 'utf8'))
    : { kinds: [] }
  it.each(objects.map((object) => [object.kind, object.metadata.name, object] as const))(
    '%s %s',
    (_, __, object) => {
      const row = index.kinds.find(
        ({ group, version, kind }) =>
          object.kind === kind &&
          object.apiVersion === (group === '' ? version : `${group}/${version}`),
      )
      if (row === undefined) throw new Error(`unknown kind ${object.apiVersion} ${object.kind}`)
      const schema = JSON.parse(readFileSync(join(SCHEMAS, row.file), 'utf8'))
      const { valid, errors } = new Validator(schema, '7', false).validate(object)
      expect({ valid, errors: valid ? [] : errors }).toEqual({ valid: true, errors: [] })
    },
  )
})

describe('where they are', () => {
  it('one directory each', () => {
    expect(entries.map(({ path }) => path)).toEqual([
      'clusters/edge-1/argocd/00-platform',
      'clusters/edge-2/flux/00-platform',
      'clusters/edge-1/argocd/tenant-dbis',
      'clusters/edge-2/flux/tenant-dbis',
      'clusters/edge-2/flux/60-smom-dbis-138',
    ])
  })
  it('no two objects have one identity, and every one carries the labels', () => {
    const ids = objects.map(
      ({ apiVersion, kind, metadata }) =>
        `${apiVersion} ${kind} ${metadata.namespace} ${metadata.name}`,
    )
    expect(new Set(ids).size).toBe(ids.length)
    for (const { metadata } of objects) {
      expect(metadata.labels).toMatchObject({ 'app.kubernetes.io/managed-by': 'phoenix' })
      for (const label of ['tenant', 'resource', 'template']) {
        expect(metadata.labels?.[`phoenix.cloud/${label}`]).toMatch(/^[a-z0-9-]+$/)
      }
    }
  })
  it('everything follows live, and nothing else', () => {
    const followed = JSON.stringify(objects).match(/"(?:revision|targetRevision|branch)":"[^"]*"/g)
    expect(followed?.length).toBe(5)
    expect(followed?.every((text) => text.endsWith('"live"'))).toBe(true)
  })
})

describe('Argo CD', () => {
  it('reads the tenant base through a project that knows this tenant only', () => {
    expect(find('AppProject', 'tenancy-dbis').spec).toMatchObject({
      sourceRepos: [TENANT],
      destinations: [{ namespace: 'dbis' }, { namespace: 'argocd' }],
    })
    expect(find('Application', 'tenant-dbis').spec).toMatchObject({
      project: 'tenancy-dbis',
      source: { repoURL: TENANT, targetRevision: 'live', path: 'rendered/edge-1/10-tenant' },
      destination: { namespace: 'dbis' },
    })
  })
  it('a vanished directory deletes nothing by itself', () => {
    expect(find('ApplicationSet', 'phoenix-platform').spec).toMatchObject({
      generators: [{ git: { directories: [{ path: 'clusters/edge-1/argocd/*' }] } }],
      syncPolicy: { preserveResourcesOnDeletion: true, applicationsSync: 'create-update' },
    })
  })
  const data = find('ConfigMap', 'argocd-notifications-cm').data as Record<string, string>
  it('posts to this cluster’s webhook, with the secret by reference only', () => {
    expect(parse(data['service.webhook.phoenix'] ?? '')).toEqual({
      url: 'https://phoenix.example/webhooks/argocd/edge-1',
      headers: [
        { name: 'Authorization', value: 'Bearer $phoenix-webhook-token' },
        { name: 'Content-Type', value: 'application/json' },
      ],
    })
    expect(parse(data.subscriptions ?? '')).toEqual([
      { recipients: ['phoenix'], triggers: ['phoenix-status'] },
    ])
  })
  const body: string = parse(data['template.phoenix-status'] ?? '').webhook.phoenix.body
  const SHA = 'a'.repeat(40)
  const app = (operationState?: object) => ({
    metadata: { name: 'dbis-60-x' },
    spec: { source: { repoURL: TENANT, path: 'rendered/edge-1/60-x' } },
    status: {
      sync: { status: 'Synced', revision: SHA },
      health: { status: 'Healthy' },
      ...(operationState === undefined ? {} : { operationState }),
    },
  })
  it.each([
    ['no operation yet', app(), 'healthy'],
    [
      'a fresh operation',
      app({ phase: 'Running', operation: { sync: { revision: SHA } } }),
      'progressing',
    ],
    [
      'a prune that waits, in the engine’s words',
      app({
        phase: 'Running',
        operation: {},
        message: 'waiting for pruning confirmation of /Pod/"quoted\\',
      }),
      'degraded',
    ],
    ['a failure', app({ phase: 'Failed', operation: {}, syncResult: { revision: SHA } }), 'failed'],
  ])('its body is JSON that the translator takes: %s', (_, value, state) => {
    const text = goTemplate(body, { app: value })
    expect(translateArgocd('edge-1', JSON.parse(text))).toMatchObject({
      ok: true,
      value: { state, revision: SHA, repository: 'dbis/infrastructure', component: '60-x' },
    })
    expect(text).not.toContain('quoted')
  })
  it('its body names what is out of sync or degraded, without the engine’s words', () => {
    const done = { phase: 'Succeeded', operation: {}, syncResult: { revision: SHA } }
    const value = app(done) as { status: Record<string, unknown> }
    const web = { kind: 'Service', namespace: 'dbis', name: 'web', status: 'Synced' }
    const health = { status: 'Degraded', message: 'password=hunter2' }
    const status = {
      ...value.status,
      sync: { status: 'OutOfSync', revision: SHA },
      resources: [web, { ...web, kind: 'Deployment', status: 'OutOfSync', health }],
    }
    const text = goTemplate(body, { app: { ...value, status } })
    expect(text).not.toContain('hunter2')
    expect(translateArgocd('edge-1', JSON.parse(text))).toMatchObject({
      value: { differs: [{ what: 'Deployment dbis/web', how: 'out-of-sync' }] },
    })
  })
})

describe('Flux', () => {
  it('signs for this cluster’s webhook, with the secret by reference only', () => {
    expect(find('Provider', 'phoenix').spec).toEqual({
      type: 'generic-hmac',
      address: 'https://phoenix.example/webhooks/flux/edge-2',
      secretRef: { name: 'phoenix-webhook' },
    })
  })
  it('listens to the tenant’s entries and names their repository itself', () => {
    expect(find('Alert', 'tenant-dbis').spec).toMatchObject({
      eventSources: [
        { kind: 'Kustomization', name: 'tenant-dbis', namespace: 'phoenix-gitops' },
        { kind: 'Kustomization', name: '*', namespace: 'dbis' },
      ],
      eventMetadata: { cluster: 'edge-2', repository: 'dbis/infrastructure' },
    })
  })
  it('a component waits for the lower waves and acts as the tenant’s account', () => {
    expect(find('Kustomization', '60-smom-dbis-138')).toMatchObject({
      metadata: {
        namespace: 'dbis',
        labels: {
          'phoenix.cloud/resource': 'smom-dbis-138',
          'phoenix.cloud/template': 'besu-network',
        },
        annotations: { 'event.toolkit.fluxcd.io/repository': 'dbis/infrastructure' },
      },
      spec: {
        path: './rendered/edge-2/60-smom-dbis-138',
        sourceRef: { kind: 'GitRepository', name: 'phoenix' },
        serviceAccountName: 'dbis-reconciler',
        prune: true,
        wait: true,
        dependsOn: [{ name: '20-secrets' }, { name: '40-data' }],
      },
    })
  })
})

/** The few constructs of Go's text/template and Sprig that the body uses. */
function goTemplate(template: string, root: object): string {
  const tokens = template.split(/\{\{\s*(.*?)\s*\}\}/s)
  let at = 0
  const lookUp = (path: string, dot: unknown): unknown =>
    path
      .slice(1)
      .split('.')
      .reduce<unknown>((value, key) => (value as Record<string, unknown>)?.[key], dot)
  const block = (dot: unknown): string => {
    let out = ''
    for (; at < tokens.length; at++) {
      if (at % 2 === 0) {
        out += tokens[at]
        continue
      }
      const action = tokens[at] ?? ''
      if (action === 'end' || action === 'else') return out
      const [, rangePath] = /^range (\.\S+)$/.exec(action) ?? []
      const [, equal, word, part, json] =
        /^if or \(eq \(default "" (\.\S+)\) "(\w+)"\) \(contains "(\w+)" \(toJson (\.\S+)\)\)$/.exec(
          action,
        ) ?? []
      const [, withPath] = /^with (\.\S+)$/.exec(action) ?? []
      const [, jsonPath] = /^toJson (\.\S+)$/.exec(action) ?? []
      const [, needle, text] = /^contains "([^"]*)" \(default "" (\.\S+)\)$/.exec(action) ?? []
      if (rangePath !== undefined) {
        const items = (lookUp(rangePath, dot) ?? []) as unknown[]
        const from = at + 1
        const rounds = (items.length === 0 ? [{}] : items).map((item) => {
          at = from
          return block(item)
        })
        out += items.length === 0 ? '' : rounds.join('')
      } else if (equal !== undefined && json !== undefined) {
        const holds =
          lookUp(equal, dot) === word ||
          JSON.stringify(lookUp(json, dot) ?? null).includes(part ?? '')
        at++
        const inner = block(dot)
        out += holds ? inner : ''
      } else if (withPath !== undefined) {
        const value = lookUp(withPath, dot)
        at++
        const inner = block(value)
        at++
        const other = block(dot)
        const empty = value === undefined || Object.keys(value as object).length === 0
        out += empty ? other : inner
      } else if (jsonPath !== undefined) {
        out += JSON.stringify(lookUp(jsonPath, dot) ?? null)
      } else if (needle !== undefined && text !== undefined) {
        out += String((lookUp(text, dot) ?? '').toString().includes(needle))
      } else throw new Error(`not a known action: ${action}`)
    }
    return out
  }
  return block(root)
}
