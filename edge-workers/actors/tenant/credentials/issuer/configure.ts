// Credential configurations: made, read, changed, withdrawn. What was issued by one stays as it is.
import { and, asc, count, eq, gt } from 'drizzle-orm'
import type {
  CredentialConfigurationView,
  CredentialDefinition,
  NewCredentialConfiguration,
  UpdateCredentialConfiguration,
} from '../../../../../schemas/credential.ts'
import type { Principal } from '../../../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../../../schemas/result.ts'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import type { Page, PageRequest, Versioned } from '../../../contracts.ts'
import { transaction } from '../../../database.ts'
import { pageOf } from '../../../page.ts'
import type { TenantContext, Tx } from '../../context.ts'
import type { Conditional, Keyed } from '../../operation-inputs.ts'
import { publishContract, updateContract } from '../entra/contract.ts'
import { abilitiesOf } from './abilities.ts'
import { definitionFaults, typeFaults } from './configuration-faults.ts'
import { type ConfigurationRow, configurationOf } from './configurations.ts'
import { issuerOf, issuerUrl, noteIssuer } from './issuer.ts'
import { digestOfSecret } from './secrets.ts'
import { configurationView } from './views.ts'

const { credentialConfigurations } = tables
type Shown = Result<Versioned<CredentialConfigurationView>>

/** All are in the metadata that every wallet reads. */
export const CONFIGURATIONS_AT_MOST = 100

const shown = (row: ConfigurationRow): Shown =>
  ok({ value: configurationView(row), version: row.version })

const byKey = (context: TenantContext, key: string): ConfigurationRow | undefined =>
  context.db
    .select()
    .from(credentialConfigurations)
    .where(eq(credentialConfigurations.idempotencyKey, key))
    .get()

const countAll = (context: TenantContext): number =>
  context.db.select({ all: count() }).from(credentialConfigurations).get()?.all ?? 0

const definitionOf = (body: NewCredentialConfiguration): CredentialDefinition => {
  const { display, claims, validitySeconds, batchSize } = body
  return { display, claims, validitySeconds, batchSize }
}

/** Why it is not made; null: it may be. */
const objection = (context: TenantContext, body: NewCredentialConfiguration) => {
  const abilities = abilitiesOf(context, body.driver)
  const errors = [
    ...typeFaults(body, context.env.PUBLIC_URL),
    ...definitionFaults(definitionOf(body), abilities),
  ]
  if (errors.length > 0) return refuse('invalid-parameters', { errors })
  if (abilities.unavailable !== null)
    return refuse('driver-unavailable', { detail: abilities.unavailable })
  if (configurationOf(context.db, body.name))
    return refuse('conflict', { detail: 'A configuration of this name exists, or did.' })
  return countAll(context) < CONFIGURATIONS_AT_MOST
    ? null
    : refuse('conflict', { detail: `A tenant has at most ${CONFIGURATIONS_AT_MOST}.` })
}

export const createConfiguration = async (
  context: TenantContext,
  who: Principal,
  { key: sent, fingerprint, body }: Keyed<NewCredentialConfiguration>,
): Promise<Shown> => {
  const issuer = await issuerOf(context)
  // A key is text of the sender's and may name him: its digest is kept.
  const key = digestOfSecret(context, 'idempotency-key', `${who.subject} ${sent}`)
  const again = (): Shown | null => {
    const earlier = byKey(context, key)
    if (!earlier) return null
    return earlier.fingerprint === fingerprint ? shown(earlier) : refuse('idempotency-key-reused')
  }
  const earlier = again()
  if (earlier) return earlier
  const refused = objection(context, body)
  if (refused) return refused
  const contract = body.driver === 'entra' ? await publishContract(context, body) : ok(null)
  if (!contract.ok) return contract
  const meanwhile = again() ?? objection(context, body)
  if (meanwhile) return meanwhile
  const at = context.now().toISOString()
  const own = `${issuerUrl(context.env, issuer.id)}/types/${body.name}`
  return transaction(context.db, (tx) => {
    const [row] = tx
      .insert(credentialConfigurations)
      .values({
        ...{ name: body.name, idempotencyKey: key, fingerprint, driver: body.driver },
        vct: body.driver === 'entra' ? null : (body.vct ?? own),
        ...{ type: body.type ?? null, definition: definitionOf(body), builtIn: false },
        ...{ remote: contract.value, state: 'active', createdAt: at, createdBy: who.subject },
        ...{ updatedAt: at, version: 1 },
      })
      .returning()
      .all()
    if (!row) throw new Error('the configuration was not written')
    noteIssuer(tx, { to: 'configured', actor: who.subject, at, reason: row.name })
    return shown(row)
  })
}

