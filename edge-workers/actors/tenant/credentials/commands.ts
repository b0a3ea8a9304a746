// What is done once for each Idempotency-Key, where it is no new object: the key is written with what it did, in one transaction.
import { eq } from 'drizzle-orm'
import type { Principal } from '../../../../schemas/principal.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import type { Db, Tx } from '../context.ts'
import type { Keyed } from '../operation-inputs.ts'

const { commands } = tables
type Sent = Pick<Keyed<unknown>, 'key' | 'fingerprint'>

// With a blank between them: no key and no member's name has one.
const keyOf = (who: Pick<Principal, 'subject'>, { key }: Sent): string => `${who.subject} ${key}`

/** `done`: this very command. `other`: the key belongs to another one. */
export const earlierCommand = (
  db: Db | Tx,
  who: Pick<Principal, 'subject'>,
  sent: Sent,
): 'none' | 'done' | 'other' => {
  const earlier = db
    .select()
    .from(commands)
    .where(eq(commands.key, keyOf(who, sent)))
    .get()
  if (!earlier) return 'none'
  return earlier.fingerprint === sent.fingerprint ? 'done' : 'other'
}

/** `about`: the object that it was done to. */
export const keepCommand = (
  tx: Tx,
  who: Pick<Principal, 'subject'>,
  sent: Sent,
  { about, at }: { about: string; at: string },
): void => {
  tx.insert(commands)
    .values({ key: keyOf(who, sent), fingerprint: sent.fingerprint, changeId: about, at })
    .run()
}
