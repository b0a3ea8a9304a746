// What owners do with the issuer itself: read it and name it. Its keys are in rotate.ts.
import type { IssuerIdentityView, UpdateIssuer } from '../../../../../schemas/credential.ts'
import type { Principal } from '../../../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../../../schemas/result.ts'
import type { Versioned } from '../../../contracts.ts'
import { transaction } from '../../../database.ts'
import type { TenantContext } from '../../context.ts'
import type { Conditional } from '../../operation-inputs.ts'
import { type IssuerRow, issuerOf, noteIssuer, readIssuer } from './issuer.ts'
import { issuerView } from './views.ts'

type Shown = Result<Versioned<IssuerIdentityView>>

const shown = (context: TenantContext, row: IssuerRow): Shown =>
  ok({ value: issuerView(context, row), version: row.version })

export const readOwnIssuer = async (context: TenantContext): Promise<Shown> =>
  shown(context, await issuerOf(context))

export const updateIssuer = async (
  context: TenantContext,
  who: Principal,
  { ifVersion, body }: Conditional<UpdateIssuer>,
): Promise<Shown> => {
  await issuerOf(context)
  const at = context.now().toISOString()
  const changed = transaction(context.db, (tx) => {
    const row = readIssuer(tx)
    if (!row || (ifVersion !== '*' && ifVersion !== row.version)) return null
    if (Object.keys(body).length === 0) return row
    return noteIssuer(tx, { to: 'changed', actor: who.subject, at, patch: body })
  })
  return changed ? shown(context, changed) : refuse('precondition-failed')
}
