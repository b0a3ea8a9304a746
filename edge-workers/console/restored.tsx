// What people read after a restore that may have lost something, on the pages of what it is about.
import type { RestoreStanding } from '../../schemas/backup.ts'
import { countOf, minute } from './text.tsx'

export const Restored = ({ standing: { at, words, setAside } }: { standing: RestoreStanding }) => (
  <div class="note warn">
    <p>
      <strong>Restored from a backup</strong> {minute(at)}: {words}. Roles that were changed,
      members who left and tokens that were revoked between the backup and the loss are not known
      here: look through them.
    </p>
    {setAside.tokens + setAside.workloads > 0 ? (
      <p>
        Set aside until an owner confirms them: {countOf(setAside.tokens, 'token')} and{' '}
        {countOf(setAside.workloads, 'workload')}. Open invitations from before are closed.
      </p>
    ) : null}
  </div>
)
