// Planted bugs of the platform's log on its way to the branch where it is published.
import { at, bug, type Planted } from './planted-bug.ts'

export const PUBLISHED: Planted[] = [
  bug(
    'log -> platform',
    'what was published is neither remembered nor looked for',
    {},
    at(
      'gitops/log/branch.ts',
      'const there = before ? await forge.readBlob(CHECKPOINT_PATH, before.sha) : null\n  if',
      'const there = null as string | null\n  if',
    ),
    at(
      'edge-workers/actors/log/publish.ts',
      'db.update(checkpoints).set({ commit: done.value.commit }).where(eq(checkpoints.size, size)).run()',
      'void done',
    ),
  ),
  bug(
    'log -> platform',
    'a checkpoint whose publishing was not answered is taken for a stranger’s',
    {
      by: { test: 'edge-workers/actors/log/crash.test.ts', named: 'an error after publishLog' },
    },
    at(
      'edge-workers/actors/log/publish.ts',
      'rows(gte(checkpoints.size, last)).find(isIt) ?? rows(',
      'rows(',
    ),
  ),
]
