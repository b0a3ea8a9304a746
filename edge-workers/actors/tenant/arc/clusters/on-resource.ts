// What Azure says of a Flux configuration, on the resource that it is: its health, and its drift where Azure has another than Git.
import { and, eq, sql } from 'drizzle-orm'
import type { FluxState } from '../../../../../schemas/arc.ts'
import type { Difference } from '../../../../../schemas/drift.ts'
import { FLUX_TEMPLATE } from '../../../../../schemas/flux.ts'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import type { ChangeRow, ResourceRow, Tx } from '../../context.ts'
import { noteDifferences } from '../../drift/differences.ts'
import type { FluxRow } from './rows.ts'

const { fluxConfigurations, resources } = tables

const HEALTH: Record<FluxState, ResourceRow['health']> = {
  ...{ pending: 'progressing', compliant: 'healthy', 'non-compliant': 'degraded' },
  ...{ suspended: 'unknown', unknown: 'unknown', drifted: 'degraded', error: 'degraded' },
  ...{ removing: 'progressing', removed: 'healthy' },
}

const WORDS: Record<string, string> = {
  absent: 'Azure does not have it',
  denied: 'Azure takes no credential of ours',
  throttled: 'Azure asks to be asked less often',
  unreachable: 'Azure does not answer',
  'cluster-not-ready': 'its cluster is not connected to Azure',
}
const wordsOf = ({ state, fault, status }: FluxRow): string => {
  if (fault !== null) return WORDS[fault] ?? `Azure refuses it: ${fault}`
  const why = state === 'error' && status?.errorMessage ? `: ${status.errorMessage}` : ''
  return `Azure says: ${state}${why}`.slice(0, WORDS_AT_MOST)
}
const WORDS_AT_MOST = 500

const HOW_BACK = 'POST …/restore of the configuration puts what Git says'

const differencesOf = ({ name, state, status, fault }: FluxRow): Difference[] => {
  // While Azure does not take it what was seen last is still so.
  if (state !== 'drifted' && state !== 'error' && fault === null) return []
  if (state === 'removing' || (status === null && state !== 'drifted')) return []
  if (status === null)
    return [{ where: 'azure', what: name, how: 'removed', message: `not in Azure; ${HOW_BACK}` }]
  return status.differs.map((field) => ({
    ...{ where: 'azure', what: `${name}${field}`, how: 'changed' },
    message: `not in Azure what its file says; ${HOW_BACK}`,
  }))
}

interface Told {
  simulated: boolean
  now: string
}

/** Nothing where the resource has moved on to another change. */
export const noteOnResource = (tx: Tx, row: FluxRow, { simulated, now }: Told): void => {
  if (row.changeId === null || row.state === 'removed') return
  const own = and(
    eq(resources.name, row.name),
    eq(resources.template, FLUX_TEMPLATE),
    eq(resources.changeId, row.changeId),
  )
  const found = tx.select().from(resources).where(own).get()
  if (!found) return
  const health = row.fault === null ? HEALTH[row.state] : 'degraded'
  const healthMessage = wordsOf(row)
  tx.update(resources)
    .set({
      ...{ health, healthMessage, healthSimulated: simulated },
      version: sql`${resources.version} + 1`,
    })
    .where(own)
    .run()
  noteDifferences(tx, found, {
    replaces: ({ where }) => where === 'azure',
    differences: differencesOf(row),
    ...{ at: row.commit, simulated, now },
  })
}

/** What is known when its change is applied. Nothing for changes of other templates. */
export const showOnResource = (tx: Tx, { id }: Pick<ChangeRow, 'id'>, told: Told): void => {
  const row = tx.select().from(fluxConfigurations).where(eq(fluxConfigurations.changeId, id)).get()
  if (row) noteOnResource(tx, row, told)
}
