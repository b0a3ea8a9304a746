// What is personal of a member, sealed under a key of its own (AES-256-GCM), which is sealed under the platform's: without the
// row nobody can open it again. Nothing here is ever logged or put into Git.
import { eq } from 'drizzle-orm'
import { Profile } from '../../../../schemas/member.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { deriveKey } from '../../../digest.ts'
import { open, randomKey, seal } from '../../../sealing.ts'
import type { TenantContext } from '../context.ts'

/** Binds a box to its place: a row moved to another member or tenant does not open. */
const boundTo = (context: TenantContext, memberId: string): string =>
  `${context.tenant().id}\u0000${memberId}`

export const readProfile = async (context: TenantContext, memberId: string): Promise<Profile> => {
  const row = context.db
    .select()
    .from(tables.profiles)
    .where(eq(tables.profiles.memberId, memberId))
    .get()
  if (!row) return {}
  const bound = boundTo(context, memberId)
  const key = await open(deriveKey(context.env.PLATFORM_KEY, 'profiles'), row.wrappedKey, bound)
  const text = new TextDecoder().decode(await open(key, row.sealed, bound))
  return Profile.parse(JSON.parse(text))
}

export const hasProfile = ({ db }: TenantContext, memberId: string): boolean =>
  db.select().from(tables.profiles).where(eq(tables.profiles.memberId, memberId)).get() !==
  undefined

/** Of an erased member nothing is written any more, whenever it was asked for. */
export const writeProfile = async (
  context: TenantContext,
  memberId: string,
  profile: Profile,
): Promise<void> => {
  const bound = boundTo(context, memberId)
  const key = randomKey()
  const values = {
    wrappedKey: await seal(deriveKey(context.env.PLATFORM_KEY, 'profiles'), key, bound),
    sealed: await seal(key, new TextEncoder().encode(JSON.stringify(profile)), bound),
    updatedAt: context.now().toISOString(),
  }
  // Looked up after all that waits: he may have been erased meanwhile.
  const member = context.db
    .select()
    .from(tables.members)
    .where(eq(tables.members.id, memberId))
    .get()
  if (!member || member.state === 'erased') return
  context.db
    .insert(tables.profiles)
    .values({ memberId, ...values })
    .onConflictDoUpdate({ target: tables.profiles.memberId, set: values })
    .run()
}
