// Values of the chart of the NFS CSI driver, with one storage class. Its pods mount file systems on the nodes, so the
// chart stands in kube-system as its authors advise. Source: github.com/kubernetes-csi/csi-driver-nfs, charts/v4.13.4.
import type { CsiDriverNfsValues } from '../../schemas/charts/csi-driver-nfs.ts'
import type { NfsStorageParameters } from '../../schemas/parameters/nfs-storage.ts'

/** Two controllers on one node would fight for a port of it. */
const APART = {
  podAntiAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: [
      {
        labelSelector: { matchLabels: { app: 'csi-nfs-controller' as const } },
        topologyKey: 'kubernetes.io/hostname' as const,
      },
    ],
  },
}

const filledIn = (field: string): string => `$\{${field}}`
/** The driver fills it in: people find a volume's directory by its claim, and two claims never share one. */
const DIRECTORY = `${filledIn('pvc.metadata.namespace')}/${filledIn('pvc.metadata.name')}-${filledIn('pv.metadata.name')}`

export const nfsDriver = (parameters: NfsStorageParameters): CsiDriverNfsValues => {
  const { server, share, version, security, mountOptions, replicas, onDelete } = parameters
  return {
    controller: {
      replicas,
      defaultOnDeletePolicy: onDelete,
      ...(replicas === 1 ? {} : { affinity: APART }),
    },
    storageClass: {
      create: true,
      name: parameters.storageClass,
      annotations: {
        'storageclass.kubernetes.io/is-default-class': parameters.isDefault ? 'true' : 'false',
      },
      parameters: { server, share, subDir: DIRECTORY },
      reclaimPolicy: onDelete === 'retain' ? 'Retain' : 'Delete',
      volumeBindingMode: 'Immediate',
      mountOptions: [`nfsvers=${version}`, `sec=${security}`, 'hard', ...new Set(mountOptions)],
    },
  }
}
