// Machines that were removed here while their script was out, and that it may still connect: until its token is over.
import { and, eq, gt, isNull } from 'drizzle-orm'
import { ONBOARDING_DAYS } from '../../../../../schemas/arc-machine.ts'
import * as tables from '../../../../../schemas/tables/tenant.ts'

const { arcMachines } = tables
const DAY = 24 * 60 * 60_000

export const mayStillCome = (now: Date) =>
  and(
    eq(arcMachines.state, 'removed'),
    isNull(arcMachines.remote),
    gt(arcMachines.downloadedAt, new Date(now.getTime() - ONBOARDING_DAYS * DAY).toISOString()),
  )
