// Decisions about who belongs to a tenant, one after the other: they wait for the Directory, and two owners who remove each
// other at once must not both be gone.
import type { Principal } from '../../../../schemas/principal.ts'
import { type Result, refuse } from '../../../../schemas/result.ts'
import type { TenantContext } from '../context.ts'
import { findMember } from './members.ts'

const turns = new WeakMap<TenantContext, Promise<unknown>>()

/** Whether the member who asked is still what he was at the door. Whoever is no member here has nothing to lose here. */
const stands = ({ db }: TenantContext, { subject, roles }: Principal): boolean => {
  const row = findMember(db, subject)
  return !row || (row.state === 'active' && roles.every((role) => row.roles.includes(role)))
}

export const inTurn = <Output>(
  context: TenantContext,
  run: () => Promise<Output>,
): Promise<Output> => {
  const turn = (turns.get(context) ?? Promise.resolve()).then(run)
  turns.set(
    context,
    turn.catch(() => undefined),
  )
  return turn
}

export const inTurnOfPeople =
  <Input, Output>(
    run: (context: TenantContext, who: Principal, input: Input) => Promise<Result<Output>>,
  ) =>
  (context: TenantContext, who: Principal, input: Input): Promise<Result<Output>> =>
    inTurn(context, async () =>
      stands(context, who) ? run(context, who, input) : refuse('unauthenticated'),
    )
