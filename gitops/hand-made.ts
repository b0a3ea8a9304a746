// What somebody changed in Git by hand is never written over unseen: a plan that would is blocked, until whoever asks confirms
// exactly what goes; then the plan, and so the pull request, says it. Pure.
import type { Finding, PlannedFile } from '../schemas/plan.ts'
import type { Snapshot } from '../schemas/snapshot.ts'
import { finding } from './finding.ts'

/** One finding for each file of the plan that was changed by hand on main. */
export const judgeHandMade = (
  planned: readonly Pick<PlannedFile, 'path'>[],
  { handMade }: Pick<Snapshot, 'handMade'>,
): Finding[] => {
  if (!handMade) return []
  const { files, confirmed } = handMade
  const byHand = new Map(files.map((file) => [file.path, file]))
  return planned.flatMap(({ path }) => {
    const made = byHand.get(path)
    if (!made) return []
    const what = made.blob === null ? 'taken away' : 'changed'
    return confirmed
      ? [
          finding(
            'GIT-OVERWRITES-BY-HAND',
            `This file was ${what} by hand; the change replaces that.`,
            {
              file: path,
            },
          ),
        ]
      : [
          finding('GIT-CHANGED-BY-HAND', `This file was ${what} by hand on main.`, {
            ...{ pointer: '/overwrite', file: path },
          }),
        ]
  })
}

/**
 * What stands under a name as main really holds it, so that the plan writes each of these files anew: what was changed
 * equals nothing, what was taken away is not there, what was put beside it is taken away.
 */
export const asMainHolds = (
  standing: Snapshot['standing'],
  files: readonly { path: string; blob: string | null }[],
): Snapshot['standing'] => {
  const byHand = new Set(files.map(({ path }) => path))
  return [
    ...standing.filter(({ path }) => !byHand.has(path)),
    ...files.flatMap(({ path, blob }) => (blob === null ? [] : [{ path, digest: `git:${blob}` }])),
  ].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
}
