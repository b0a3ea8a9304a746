// A tenant with a fleet of any size, written straight into the rows of its actors: asking for 32,500 regions over HTTP would
// take hours. And a look at what their databases are asked, and what they answer.
import { findTemplate } from '../../templates/index.ts'
import { CLUSTER, createTenantWorld, type TenantWorld } from './tenant-world.ts'

const GROUP = 20
const IMAGE = 'ghcr.io/stefanprodan/podinfo:6.7.1'
const FILES = ['deployment', 'service', 'networkpolicy', 'serviceaccount', 'poddisruptionbudget']
const DIGEST = `sha256:${'0'.repeat(64)}`

const regionOf = (index: number): string => `region-${String(index).padStart(5, '0')}`
const clusterOf = (index: number): string => `c-${regionOf(index)}`
export const groupOf = (group: number): string => `edge-g${String(group).padStart(5, '0')}`

const membersOf = (group: number): number[] =>
  Array.from({ length: GROUP }, (_, index) => group * GROUP + index)

/** Twenty regions; the replicas of the first of them are told apart, where a number is given. */
export const groupParameters = (group: number, most?: number) => {
  const version = findTemplate('application')?.version
  const variant = (indexes: number[], more: object) => ({
    ...{ version, parameters: { image: IMAGE, ...more } },
    regions: Object.fromEntries(indexes.map((index) => [regionOf(index), clusterOf(index)])),
  })
  const [first = 0, ...rest] = membersOf(group)
  const variants =
    most === undefined
      ? [variant([first, ...rest], {})]
      : [variant([first], { replicas: { min: 2, max: most } }), variant(rest, {})]
  return { fleet: 'edge', template: 'application', variants }
}

type Sql = { exec: (query: string, ...bindings: unknown[]) => { toArray: () => unknown[] } }

const placeRows = (kind: string, rows: object[]): string =>
  JSON.stringify(rows.map((value) => ({ kind, value })))
const WRITE_PLACES = `INSERT INTO places (kind, name, value, version, webhook_generation, request_key, fingerprint)
  SELECT value ->> '$.kind', value ->> '$.value.name', value ->> '$.value', 1, 1, 'big ' || (value ->> '$.value.name'), ''
  FROM json_each(?)`
const WRITE_RESOURCES = `INSERT INTO resources (name, kind, template, templateVersion, cluster, parameters, placement,
  identities, stands, guardsLifted, state, health, healthMessage, healthSimulated, changeId, revision, "commit", version)
  SELECT value ->> '$.name', 'system-phase', 'fleet-group', '1.0.0', value ->> '$.cluster', value ->> '$.parameters', '[]',
  '[]', value ->> '$.stands', 0, 'applied', 'healthy', '', 0, '', 1, '', 1 FROM json_each(?)`
const WRITE_CHANGES = `INSERT INTO changes (id, idempotencyKey, fingerprint, request, name, state, version, revision,
  requester, acceptedAt, updatedAt, branch, gate, gateReason)
  SELECT 'open ' || (value ->> '$.name'), 'open ' || (value ->> '$.name'), '', '{"action":"update"}', value ->> '$.name',
  'proposed', 1, 1, '', '', '', '', 'red', '' FROM json_each(?)`
const WRITE_PLANS = `INSERT INTO plans (changeId, revision, request, plan, snapshot, stands)
  SELECT 'open ' || (value ->> '$.name'), 1, '{}', json_object('digest', '', 'name', value ->> '$.name', 'placement',
  json('[]'), 'targets', json('[]'), 'template', json('{"name":"fleet-group","version":"1.0.0"}'), 'parameters',
  json(value -> '$.parameters')), '{}', value ->> '$.stands' FROM json_each(?)`

const write = (world: TenantWorld, regions: number): void => {
  const sqlOf = (of: 'tenants' | 'inventory', name: string) =>
    world[of].actors.get(name)?.surroundings.storage.sql as unknown as Sql
  const inventory = sqlOf('inventory', 'inventory-eu')
  const tenant = sqlOf('tenants', world.tenantId)
  const all = Array.from({ length: regions }, (_, index) => index)
  inventory.exec(
    WRITE_PLACES,
    placeRows(
      'region',
      all.map((at) => ({ name: regionOf(at), jurisdiction: 'eu', tier: 'edge', standIn: true })),
    ),
  )
  inventory.exec(
    WRITE_PLACES,
    placeRows(
      'cluster',
      all.map((at) => ({
        ...{ name: clusterOf(at), region: regionOf(at), engine: 'argocd', standIn: true },
      })),
    ),
  )
  const groups = Array.from({ length: regions / GROUP }, (_, group) => ({
    name: groupOf(group),
    cluster: clusterOf(group * GROUP),
    parameters: groupParameters(group),
    stands: membersOf(group).flatMap((at) =>
      FILES.map((kind) => ({
        path: `rendered/${clusterOf(at)}/70-edge/${kind}-edge.yaml`,
        digest: DIGEST,
      })),
    ),
  }))
  tenant.exec(WRITE_RESOURCES, JSON.stringify(groups))
  // Half of them are being changed.
  const open = JSON.stringify(groups.filter((_, group) => group % 2 === 1))
  tenant.exec(WRITE_CHANGES, open)
  tenant.exec(WRITE_PLANS, open)
  tenant.exec('UPDATE tenant SET basesOn = ?', JSON.stringify([CLUSTER, ...all.map(clusterOf)]))
  world.tenants.evict(world.tenantId)
}

export interface Watched {
  statements: number
  rows: number
  characters: number
  /** Tables that a statement goes through from one end to the other. */
  scans: string[]
}

/** What the databases of a world's tenant and Inventory answer while something runs. */
export const watch = async (world: TenantWorld, run: () => Promise<unknown>): Promise<Watched> => {
  const seen: Watched = { statements: 0, rows: 0, characters: 0, scans: [] }
  const actors = [...world.tenants.actors.values(), ...world.inventory.actors.values()]
  const undo = actors.map(({ surroundings: { storage } }) => {
    const sql = storage.sql as unknown as Sql
    const { exec } = sql
    sql.exec = (query, ...bindings) => {
      const plan = exec(`EXPLAIN QUERY PLAN ${query}`, ...bindings).toArray() as {
        detail: string
      }[]
      for (const { detail } of plan) {
        // All places of a kind are as good as all places.
        const [, table] = /^(?:SCAN|SEARCH(?=.*\(kind=\?\))) (\w+)/.exec(detail) ?? []
        if (table !== undefined && !detail.includes('VIRTUAL TABLE')) seen.scans.push(table)
      }
      const rows = exec(query, ...bindings).toArray()
      seen.statements += 1
      seen.rows += rows.length
      seen.characters += JSON.stringify(rows).length
      return exec(query, ...bindings)
    }
    return () => {
      sql.exec = exec
    }
  })
  try {
    await run()
  } finally {
    for (const back of undo) back()
  }
  return seen
}

/** `regions`: a multiple of 20, each with a cluster that has the tenant's base. */
export const createBigTenant = async (regions: number): Promise<TenantWorld> => {
  const world = await createTenantWorld()
  write(world, regions)
  return world
}
