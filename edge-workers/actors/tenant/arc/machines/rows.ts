// Rows of machines in Arc: how they are found and shown, and the one way in which one takes a step.
import { and, eq } from 'drizzle-orm'
import {
  type ArcMachineState,
  type ArcMachineView,
  OFFLINE_DAYS_AT_MOST,
} from '../../../../../schemas/arc-machine.ts'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import type { Versioned } from '../../../contracts.ts'
import { type Db, enqueue, record, StaleChange, type Tx } from '../../context.ts'
import { findScope } from '../scope.ts'

const { arcMachines } = tables
export type MachineRow = typeof arcMachines.$inferSelect

/** Of all machines together: it stands in the place of one's id in the outbox. */
export const MACHINES = 'amc'
export const readAgain = (tx: Tx, at: number): void => enqueue(tx, 'read-arc', MACHINES, at)

export const findMachine = (on: Db | Tx, id: string): MachineRow | undefined =>
  on.select().from(arcMachines).where(eq(arcMachines.id, id)).get()

const NEXT: Record<ArcMachineState, (row: MachineRow) => string> = {
  waiting: ({ linkExpiresAt }) =>
    `Run the command of its link on the machine until ${linkExpiresAt}. Where it was lost: POST …/links.`,
  downloaded: () =>
    'Its script is out. Azure shows the machine some minutes after it ran; where it did not run: POST …/links.',
  connected: () => 'Its agent is connected; there is nothing to do.',
  disconnected: () =>
    `Azure does not hear from its agent, and gives it up after ${OFFLINE_DAYS_AT_MOST} days. Look at it with: azcmagent show.`,
  error: () => 'Its agent reports errors. Look at it with: azcmagent show.',
  expired: ({ remote }) =>
    remote === null
      ? 'Its script did not connect it in time: POST …/links for another.'
      : 'Azure has given it up: remove it, run "azcmagent disconnect --force-local-only" there, and register it anew.',
  removing: ({ fault }) =>
    fault === null
      ? 'Azure has not said yet that it is gone.'
      : `Azure does not remove it (${fault}). Correct what it names; it is asked again.`,
  removed: ({ downloadedAt, remote }) =>
    downloadedAt !== null && remote === null
      ? 'Not in Azure. What its script connects within a day of its download is removed from there as well.'
      : 'Gone from Azure. On the machine the agent stays: "azcmagent disconnect --force-local-only", then remove the package azcmagent.',
}

const resourceIdOf = (on: Db | Tx, name: string): string => {
  const { subscriptionId, resourceGroup } = findScope(on) ?? {
    subscriptionId: '',
    resourceGroup: '',
  }
  return `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.HybridCompute/machines/${name}`
}

export const machineView = (on: Db | Tx, row: MachineRow): ArcMachineView => ({
  ...{ id: row.id, name: row.name, kind: row.kind, about: row.about, tags: row.tags },
  ...{ state: row.state, linkExpiresAt: row.linkExpiresAt, downloadedAt: row.downloadedAt },
  resourceId: resourceIdOf(on, row.name),
  ...{ remote: row.remote, readAt: row.readAt, fault: row.fault },
  ...{ createdAt: row.createdAt, updatedAt: row.updatedAt },
  next: NEXT[row.state](row),
})

export const versionedView = (on: Db | Tx, row: MachineRow): Versioned<ArcMachineView> => ({
  ...{ value: machineView(on, row), version: row.version },
})

export interface MachineStep {
  /** Pseudonym of who causes it; `link` for whoever holds one, `phoenix` for the system. */
  actor: string
  at: string
  /** Words of ours. */
  reason?: string | null
  patch?: Partial<
    Pick<
      MachineRow,
      'linkDigest' | 'linkExpiresAt' | 'downloadedAt' | 'remote' | 'removal' | 'fault'
    >
  >
}

/** One step in the caller's transaction: row, event and leaf together. The same state is a note. Throws where the row has moved. */
export const move = (
  tx: Tx,
  row: MachineRow,
  to: ArcMachineState,
  { actor, at, reason = null, patch = {} }: MachineStep,
): MachineRow => {
  const version = row.version + 1
  const [after] = tx
    .update(arcMachines)
    .set({ ...patch, state: to, version, updatedAt: at })
    .where(and(eq(arcMachines.id, row.id), eq(arcMachines.version, row.version)))
    .returning()
    .all()
  if (!after) throw new StaleChange()
  record(tx, { changeId: row.id, version, from: row.state, to, reason, actor, at })
  return after
}

export const NO_LINK = { linkDigest: null, linkExpiresAt: null } as const
