// The cloud-init user-data of one machine, as a snippet on its host.
// The provider writes snippets over SSH; the datastore must allow the content type `snippets`.
import type { Cluster } from '../../schemas/place.ts'
import type { VmPlacement } from '../../schemas/plan.ts'
import type { Manifest } from '../../schemas/template.ts'
import { type CloudConfig, cloudConfig } from './cloud-init.ts'
import { object, type Scope } from './object.ts'
import { BEFORE_MACHINES, providerConfigRef, snippetFileName, snippetVolume } from './proxmox.ts'
import type { Place } from './where.ts'

interface Input {
  vm: VmPlacement
  place: Place
  cluster: Cluster
  userData: CloudConfig
}

export const userDataFile = (
  scope: Scope,
  { vm, place: { site, host }, cluster, userData }: Input,
): Manifest =>
  object(
    'EnvironmentFile',
    vm.name,
    scope,
    {
      spec: {
        providerConfigRef: providerConfigRef(cluster),
        forProvider: {
          contentType: 'snippets',
          datastoreId: site.image.datastore,
          nodeName: host.name,
          sourceRaw: [{ fileName: snippetFileName(scope, vm.name), data: cloudConfig(userData) }],
        },
      },
    },
    {
      annotations: {
        'crossplane.io/external-name': snippetVolume(scope, site.image, vm.name),
        ...BEFORE_MACHINES,
      },
    },
  )
