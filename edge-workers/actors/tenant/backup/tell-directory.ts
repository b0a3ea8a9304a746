// What the Directory keeps of this tenant, said again to a Directory that was restored from an export. Of members from before a
// restore of the tenant that may have lost leaves nothing is said: there the Directory knows better who has left (confirm.ts).
import { and, eq, isNull, lte, ne } from 'drizzle-orm'
import { placeKey } from '../../../../schemas/arm.ts'
import { canonicalJson } from '../../../../schemas/canonical-json.ts'
import { ok, type Result } from '../../../../schemas/result.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { wordsOfFailure } from '../../back-off.ts'
import type { TenantTold } from '../../directory/again-contracts.ts'
import { directoryStub, jurisdictionOf } from '../../stubs.ts'
import { findScope } from '../arc/scope.ts'
import type { TenantContext } from '../context.ts'
import { authorityIn } from '../credentials/entra/documents.ts'
import { linkDomain } from '../credentials/entra/linked-domain.ts'
import { readIssuer } from '../credentials/issuer/issuer.ts'
import { identitiesOf } from '../credentials/powers/sign-in-identity.ts'
import { beforeWriting } from '../log/standing.ts'
import { agreeOnErasures } from '../people/erasures.ts'
import { isAside } from './aside.ts'

const { members, sessions } = tables

const whatWeAre = ({ db, tenant }: TenantContext): TenantTold => {
  const { id: tenantId, slug, repository, createdAt, state } = tenant()
  const here = db.select().from(members).where(eq(members.state, 'active')).all()
  const gone = db.select().from(members).where(ne(members.state, 'active')).all()
  const scope = findScope(db)
  return {
    entry: { id: tenantId, slug, jurisdiction: jurisdictionOf(tenantId), repository, createdAt },
    erased: state === 'erased',
    members: here.flatMap(({ id, identity }) =>
      identity === null || isAside(db, id) ? [] : [identity],
    ),
    left: gone.flatMap((row) => identitiesOf(tenantId, row)),
    azurePlace: scope ? placeKey(scope) : null,
    issuer: readIssuer(db)?.id ?? null,
  }
}

/** Entra signs the proof; whoever has none now has the same button as ever (`…/authority/verify-domain`). */
const linkAgain = async (context: TenantContext): Promise<void> => {
  const remote = authorityIn(context.db)
  if (!remote) return
  try {
    await linkDomain(context, remote)
  } catch (error) {
    const about = { tenant: context.tenant().id, error: wordsOfFailure(error) }
    console.log(JSON.stringify({ level: 'warn', event: 'link-again-failed', ...about }))
  }
}

/** Refuses where another tenant has what is this one's. */
const tellWhatWeAre = async (context: TenantContext): Promise<Result<null>> => {
  for (let told: TenantTold | null = null; ; ) {
    const now = whatWeAre(context)
    // Somebody may have come or left while it was on its way, and the Directory have heard of that first.
    if (canonicalJson(now) === canonicalJson(told)) return ok(null)
    const taken = await directoryStub(context.env).takeAgain(now)
    if (!taken.ok) return taken
    told = now
  }
}

/** The Directory asks for it, and no longer knows any sign-in until then. Nothing where nobody has come yet. Rejects with Outage. */
export const tellDirectory = async (context: TenantContext, at: string): Promise<Result<null>> => {
  const { db } = context
  if (!db.select().from(tables.tenant).get()) return ok(null)
  await beforeWriting(context)
  const before = and(isNull(sessions.endedAt), lte(sessions.createdAt, at))
  db.update(sessions).set({ endedAt: at }).where(before).run()
  const told = await tellWhatWeAre(context)
  if (context.tenant().state === 'erased') return told
  await agreeOnErasures(context)
  if (told.ok) await linkAgain(context)
  return told
}
