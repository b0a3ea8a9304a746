// A machine is registered, and gets a link to its script; later another link, while Azure does not have it.
import { and, count, eq, notInArray, sql } from 'drizzle-orm'
import {
  ARC_MACHINES_AT_MOST,
  type ArcMachineState,
  type MadeArcMachine,
} from '../../../../../schemas/arc-machine.ts'
import type { Principal } from '../../../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../../../schemas/result.ts'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import { fromBase64url } from '../../../../base64.ts'
import { base32 } from '../../../../digest.ts'
import type { Versioned } from '../../../contracts.ts'
import { transaction } from '../../../database.ts'
import { record, type TenantContext, type Tx } from '../../context.ts'
import { digestOfSecret } from '../../credentials/issuer/secrets.ts'
import { scopeOf } from '../scope.ts'
import type { ArcMachineOperations } from './contracts.ts'
import { makeLink, type NewLink } from './link.ts'
import { findMachine, type MachineRow, machineView, move, readAgain } from './rows.ts'

const { arcLinks, arcMachines } = tables
type Made = Result<Versioned<MadeArcMachine>>

const keyed = (context: TenantContext, purpose: string, text: string): string =>
  digestOfSecret(context, `arc-machine-${purpose}`, text)

const made = (tx: Tx, row: MachineRow, link: NewLink | null): Made =>
  ok({
    value: { machine: machineView(tx, row), link: link?.shown ?? null },
    version: row.version,
  })

const OVER: ArcMachineState[] = ['removed']
const nameTaken = (tx: Tx, name: string): boolean =>
  tx
    .select({ id: arcMachines.id })
    .from(arcMachines)
    .where(
      and(
        sql`lower(${arcMachines.name}) = ${name.toLowerCase()}`,
        notInArray(arcMachines.state, OVER),
      ),
    )
    .get() !== undefined

const full = (tx: Tx): boolean =>
  (tx.select({ n: count() }).from(arcMachines).where(notInArray(arcMachines.state, OVER)).get()
    ?.n ?? 0) >= ARC_MACHINES_AT_MOST

const judge = (tx: Tx, name: string): Result<null> => {
  const scope = scopeOf(tx)
  if (!scope.ok) return scope
  if (full(tx))
    return refuse('conflict', {
      detail: `A tenant has at most ${ARC_MACHINES_AT_MOST} machines in Arc.`,
    })
  if (!nameTaken(tx, name)) return ok(null)
  const detail = 'A machine of this name is registered already: names are of the resource group.'
  return refuse('conflict', { detail, errors: [{ pointer: '/name', detail }] })
}

/** The same key gives the same machine, and its link to nobody a second time. */
export const registerMachine = (
  context: TenantContext,
  who: Principal,
  { key, fingerprint, body }: ArcMachineOperations['arc-machines.create']['input'],
): Made => {
  const id = `amc_${base32(fromBase64url(keyed(context, 'id', key)), 26)}`
  const print = keyed(context, 'request', fingerprint)
  return transaction(context.db, (tx): Made => {
    const earlier = findMachine(tx, id)
    if (earlier)
      return earlier.fingerprint === print
        ? made(tx, earlier, null)
        : refuse('idempotency-key-reused')
    const judged = judge(tx, body.name)
    if (!judged.ok) return judged
    const link = makeLink(context)
    const at = context.now().toISOString()
    const { expiresAt } = link.shown
    const [row] = tx
      .insert(arcMachines)
      .values({
        ...{ id, name: body.name, kind: body.kind, about: body.about ?? null, tags: body.tags },
        ...{ state: 'waiting', linkDigest: link.linkDigest, linkExpiresAt: expiresAt },
        ...{ requestKey: keyed(context, 'key', key), fingerprint: print },
        ...{ createdBy: who.subject, createdAt: at, updatedAt: at, version: 1 },
      })
      .returning()
      .all()
    if (!row) throw new Error('the machine was not written')
    record(tx, {
      ...{ changeId: id, version: 1, from: 'none', to: 'waiting', reason: null },
      ...{ actor: who.subject, at },
    })
    readAgain(tx, Date.parse(expiresAt))
    return made(tx, row, link)
  })
}

const inAzure: Partial<Record<ArcMachineState, string>> = {
  connected: 'It is connected.',
  disconnected: 'It is in Azure, and its agent does not answer: look at it there.',
  error: 'It is in Azure, and its agent reports errors: look at it there.',
  removing: 'It is being removed.',
  removed: 'It was removed: register it anew.',
}

const mayHaveLink = ({ state, remote }: MachineRow): Result<null> => {
  const given = state === 'expired' && remote !== null
  const detail = given ? 'Azure has given it up: remove it, and register it anew.' : inAzure[state]
  return detail === undefined ? ok(null) : refuse('conflict', { detail })
}

/** The link before it ends with this. A repeat under the same key makes none. */
export const renewLink = (
  context: TenantContext,
  who: Principal,
  { id, key, fingerprint }: ArcMachineOperations['arc-machines.link']['input'],
): Made => {
  const requestKey = keyed(context, 'link-key', key)
  const print = keyed(context, 'request', `${id} ${fingerprint}`)
  return transaction(context.db, (tx): Made => {
    const row = findMachine(tx, id)
    if (!row) return refuse('not-found')
    const earlier = tx.select().from(arcLinks).where(eq(arcLinks.requestKey, requestKey)).get()
    if (earlier)
      return earlier.fingerprint === print ? made(tx, row, null) : refuse('idempotency-key-reused')
    const judged = mayHaveLink(row)
    if (!judged.ok) return judged
    const link = makeLink(context)
    const at = context.now().toISOString()
    tx.insert(arcLinks).values({ requestKey, fingerprint: print, subject: id, at }).run()
    const { expiresAt: linkExpiresAt } = link.shown
    const after = move(tx, row, 'waiting', {
      ...{ actor: who.subject, at, reason: 'another link was made' },
      patch: { linkDigest: link.linkDigest, linkExpiresAt },
    })
    readAgain(tx, Date.parse(linkExpiresAt))
    return made(tx, after, link)
  })
}
