// What leaves the cluster by an address: backups, logs, telemetry, and the vaults that secrets come from. A table from
// kind to the fields that name the address; where the address is, addresses.ts says.
import type { ResidencyLine } from '../../schemas/plan.ts'
import type { Manifest } from '../../schemas/template.ts'
import type { RenderedObject } from '../policies/judge.ts'
import { regionOfAddress } from './addresses.ts'
import type { Spot, Surroundings } from './spots.ts'

interface Address {
  what: string
  keeps: ResidencyLine['kind']
  /** A URL; null where only a Secret has it. */
  url: string | null
  pointer: string
}

type Fields = Record<string, unknown>
const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {}
const at = (value: unknown, ...keys: string[]): unknown =>
  keys.reduce<unknown>((inner, key) => fieldsOf(inner)[key], value)
const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)
/** RFC 6901, section 3. */
const escaped = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1')

/** Barman's store of CloudNativePG: base backups and the log. */
const objectStore = ({ spec }: Manifest): Address[] => {
  const configuration = fieldsOf(at(spec, 'configuration'))
  const endpoint = text(configuration.endpointURL)
  const field = endpoint === null ? 'destinationPath' : 'endpointURL'
  return [
    {
      what: 'backups',
      keeps: 'backup',
      url: endpoint ?? text(configuration.destinationPath),
      pointer: `/spec/configuration/${field}`,
    },
  ]
}

const veleroStores = (values: unknown): Address[] => {
  const stores = at(values, 'configuration', 'backupStorageLocation')
  return (Array.isArray(stores) ? stores : []).map((store, index) => {
    const s3 = text(at(store, 'config', 's3Url'))
    const field = s3 === null ? 'storageAccountURI' : 's3Url'
    return {
      what: 'backups of the cluster',
      keeps: 'backup',
      url: text(at(store, 'config', field)),
      pointer: `/spec/values/configuration/backupStorageLocation/${index}/config/${field}`,
    }
  })
}

/** Loki on a disk of its own is where its cluster is, which has a row already. */
const lokiStore = (values: unknown): Address[] =>
  at(values, 'loki', 'storage', 'type') === 's3'
    ? [
        {
          what: 'logs',
          keeps: 'logs',
          url: text(at(values, 'loki', 'storage', 's3', 'endpoint')),
          pointer: '/spec/values/loki/storage/s3/endpoint',
        },
      ]
    : []

const release = ({ spec }: Manifest): Address[] => {
  const values = at(spec, 'values')
  return [...veleroStores(values), ...lokiStore(values)]
}

/** An exporter without an endpoint has it in a connection string that a Secret brings. */
const exporters = ({ spec }: Manifest): Address[] =>
  Object.entries(fieldsOf(at(spec, 'config', 'exporters'))).map(([name, exporter]) => ({
    what: 'telemetry',
    keeps: 'logs',
    url: text(at(exporter, 'endpoint')),
    pointer: `/spec/config/exporters/${escaped(name)}`,
  }))

const vaults = ({ spec }: Manifest): Address[] => {
  const url =
    text(at(spec, 'provider', 'azurekv', 'vaultUrl')) ??
    text(at(spec, 'provider', 'vault', 'server'))
  return url === null ? [] : [{ what: 'secrets', keeps: 'vault', url, pointer: '/spec/provider' }]
}

const TABLE: Record<string, (manifest: Manifest) => Address[]> = {
  HelmRelease: release,
  ObjectStore: objectStore,
  OpenTelemetryCollector: exporters,
  SecretStore: vaults,
}

export const storeSpots = (
  { path: file, manifest }: RenderedObject,
  around: Surroundings,
): Spot[] =>
  (TABLE[manifest.kind]?.(manifest) ?? []).map(({ what, keeps, url, pointer }) => ({
    what: `${manifest.kind} ${manifest.metadata.name}, ${what}`,
    kind: keeps,
    region: url === null ? null : regionOfAddress(url, around),
    file,
    pointer,
    leaves: true,
  }))
