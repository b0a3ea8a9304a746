// The cloud image on every host that needs it: storage may be local, so each host has its own copy.
import type { Cluster } from '../../schemas/place.ts'
import type { Manifest } from '../../schemas/template.ts'
import { object, type Scope } from './object.ts'
import { BEFORE_MACHINES, imageFileName, imageVolume, providerConfigRef } from './proxmox.ts'
import type { Place } from './where.ts'

/** One EnvironmentDownloadFile per host, in the order hosts first appear. */
export const imageFiles = (
  scope: Scope,
  { places, cluster }: { places: Place[]; cluster: Cluster },
): Manifest[] => {
  const hosts = new Map(places.map((place) => [place.host.name, place]))
  return [...hosts.values()].map(({ site: { image }, host }) =>
    object(
      'EnvironmentDownloadFile',
      `${scope.resource}-image-${host.name}`,
      scope,
      {
        spec: {
          providerConfigRef: providerConfigRef(cluster),
          forProvider: {
            contentType: 'import',
            datastoreId: image.datastore,
            nodeName: host.name,
            url: image.url,
            fileName: imageFileName(scope, image),
            ...(image.sha256 === undefined
              ? {}
              : { checksum: image.sha256, checksumAlgorithm: 'sha256' }),
            // A newer image at the same address must not replace the one machines were made from.
            overwrite: false,
          },
        },
      },
      {
        annotations: {
          'crossplane.io/external-name': imageVolume(scope, image),
          'phoenix.cloud/image': image.name,
          ...BEFORE_MACHINES,
        },
      },
    ),
  )
}