export const listConfigurations = async (
  context: TenantContext,
  _who: Principal,
  { limit, after }: PageRequest,
): Promise<Result<Page<CredentialConfigurationView>>> => {
  await issuerOf(context)
  const rows = context.db
    .select()
    .from(credentialConfigurations)
    .where(gt(credentialConfigurations.name, after ?? ''))
    .orderBy(asc(credentialConfigurations.name))
    .limit(limit + 1)
    .all()
  return ok(pageOf(rows, limit, ({ name }) => name, configurationView))
}

export const readConfiguration = async (
  context: TenantContext,
  _who: Principal,
  name: string,
): Promise<Shown> => {
  await issuerOf(context)
  const row = configurationOf(context.db, name)
  return row ? shown(row) : refuse('not-found')
}

const atVersion = (
  context: TenantContext,
  { id, ifVersion }: Pick<Conditional<null>, 'id' | 'ifVersion'>,
): Result<ConfigurationRow> => {
  const row = configurationOf(context.db, id)
  if (!row) return refuse('not-found')
  return ifVersion === '*' || ifVersion === row.version ? ok(row) : refuse('precondition-failed')
}

const write = (
  tx: Tx,
  before: ConfigurationRow,
  patch: Partial<Pick<ConfigurationRow, 'definition' | 'state'>>,
  { actor, at, to }: { actor: string; at: string; to: 'configured' | 'withdrawn' },
): Shown => {
  const { name, version } = credentialConfigurations
  const [row] = tx
    .update(credentialConfigurations)
    .set({ ...patch, updatedAt: at, version: before.version + 1 })
    .where(and(eq(name, before.name), eq(version, before.version)))
    .returning()
    .all()
  if (!row) return refuse('precondition-failed')
  noteIssuer(tx, { to, actor, at, reason: row.name })
  return shown(row)
}

const merged = (
  before: CredentialDefinition,
  { display, claims, validitySeconds, batchSize }: UpdateCredentialConfiguration,
): CredentialDefinition => ({
  display: display ?? before.display,
  claims: claims ?? before.claims,
  validitySeconds: validitySeconds ?? before.validitySeconds,
  batchSize: batchSize ?? before.batchSize,
})

export const updateConfiguration = async (
  context: TenantContext,
  who: Principal,
  { body, ...target }: Conditional<UpdateCredentialConfiguration>,
): Promise<Shown> => {
  await issuerOf(context)
  const found = atVersion(context, target)
  if (!found.ok) return found
  const row = found.value
  if (row.state === 'withdrawn') return refuse('conflict', { detail: 'It is withdrawn.' })
  if (row.builtIn && (body.claims !== undefined || body.batchSize !== undefined))
    return refuse('conflict', { detail: 'The platform’s own configurations keep their claims.' })
  const definition = merged(row.definition, body)
  const errors = definitionFaults(definition, abilitiesOf(context, row.driver))
  if (errors.length > 0) return refuse('invalid-parameters', { errors })
  if (row.driver === 'entra') {
    const told = await updateContract(context, row, definition)
    if (!told.ok) return told
  }
  const how = { actor: who.subject, at: context.now().toISOString(), to: 'configured' as const }
  return transaction(context.db, (tx) => write(tx, row, { definition }, how))
}

export const withdrawConfiguration = async (
  context: TenantContext,
  who: Principal,
  target: Conditional<null>,
): Promise<Shown> => {
  await issuerOf(context)
  const found = atVersion(context, target)
  if (!found.ok) return found
  const row = found.value
  if (row.builtIn) return refuse('conflict', { detail: 'The platform’s own configurations stay.' })
  if (row.state === 'withdrawn') return shown(row)
  const how = { actor: who.subject, at: context.now().toISOString(), to: 'withdrawn' as const }
  return transaction(context.db, (tx) => write(tx, row, { state: 'withdrawn' }, how))
}
