// IMG-PINNED, IMG-DIGEST, IMG-REGISTRY, IMG-SIGNED: which image runs, who published it, and who says so.
// Pods' images are held to all four; those of operators and charts to the first and third: there a template chose them.
import { ATTESTATION, AttestationReference } from '../../schemas/parameters/pod.ts'
import type { Manifest } from '../../schemas/template.ts'
import { isListed } from './registries.ts'
import { at, type Fields, fieldsOf, type Hit, type Pods, pointerTo } from './walk.ts'

export interface ImageName {
  /** `docker.io` where none is named, as container engines read it. */
  host: string
  path: string
  tag: string | null
  digest: string | null
}

/** The parts of an image's name (OCI distribution specification, "Pulling manifests"; the host as Docker reads it). */
export const readImage = (image: string): ImageName => {
  const [name = '', digest = null] = image.split('@')
  const slash = name.indexOf('/')
  const first = name.slice(0, Math.max(0, slash))
  const hasHost = /[.:]/.test(first) || first === 'localhost'
  const host = hasHost ? first : 'docker.io'
  const rest = hasHost ? name.slice(slash + 1) : name
  const colon = rest.lastIndexOf(':')
  const tag = colon > rest.lastIndexOf('/') ? rest.slice(colon + 1) : null
  return { host, path: tag === null ? rest : rest.slice(0, colon), tag, digest }
}

const isPinned = ({ tag, digest }: ImageName): boolean =>
  isDigest(digest) || (tag !== null && tag !== '' && tag !== 'latest')

const isDigest = (digest: string | null): boolean => /^sha256:[0-9a-f]{64}$/.test(digest ?? '')

export const podImages = (pods: Pods): Hit[] => {
  const images = pods.containers.map(({ pointer, fields }) => ({
    pointer: `${pointer}/image`,
    name: readImage(typeof fields.image === 'string' ? fields.image : ''),
  }))
  const said = at(pods.metadata.annotations, ATTESTATION)
  const references = typeof said === 'string' ? said.split(' ').filter(Boolean) : []
  const attested =
    references.length >= images.length &&
    references.every((one) => AttestationReference.safeParse(one).success)
  return images.flatMap(({ pointer, name }): Hit[] => {
    const pinned = isPinned(name)
    const digest = isDigest(name.digest)
    return [
      ...origin(name, pointer),
      ...(pinned && !digest
        ? [{ rule: 'IMG-DIGEST', pointer, message: 'An image is named by its tag alone.' } as const]
        : []),
      ...(digest && attested
        ? []
        : [
            {
              rule: 'IMG-SIGNED',
              pointer: digest ? `${pods.metadataPointer}/annotations` : pointer,
              message: digest
                ? 'No signature attestation is named for an image.'
                : attested
                  ? 'An image is not named by the digest that its attestation is for.'
                  : 'An image has neither a digest nor a signature attestation.',
            } as const,
          ]),
    ]
  })
}

/** What counts for every image, whoever runs it. */
const origin = (name: ImageName, pointer: string): Hit[] => [
  ...(isPinned(name)
    ? []
    : [{ rule: 'IMG-PINNED', pointer, message: 'An image has no fixed version.' } as const]),
  ...(isListed(name.host, name.path)
    ? []
    : [
        {
          rule: 'IMG-REGISTRY',
          pointer,
          message: 'An image comes from a registry that is not on the list.',
        } as const,
      ]),
]

/** Where operators' own kinds name an image. */
const FIELDS: Record<string, readonly string[]> = {
  Cluster: ['spec', 'imageName'],
  RedisReplication: ['spec', 'kubernetesConfig', 'image'],
  RedisSentinel: ['spec', 'kubernetesConfig', 'image'],
  Keycloak: ['spec', 'image'],
  OpenTelemetryCollector: ['spec', 'image'],
}

export const otherImages = (manifest: Manifest): Hit[] => {
  if (manifest.kind === 'HelmRelease') {
    return chartImages(fieldsOf(at(manifest, 'spec', 'values')), '/spec/values')
  }
  const path = Object.hasOwn(FIELDS, manifest.kind) ? FIELDS[manifest.kind] : undefined
  const image = path && at(manifest, ...path)
  return path && typeof image === 'string' ? origin(readImage(image), pointerTo(...path)) : []
}

/** Whole names, and tags that a chart puts behind a repository of its own. */
const chartImages = (values: Fields, pointer: string): Hit[] =>
  Object.entries(values).flatMap(([key, value]): Hit[] => {
    const here = `${pointer}${pointerTo(key)}`
    if (key === 'image' && typeof value === 'string') return origin(readImage(value), here)
    if (key === 'tag' && value === 'latest') {
      return [{ rule: 'IMG-PINNED', pointer: here, message: 'An image has no fixed version.' }]
    }
    if (Array.isArray(value)) {
      return value.flatMap((item, index) => chartImages(fieldsOf(item), `${here}/${index}`))
    }
    return chartImages(fieldsOf(value), here)
  })
