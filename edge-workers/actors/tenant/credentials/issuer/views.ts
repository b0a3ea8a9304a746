// The issuer and its configurations as the API shows them.
import { asc, eq } from 'drizzle-orm'
import type {
  CredentialConfigurationView,
  IssuerIdentityView,
} from '../../../../../schemas/credential.ts'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import { pemOf } from '../../../../credentials/certificates.ts'
import { isLaptop } from '../../../../env.ts'
import type { TenantContext } from '../../context.ts'
import { driversOf } from './abilities.ts'
import type { ConfigurationRow } from './configurations.ts'
import { didOf } from './did.ts'
import { derOf, type IssuerRow, issuerUrl, rootOf } from './issuer.ts'

const { issuerKeys } = tables

export const issuerView = (context: TenantContext, row: IssuerRow): IssuerIdentityView => {
  const { id, name, compat, linkSchemes, keptBy, version } = row
  const url = issuerUrl(context.env, id)
  const now = context.now().toISOString()
  const keys = context.db
    .select()
    .from(issuerKeys)
    .where(eq(issuerKeys.use, 'sign'))
    .orderBy(asc(issuerKeys.createdAt), asc(issuerKeys.kid))
    .all()
  return {
    ...{ id, url, name, did: didOf(url), compat, linkSchemes },
    root: pemOf(derOf(rootOf(context.db))),
    keys: keys.map(({ kid, state, createdAt, certificateUntil, retiredAt, verifiesUntil }) => ({
      ...{ kid, createdAt, certificateUntil, verifiesUntil: retiredAt ?? verifiesUntil },
      state: verifiesUntil !== null && verifiesUntil <= now ? 'retired' : state,
    })),
    ...{ keptBy, keptBySimulated: keptBy === 'functions' && isLaptop(context.env) },
    ...{ drivers: driversOf(context), version },
  }
}

export const configurationView = (row: ConfigurationRow): CredentialConfigurationView => ({
  ...{ name: row.name, driver: row.driver },
  format: row.driver === 'entra' ? 'jwt_vc_json' : 'dc+sd-jwt',
  ...{ vct: row.vct, type: row.type, ...row.definition, builtIn: row.builtIn, state: row.state },
  ...{ createdAt: row.createdAt, updatedAt: row.updatedAt, version: row.version },
})
