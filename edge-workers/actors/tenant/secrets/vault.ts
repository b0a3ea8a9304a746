// The tenant's way to its vault, what the vault would not do as a refusal of ours, and one thing at a time for each name: the
// vault has no transactions, and what it holds must be what the rows say.
import type { AzureFault } from '../../../../schemas/azure.ts'
import { Outage, type Refused, refuse } from '../../../../schemas/result.ts'
import { type Vault, type VaultTarget, vaultVerbs } from '../../../../schemas/vault.ts'
import { askAzure } from '../azure.ts'
import type { TenantContext } from '../context.ts'

export const vaultOf = (context: TenantContext): Vault => askAzure(context, 'vault', vaultVerbs)

/** The vault is not done yet with what was asked before. */
const BUSY = ['being-deleted', 'being-recovered'] as const
type Busy = (typeof BUSY)[number]

const WORDS: Record<Exclude<VaultTarget, Busy>, string> = {
  deleted:
    'A deleted one has this name: recover it, or purge it, or wait until its vault forgets it.',
  disabled: 'It is disabled.',
  'not-yet-valid': 'It is not valid yet.',
  expired: 'It has expired.',
  superseded: 'Something was done with it since, and this changes nothing: look, and ask anew.',
  'not-deleted': 'Only what is deleted can be purged or recovered.',
  'purge-protected': 'Its vault is protected: it is forgotten at `purgeAt`, and by nobody sooner.',
  kind: 'A key of another kind has this name.',
  'too-many':
    'The vault has more versions of it than can be walked through: begin with a new name.',
}

/** An answer of the vault that is no success. Throws Outage where the same will be answered otherwise soon. */
export const refusedByVault = ({ fault, target }: AzureFault): Refused => {
  if (BUSY.some((one) => one === target))
    throw new Outage('vault', 'is not done yet with what was asked of it before')
  const known = target !== null && Object.hasOwn(WORDS, target)
  const detail = known ? WORDS[target as keyof typeof WORDS] : undefined
  if (fault === 'absent') return refuse('not-found')
  return refuse('conflict', { detail: detail ?? 'The vault does not do this with it now.' })
}

const turns = new WeakMap<object, Map<string, Promise<unknown>>>()

/** One after the other for each name. What failed does not stop the next. */
export const inTurn = <T>(
  { db }: TenantContext,
  name: string,
  work: () => Promise<T>,
): Promise<T> => {
  const own = turns.get(db) ?? new Map<string, Promise<unknown>>()
  turns.set(db, own)
  const result = (own.get(name) ?? Promise.resolve()).then(work, work)
  const settled = result.then(
    () => undefined,
    () => undefined,
  )
  own.set(name, settled)
  void settled.then(() => own.get(name) === settled && own.delete(name))
  return result
}

/** Which vault, for who writes manifests: asked once in a while, and nobody waits for it in vain. */
const places = new WeakMap<TenantContext['db'], { url: string; until: number }>()
const PLACE_MILLISECONDS = 600_000

export const vaultUrlOf = async (context: TenantContext): Promise<string | null> => {
  const now = context.now().getTime()
  const known = places.get(context.db)
  if (known && known.until > now) return known.url
  try {
    const asked = await vaultOf(context)('place', `place-${now}`, {})
    if (!asked.ok) return null
    const { url } = asked.value
    places.set(context.db, { url, until: now + PLACE_MILLISECONDS })
    return url
  } catch {
    return null
  }
}
