// Freezes as leaves of the platform tenant's log, and who may vote to lift one.
import { and, asc, desc, eq, inArray, lt } from 'drizzle-orm'
import { ok, type Result } from '../../../../schemas/result.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { transaction } from '../../database.ts'
import { lastVersion, record, type TenantContext } from '../context.ts'
import type { OperationRows } from '../operation.ts'
import type { FreezeOperations, NoteFreeze } from './contracts.ts'

interface Happened {
  from: string
  to: string
  actor: string
  at: string
  reason: string | null
}

/** All that happened to a freeze, in order: its place in this list is its version. */
const stepsOf = ({ reason, by, at, liftedAt, lifts }: NoteFreeze): Happened[] => [
  { from: 'none', to: 'frozen', actor: by, at, reason },
  ...lifts.map((lift) => ({
    ...{ from: 'frozen', to: 'lift_asked', actor: lift.by, at: lift.at, reason: null },
  })),
  ...(liftedAt === null
    ? []
    : [{ from: 'frozen', to: 'lifted', actor: 'phoenix', at: liftedAt, reason: null }]),
]

const note = (context: TenantContext, freeze: NoteFreeze): Result<null> => {
  const steps = stepsOf(freeze)
  transaction(context.db, (tx) => {
    const last = lastVersion(tx, freeze.id)
    for (const [index, step] of steps.entries()) {
      const version = index + 1
      if (version > last) record(tx, { changeId: freeze.id, version, ...step })
    }
    return null
  })
  context.changed()
  return ok(null)
}

const ROLES_TOLD = ['joined', 'changed']

/** By the last step before then that tells his roles; of members older than such steps, by being there. */
const wasOperator = ({ db }: TenantContext, member: string, since: string): boolean => {
  const { changeId, at, to, seq } = tables.transitions
  const told = db
    .select({ roles: tables.transitions.reason })
    .from(tables.transitions)
    .where(and(eq(changeId, member), lt(at, since), inArray(to, ROLES_TOLD)))
    .orderBy(desc(seq))
    .all()
    .find(({ roles }) => roles !== null)
  return told === undefined || (told.roles ?? '').split(' ').includes('operator')
}

const voters = (context: TenantContext, since: string): string[] => {
  const { members } = tables
  return context.db
    .select({ id: members.id, roles: members.roles })
    .from(members)
    .where(
      and(eq(members.state, 'active'), eq(members.kind, 'person'), lt(members.createdAt, since)),
    )
    .orderBy(asc(members.id))
    .all()
    .filter(({ id, roles }) => roles.includes('operator') && wasOperator(context, id, since))
    .map(({ id }) => id)
}

export const freezeOperations: OperationRows<FreezeOperations> = {
  'freeze.note': { action: 'freeze.set', run: (context, _, freeze) => note(context, freeze) },
  'freeze.voters': {
    action: 'platform.write',
    run: (context, _, { since }) => ok(voters(context, since)),
  },
}
