// What both engines' reports name in the same way: the repository, the commit, the leaf, and a message fit to be shown.
// Does not know either engine's payload; argocd.ts and flux.ts do.

/** A leaf directory's name, `60-smom-dbis-138`: two digits of wave, then a DNS label. */
export const LEAF_NAME = /^[0-9]{2}-[a-z0-9](?:[a-z0-9-]{0,59}[a-z0-9])?$/
/** The leaf of the tenant's own base: namespace, quota, policies. */
export const TENANT_LEAF = '10-tenant'

const REVISION = /^(?:[A-Za-z0-9._/-]{1,200}(?:@sha1:|\/))?([0-9a-f]{40})$/
const NAME_PART = /^[A-Za-z0-9_.-]{1,100}$/

/** The commit in `<sha>`, `live/<sha>` or `live@sha1:<sha>`; null for anything else. */
export const commitOf = (revision: string | null | undefined): string | null =>
  REVISION.exec(revision ?? '')?.[1] ?? null

/**
 * `owner/name` out of a Git address (`https://…/owner/name.git`, `ssh://git@…/owner/name`,
 * `git@host:owner/name.git`) or of `owner/name` itself; null when there is none in it.
 */
export const repositoryName = (address: string): string | null => {
  const path = address
    .replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*\//i, '')
    .replace(/^[^/@\s]+@[^/:\s]+:/, '')
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')
  const parts = path.split('/').slice(-2)
  const safe = parts.every((part) => NAME_PART.test(part) && part !== '.' && part !== '..')
  return parts.length === 2 && safe ? parts.join('/') : null
}

/** One line of at most 300 characters without control characters, for text a stand-in wrote itself. */
export const plainLine = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, 300)
