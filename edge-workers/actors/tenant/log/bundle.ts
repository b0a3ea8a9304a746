// A proof bundle: every leaf of one subject with its proof at one head of the tenant's log, that head signed, and where it
// stands in the platform's. Everything that verify-log.mjs needs offline. Also the checkpoint as the API shows it.
import { and, asc, desc, eq, lt } from 'drizzle-orm'
import { readNote } from '../../../../gitops/log/note.ts'
import {
  type BundleKey,
  type CheckpointView,
  HeadLeaf,
  type LogKey,
  type ProofBundle,
} from '../../../../schemas/log.ts'
import type { Principal } from '../../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../../schemas/result.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { edgeLogKey } from '../../../log-key.ts'
import type { HeadProof } from '../../log-contracts.ts'
import { logStub } from '../../stubs.ts'
import { logName } from '../backup/log-name.ts'
import type { TenantContext } from '../context.ts'
import { type CheckpointRow, checkpointAt, signNewest, tenantOrigin } from './checkpoint.ts'
import type { LogSummary } from './contracts.ts'
import { onLog } from './on-log.ts'
import { includeLeaf } from './proofs.ts'
import { leafColumns, mayReadWords, wordsOf } from './read.ts'

const { logLeaves, transitions } = tables
/** About 2 MB of proofs. A change has some twenty leaves. */
const LEAVES_AT_MOST = 1_000

const viewOf = (
  context: TenantContext,
  { size, root, note, at }: CheckpointRow,
): CheckpointView => ({
  origin: tenantOrigin(context),
  ...{ size, root, at, note },
  // A tenant's own is the edge's; both halves sign the platform's, which has this head as a leaf.
  ...{ cosigned: false, commit: null, anchors: [] },
})

export const readCheckpoint = async (context: TenantContext): Promise<Result<CheckpointView>> =>
  ok(viewOf(context, await signNewest(context)))

/** The platform's leaf is about a head that we have signed: then all that follows is about that head. */
const signedAsProved = (
  { db }: TenantContext,
  proved: HeadProof | null,
): { signed: CheckpointRow; platform: HeadProof } | null => {
  if (proved === null) return null
  const { size, root } = HeadLeaf.parse(JSON.parse(proved.leaf))
  const signed = checkpointAt(db, size)
  return signed?.root === root ? { signed, platform: proved } : null
}

/** Those that signed these notes. The edge's present one comes from itself: the platform may not have noted it yet. */
const signersOf = (
  { env }: TenantContext,
  keys: readonly LogKey[],
  notes: readonly string[],
): BundleKey[] => {
  const signed = new Set(
    notes
      .flatMap((note) => readNote(note)?.signatures ?? [])
      .map(({ name, keyId }) => `${name} ${keyId}`),
  )
  const known = [...keys, { ...edgeLogKey(env), simulated: false }].map(
    ({ name, algorithm, keyId, publicKey, simulated }) =>
      [`${name} ${keyId}`, { name, algorithm, keyId, publicKey, simulated }] as const,
  )
  // The first of a name: what the platform noted counts before what is said here.
  const first = new Map(known.toReversed())
  return [...first].filter(([id]) => signed.has(id)).map(([, key]) => key)
}

export const readSummary = async (context: TenantContext): Promise<Result<LogSummary>> => {
  const stub = logStub(context.env)
  const [platform, keys] = await onLog(() => Promise.all([stub.checkpoint(), stub.keys()]))
  const signers = signersOf(context, keys, platform ? [platform.note] : [])
  return ok({
    checkpoint: viewOf(context, await signNewest(context)),
    ...{ platform, simulated: signers.some(({ simulated }) => simulated) },
  })
}

export const bundleOf = async (
  context: TenantContext,
  who: Principal,
  subject: string,
): Promise<Result<ProofBundle>> => {
  const { db, env } = context
  const last = db
    .select({ index: logLeaves.index })
    .from(logLeaves)
    .where(eq(logLeaves.subject, subject))
    .orderBy(desc(logLeaves.index))
    .limit(1)
    .get()
  if (!last) return refuse('not-found')
  const [proved, keys] = await onLog(() =>
    Promise.all([
      logStub(env).proveHead(logName(db, context.tenant().id), last.index + 1),
      logStub(env).keys(),
    ]),
  )
  const both = signedAsProved(context, proved)
  const platform = both?.platform ?? null
  const { size, note } = both?.signed ?? (await signNewest(context))
  const rows = db
    .select(leafColumns)
    .from(logLeaves)
    .innerJoin(transitions, eq(transitions.seq, logLeaves.seq))
    .where(and(eq(logLeaves.subject, subject), lt(logLeaves.index, size)))
    .orderBy(asc(logLeaves.index))
    .limit(LEAVES_AT_MOST + 1)
    .all()
  if (rows.length > LEAVES_AT_MOST)
    return refuse('not-supported', {
      detail: `A bundle has at most ${LEAVES_AT_MOST} leaves: ask for single proofs.`,
    })
  const shows = mayReadWords(who)
  return ok({
    ...{ schema: 'phoenix.proof-bundle/v1', subject },
    leaves: rows.map((row) => ({
      leaf: row.leaf,
      proof: includeLeaf(db, row.index, size),
      words: shows ? wordsOf(db, row) : null,
    })),
    checkpoint: note,
    platform,
    keys: signersOf(context, keys, [note, ...(platform ? [platform.checkpoint] : [])]),
  })
}
