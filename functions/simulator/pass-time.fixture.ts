import { vi } from 'vitest'
import type { TenantWorld } from './tenant-world.ts'

/** Lets so many milliseconds pass, and its alarms ring when they are due. Needs vitest's false Date. */
export const passTime = async (
  { tenants, tenantId, settle }: Pick<TenantWorld, 'tenants' | 'tenantId' | 'settle'>,
  milliseconds: number,
): Promise<void> => {
  const until = Date.now() + milliseconds
  for (;;) {
    const due = tenants.alarmOf(tenantId)
    if (due === null || due > until) break
    vi.setSystemTime(Math.max(due, Date.now()))
    await settle()
  }
  vi.setSystemTime(until)
}
