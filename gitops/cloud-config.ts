// Turns the cloud-config that a template left as data into the text a machine reads.
// It knows one place only: the raw sources of an EnvironmentFile.
import type { Manifest } from '../schemas/template.ts'

/** cloud-init takes user-data for a cloud-config by this first line. */
const FIRST_LINE = '#cloud-config\n'

interface RawSource {
  data: unknown
}

/** The same object with its cloud-config markers written out. Objects without one come back as they are. */
export const materialise = (manifest: Manifest, toYaml: (value: unknown) => string): Manifest => {
  if (manifest.kind !== 'EnvironmentFile') return manifest
  const spec = manifest.spec as { forProvider?: { sourceRaw?: RawSource[] } } | undefined
  const sources = spec?.forProvider?.sourceRaw
  if (!spec || !Array.isArray(sources)) return manifest
  const sourceRaw = sources.map((source) =>
    isMarker(source.data)
      ? { ...source, data: FIRST_LINE + toYaml(source.data.$cloudConfig) }
      : source,
  )
  return { ...manifest, spec: { ...spec, forProvider: { ...spec.forProvider, sourceRaw } } }
}

const isMarker = (data: unknown): data is { $cloudConfig: unknown } =>
  typeof data === 'object' && data !== null && Object.hasOwn(data, '$cloudConfig')
