// The Pod Security Standard "restricted", which every namespace of a tenant enforces.
// Source: Kubernetes documentation, "Pod Security Standards".

/** Of a pod. `user` is for images that name their user instead of numbering it. */
export const restrictedPod = (user?: number) =>
  ({
    runAsNonRoot: true,
    ...(user === undefined ? {} : { runAsUser: user, fsGroup: user }),
    seccompProfile: { type: 'RuntimeDefault' },
  }) as const

/** Of each of its containers. */
export const restrictedContainer = () =>
  ({ allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] as ['ALL'] } }) as const
