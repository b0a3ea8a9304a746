// The one table of API versions that templates emit. A kind that is not here cannot be rendered.

export const apiVersions = {
  ConfigMap: 'v1',
  LimitRange: 'v1',
  Namespace: 'v1',
  ResourceQuota: 'v1',
  ServiceAccount: 'v1',
  NetworkPolicy: 'networking.k8s.io/v1',
  Role: 'rbac.authorization.k8s.io/v1',
  RoleBinding: 'rbac.authorization.k8s.io/v1',
  AppProject: 'argoproj.io/v1alpha1',
  ApplicationSet: 'argoproj.io/v1alpha1',
  GitRepository: 'source.toolkit.fluxcd.io/v1',
  Kustomization: 'kustomize.toolkit.fluxcd.io/v1',
  // provider-proxmox-bpg, namespaced form (Crossplane v2)
  EnvironmentDownloadFile: 'virtualenvironmentdownloadfile.proxmoxbpg.m.crossplane.io/v1alpha1',
  EnvironmentFile: 'virtualenvironmentfile.proxmoxbpg.m.crossplane.io/v1alpha1',
  EnvironmentVM: 'virtualenvironmentvm.proxmoxbpg.m.crossplane.io/v1alpha1',
} as const

export type Kind = keyof typeof apiVersions
