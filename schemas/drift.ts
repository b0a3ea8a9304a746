// Where a resource is not what was approved: in Git beside Phoenix, on a cluster, or in Azure.
import * as z from 'zod'
import { Digest, GitSha } from './ids.ts'

/** At most so many differences are named; `more` counts the rest. */
export const DIFFERENCES_SHOWN = 50

export const Difference = z.strictObject({
  /** `git`: main, past what Phoenix promoted. `live`: the branch itself. `cluster`: an engine says so. `azure`: Azure Resource Manager does. */
  where: z.enum(['git', 'live', 'cluster', 'azure']),
  /** Path in the repository, or `<cluster>/<component>`, or the object as the engine names it, or the field that Azure has. */
  what: z.string(),
  how: z.enum(['changed', 'added', 'removed', 'out-of-sync', 'degraded']),
  /** In our own words, or the engine's message. */
  message: z.string(),
})
export type Difference = z.infer<typeof Difference>

export const Drift = z.strictObject({
  since: z.iso.datetime(),
  /** The commit of main, or the revision of an engine, that was looked at. */
  at: z.string().nullable(),
  differences: z.array(Difference),
  more: z.int().min(0),
  /** Of what was made by hand in Git: a request that names it as `overwrite` replaces exactly that. Null: nothing was. */
  digest: Digest.nullable(),
  simulated: z.boolean(),
})
export type Drift = z.infer<typeof Drift>

/** What was made by hand in the tenant's repository, whose ever it is. */
export const RepositoryDrift = z.strictObject({
  /** When main was last looked at; null: not yet. */
  lookedAt: z.iso.datetime().nullable(),
  main: GitSha.nullable(),
  /** Commits on main that no change of Phoenix made and that something differs by. */
  commits: z.array(z.strictObject({ sha: GitSha, title: z.string() })),
  differences: z.array(
    z.strictObject({
      ...Difference.shape,
      /** Whose file it is; null where it is no resource's. */
      resource: z.string().nullable(),
    }),
  ),
  /** Somebody else has moved `live`, which the clusters follow: to this commit, from where Phoenix left it. Null: nobody has. */
  live: z.strictObject({ moved: GitSha, left: GitSha }).nullable(),
  /** False when the forge did not list everything that differs. */
  complete: z.boolean(),
  /** How to undo it; null where nothing differs and all was listed. */
  fix: z.string().nullable(),
})
export type RepositoryDrift = z.infer<typeof RepositoryDrift>
