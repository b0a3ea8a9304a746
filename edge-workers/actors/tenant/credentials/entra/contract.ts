// The contract behind a configuration at Microsoft Entra Verified ID: what is issued there, and how it looks. The first one of a
// tenant makes its authority as well.
import type {
  CredentialDefinition,
  NewCredentialConfiguration,
} from '../../../../../schemas/credential.ts'
import { ok, type Result, refuse } from '../../../../../schemas/result.ts'
import type {
  EntraAuthority,
  ReviseContract,
  VerifiedId,
} from '../../../../../schemas/verified-id.ts'
import type { TenantContext } from '../../context.ts'
import type { ConfigurationRow } from '../issuer/configurations.ts'
import { type IssuerRow, issuerOf } from '../issuer/issuer.ts'
import { entraDomain, notConnected, refusedByEntra, verifiedIdOf } from './connect.ts'
import { authorityIn } from './documents.ts'
import { linkDomain } from './linked-domain.ts'

export type EntraRemote = NonNullable<ConfigurationRow['remote']>

const LOCALE = 'en-US'
const COLORS = { background: '#1f2937', text: '#ffffff' }

/** Claims at Entra are names with texts, and nothing inside them. */
const faultsOf = ({ claims }: Pick<CredentialDefinition, 'claims'>): Result<null> => {
  const errors = claims.flatMap(({ path }, at) =>
    path.length === 1
      ? []
      : [{ pointer: `/claims/${at}/path`, detail: 'Entra Verified ID has claims of one name.' }],
  )
  return errors.length === 0 ? ok(null) : refuse('invalid-parameters', { errors })
}

const textOf = (
  { name: issuedBy }: Pick<IssuerRow, 'name'>,
  type: string,
  { display, claims, validitySeconds }: CredentialDefinition,
): Omit<ReviseContract, 'authorityId' | 'contractId'> => ({
  ...{ type, issuedBy, validitySeconds },
  claims: claims.map(({ path: [name = ''], mandatory = false, display: labels = [] }) => ({
    ...{ name, required: mandatory },
    labels: labels.map(({ name: label, locale = LOCALE }) => ({ label, locale })),
  })),
  displays: display.map((shown) => ({
    ...{ locale: shown.locale ?? LOCALE, title: shown.name, description: shown.description ?? '' },
    backgroundColor: shown.background_color ?? COLORS.background,
    textColor: shown.text_color ?? COLORS.text,
    logo: shown.logo
      ? { uri: shown.logo.uri, description: shown.logo.alt_text ?? shown.name }
      : null,
  })),
})

/** The tenant's own, made where there is none. Throws Outage. */
export const ensureAuthority = async (
  context: TenantContext,
  ask: VerifiedId,
): Promise<Result<EntraAuthority>> => {
  const { id } = await issuerOf(context)
  const made = await ask('authority', `authority-${id}`, {
    ...{ name: `phoenix-${id}`, linkedDomainUrl: entraDomain(context) },
  })
  return made.ok ? ok(made.value) : refusedByEntra(made.fault, 'authority')
}

/** Makes it, or finds it by its name. Throws Outage. */
export const publishContract = async (
  context: TenantContext,
  body: NewCredentialConfiguration,
): Promise<Result<EntraRemote>> => {
  const ask = verifiedIdOf(context)
  if (!ask) return notConnected(context)
  const fits = faultsOf(body)
  if (!fits.ok) return fits
  const issuer = await issuerOf(context)
  const authority = await ensureAuthority(context, ask)
  if (!authority.ok) return authority
  const { id: authorityId, did } = authority.value
  const name = `${issuer.id}-${body.name}`
  const text = textOf(issuer, body.type ?? '', body)
  const made = await ask('contract', `contract-${name}`, { authorityId, name, ...text })
  if (!made.ok) return refusedByEntra(made.fault, 'contract')
  // It may be there from a request whose answer was lost, with what that one said.
  const { contractId } = made.value
  const said = await ask('revise', `revise-${name}`, { authorityId, contractId, ...text })
  if (!said.ok) return refusedByEntra(said.fault, 'contract')
  // Issued is without it too, with a warning of the wallet: whoever verifies the domain is told why it cannot be.
  if (authorityIn(context.db) === null) await linkDomain(context, { authorityId, did })
  return ok({ ...made.value, authorityId, did })
}

export const updateContract = async (
  context: TenantContext,
  row: ConfigurationRow,
  definition: CredentialDefinition,
): Promise<Result<null>> => {
  const ask = verifiedIdOf(context)
  if (!ask || !row.remote) return notConnected(context)
  const fits = faultsOf(definition)
  if (!fits.ok) return fits
  const { authorityId, contractId } = row.remote
  const text = textOf(await issuerOf(context), row.type ?? '', definition)
  const said = await ask('revise', `revise-${row.name}-${row.version}`, {
    ...{ authorityId, contractId, ...text },
  })
  return said.ok ? ok(null) : refusedByEntra(said.fault, 'contract')
}
