// Where a browser goes on that comes back from a wallet on the same device.
import type { TenantContext } from '../../context.ts'
import type { RequestRow } from '../presentations/rows.ts'

/** A path of the console; null: the holder's own page of the request. */
export const wayBackOf = (
  { tenant }: TenantContext,
  { id, kind, about }: Pick<RequestRow, 'id' | 'kind' | 'about'>,
): string | null => {
  if (kind === 'sign-in') return `/sign-in/credential/${tenant().slug}/${id}`
  return about === null ? null : `/changes/${about.changeId}/approval-requests/${id}`
}
