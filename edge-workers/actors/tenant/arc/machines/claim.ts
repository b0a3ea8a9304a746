// The one download of a machine's script. Claimed first, in one transaction: of many who come at once one gets it. Then the Functions
// make the token. Where they say that they did not, the link counts again; where nobody knows, it is spent.
import { eq } from 'drizzle-orm'
import { machineVerbs } from '../../../../../schemas/arc-machine.ts'
import { Denied, Outage, ok, type Result, refuse } from '../../../../../schemas/result.ts'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import { deriveKey, equalInConstantTime, hex, hmacSha256 } from '../../../../digest.ts'
import { isLaptop } from '../../../../env.ts'
import { transaction } from '../../../database.ts'
import { refuseOutage } from '../../../outage.ts'
import { askAzure } from '../../azure.ts'
import { isFromBefore } from '../../backup/aside.ts'
import type { Db, TenantContext, Tx } from '../../context.ts'
import { placeOf, scopeOf } from '../scope.ts'
import { findMachine, type MachineRow, move, NO_LINK, readAgain } from './rows.ts'
import { onboardingText } from './script.ts'
import type { ArcMachineWalletCalls } from './wallet-contracts.ts'

const { arcMachines } = tables
const SERVICE = 'Azure Arc'
/** The agent needs a moment. */
const FIRST_LOOK_MS = 15_000
/** Whoever has the link is no member. */
const ACTOR = 'link'

/** None where the tenant is suspended or going, and none from before a restore, which does not know whether it was used. */
const findByLink = (
  context: TenantContext,
  on: Db | Tx,
  linkDigest: string,
): MachineRow | undefined => {
  const row = on.select().from(arcMachines).where(eq(arcMachines.linkDigest, linkDigest)).get()
  const good =
    row?.state === 'waiting' &&
    equalInConstantTime(row.linkDigest ?? '', linkDigest) &&
    Date.parse(row.linkExpiresAt ?? '') > context.now().getTime() &&
    !isFromBefore(on, { createdAt: row.updatedAt }) &&
    context.tenant().state === 'active'
  return good ? row : undefined
}

export const lookAtLink = (
  context: TenantContext,
  { linkDigest }: ArcMachineWalletCalls['arc-machines.look']['input'],
): Result<ArcMachineWalletCalls['arc-machines.look']['output']> => {
  const row = findByLink(context, context.db, linkDigest)
  if (!row) return refuse('not-found')
  const { name, linkExpiresAt } = row
  return ok({ name, expiresAt: linkExpiresAt ?? '', simulated: isLaptop(context.env) })
}

const claim = (context: TenantContext, linkDigest: string) =>
  transaction(context.db, (tx): { before: MachineRow; row: MachineRow } | null => {
    const before = findByLink(context, tx, linkDigest)
    if (!before) return null
    const now = context.now()
    const at = now.toISOString()
    const patch = { ...NO_LINK, downloadedAt: at }
    const row = move(tx, before, 'downloaded', { actor: ACTOR, at, patch })
    readAgain(tx, now.getTime() + FIRST_LOOK_MS)
    return { before, row }
  })

/** Unless something else has become of it meanwhile. */
const giveBack = ({ db, now }: TenantContext, before: MachineRow, claimed: MachineRow): void =>
  transaction(db, (tx) => {
    const row = findMachine(tx, claimed.id)
    if (row?.version !== claimed.version) return
    const { linkDigest, linkExpiresAt, downloadedAt } = before
    move(tx, row, 'waiting', {
      ...{ actor: 'phoenix', at: now().toISOString(), reason: 'Azure gave no token' },
      patch: { linkDigest, linkExpiresAt, downloadedAt },
    })
    readAgain(tx, Date.parse(linkExpiresAt ?? ''))
  })

/** The Functions answered, and have made none. Whoever does not answer may have. */
const isDefinite = (error: unknown): boolean =>
  error instanceof Denied || (error instanceof Outage && error.port === SERVICE)

const NOBODY_ONBOARDS = refuse('conflict', {
  detail:
    'No identity onboards machines in this tenant’s resource group yet: an operator of this installation names one (ARC_ONBOARDING in the runbook). The link still counts.',
})

const SPENT = refuse('outage', {
  detail:
    'It is not known whether the token was made, so this link is spent. Make another one for the machine.',
  retryAfterSeconds: 5,
})

/** A function of the machine and the download: what Azure notes beside the agent's calls (a UUID by its look, RFC 9562 §5.8). */
const correlationIdOf = ({ env }: TenantContext, { id, version }: MachineRow): string => {
  const digits = hex(hmacSha256(deriveKey(env.PLATFORM_KEY, 'arc-correlation'), `${id} ${version}`))
  const [a, b, c, d, e] = [
    ...[digits.slice(0, 8), digits.slice(8, 12), `8${digits.slice(13, 16)}`],
    ...[`8${digits.slice(17, 20)}`, digits.slice(20, 32)],
  ]
  return `${a}-${b}-${c}-${d}-${e}`
}

/** Refuses with `not-found` whatever is wrong with the link. */
export const claimScript = async (
  context: TenantContext,
  { linkDigest, format }: ArcMachineWalletCalls['arc-machines.claim']['input'],
): Promise<Result<{ text: string }>> => {
  const scope = scopeOf(context.db)
  const claimed = scope.ok ? claim(context, linkDigest) : null
  if (!scope.ok || !claimed) return refuse('not-found')
  const { before, row } = claimed
  try {
    const ask = askAzure(context, SERVICE, machineVerbs)
    const place = placeOf(scope.value)
    const minted = await ask('mint', `arc-mint ${row.id} ${row.version}`, { place })
    if (!minted.ok) {
      giveBack(context, before, row)
      if (minted.fault.fault === 'absent') return NOBODY_ONBOARDS
      return refuse('outage', { detail: `${SERVICE} gave no token; the link still counts.` })
    }
    const { subscriptionId, resourceGroup, location, entraTenantId } = scope.value
    const text = onboardingText(
      {
        ...{ id: row.id, name: row.name, tags: row.tags, ...minted.value },
        scope: { subscriptionId, resourceGroup, location, entraTenantId },
        correlationId: correlationIdOf(context, row),
        simulated: isLaptop(context.env),
      },
      format,
    )
    return ok({ text })
  } catch (error) {
    if (!isDefinite(error)) return SPENT
    giveBack(context, before, row)
    return refuseOutage(error) ?? SPENT
  }
}
