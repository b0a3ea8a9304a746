// Who may offer the platform's own credentials to whom: by them somebody signs in and approves, so nobody gives more than he may
// give as a role.
import type { Principal } from '../../../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../../../schemas/result.ts'
import type { TenantContext } from '../../context.ts'
import type { Operation } from '../../operation.ts'
import { findMember, mayManage } from '../../people/members.ts'
import type { IssuanceOperations } from '../issuance/contracts.ts'
import { findOffer } from '../issuance/rows.ts'
import { configurationOf } from '../issuer/configurations.ts'

type Input<Name extends keyof IssuanceOperations> = IssuanceOperations[Name]['input']
type Run<Name extends keyof IssuanceOperations> = Operation<
  Input<Name>,
  IssuanceOperations[Name]['output']
>['run']

interface Wanted {
  configurations: readonly string[]
  member?: string | null | undefined
}

/** Whether what is offered, and to whom, is there at all is asked elsewhere. */
const mayOffer = (
  { db }: TenantContext,
  who: Principal,
  { configurations, member }: Wanted,
): Result<null> => {
  const own = configurations.some((name) => configurationOf(db, name)?.builtIn === true)
  const row = own && member != null ? findMember(db, member) : undefined
  return row && row.id !== who.subject && !mayManage(who, row)
    ? refuse('forbidden', {
        detail:
          'Only an owner offers this to owners and approvers: whoever presents it is taken for them.',
      })
    : ok(null)
}

export const ifMayOffer =
  (run: Run<'offers.create'>): Run<'offers.create'> =>
  (context, who, input) => {
    const may = mayOffer(context, who, input.body)
    return may.ok ? run(context, who, input) : may
  }

export const ifMayRenew =
  (run: Run<'offers.renew'>): Run<'offers.renew'> =>
  (context, who, input) => {
    const before = findOffer(context.db, input.id)
    const may = before ? mayOffer(context, who, before) : ok(null)
    return may.ok ? run(context, who, input) : may
  }
