// What keeps an engine from deleting what holds data: one wrong commit must not be enough.
// Lifted only in the first half of a decommission.

/** Argo CD asks for confirmation, Flux does not prune at all. */
export const pruneGuards = ({ guardsLifted }: { guardsLifted: boolean }): Record<string, string> =>
  guardsLifted
    ? {}
    : {
        'argocd.argoproj.io/sync-options': 'Prune=confirm,Delete=confirm',
        'kustomize.toolkit.fluxcd.io/prune': 'disabled',
      }

/** Crossplane: everything but Delete. */
export const managementPolicies = ({ guardsLifted }: { guardsLifted: boolean }): string[] =>
  guardsLifted ? ['*'] : ['Observe', 'Create', 'Update', 'LateInitialize']
