// The one way in which a step of a component is written: its words, its event and its leaf, in the step's transaction.
import { canonicalJson } from '../../../../schemas/canonical-json.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { record, type Tx } from '../context.ts'
import type { ComponentRow } from './views.ts'

export interface Written {
  /** After the step. */
  row: ComponentRow
  from: string
  by: string
  /** Sealed. */
  key: string
  fingerprint: string
  /** Shown with the step. */
  about: string | null
  evidence: string[]
  /** All that was said: the leaf holds a keyed digest of its canonical JSON. */
  said: object
}

export const writeStep = (tx: Tx, step: Written): void => {
  const { row, from, by, key, fingerprint, about, evidence, said } = step
  tx.insert(tables.componentSteps)
    .values({
      ...{ componentId: row.id, version: row.version, idempotencyKey: key, fingerprint },
      ...{ about, evidence },
    })
    .run()
  record(tx, {
    ...{ type: 'supply-chain', changeId: row.id, version: row.version, from, to: row.state },
    ...{ reason: canonicalJson(said), actor: by, at: row.updatedAt },
  })
}
