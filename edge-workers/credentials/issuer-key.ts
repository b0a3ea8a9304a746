// Who issued a credential, and by which key (draft-ietf-oauth-sd-jwt-vc §2.5): this tenant itself, by the keys in its own
// database; somebody under a root that the tenant trusts, by the certificates beside the signature; or an issuer at an address
// that it trusts, by the keys that are published there. Pure but for `readKeys`.
import type { PresentationFault } from '../../schemas/presentation.ts'
import { type LeafCertificate, verifyChain } from './certificates.ts'
import { importEs256 } from './es256.ts'
import type { JsonObject } from './json.ts'
import type { EcPublicJwk } from './keys.ts'

/** Types that are taken of it; empty: all. */
interface Trusted {
  id: string
  types: readonly string[]
}
export interface Trust {
  /** Root certificates in DER. */
  roots: readonly (Trusted & { der: Uint8Array })[]
  /** `iss` of issuers that publish their keys at /.well-known/jwt-vc-issuer. */
  addresses: readonly (Trusted & { url: string })[]
  /** Keys of a trusted address as it publishes them. Null: they cannot be had now. `kid`: which one is looked for. */
  readKeys: (url: string, kid: string | null) => Promise<readonly JsonObject[] | null>
}
export interface OwnIssuer {
  url: string
  /** Those that verify: the one that signs, and each before it until all that it signed has ended. */
  keys: readonly { kid: string; publicJwk: EcPublicJwk }[]
}

export interface FoundIssuer {
  ok: true
  key: CryptoKey
  /** What the credential calls it, where the certificate or the address bears it out. */
  name: string
  own: boolean
  /** Of the row of the trust list; `own` for this tenant itself. */
  anchor: string
  /** As the credential has them: its status list is signed for them. */
  iss: string | null
  vct: string
}
export type IssuerVerdict =
  | FoundIssuer
  /** `later`: its keys cannot be had now. */
  | { ok: false; fault: PresentationFault; later?: true }

export interface IssuerQuestion {
  header: JsonObject
  /** Of the payload. */
  iss: unknown
  vct: string
  trust: Trust
  ownIssuer: OwnIssuer
  /** Milliseconds since the epoch. */
  now: number
}

const untrusted = { ok: false, fault: 'untrusted-issuer' } as const
const takes = ({ types }: Trusted, vct: string): boolean =>
  types.length === 0 || types.includes(vct)

interface Seen {
  /** Hour of the epoch: judged anew in the next, for authorities above a leaf end too. */
  hour: number
  made: Promise<unknown>
}
/** Keys and chains seen lately, by whose they are: a list that changed is another object. */
const seen = new WeakMap<object, Map<string, Seen>>()
const SEEN_AT_MOST = 500
const HOUR = 3_600_000
const once = <T>(owner: object, name: string, hour: number, make: () => Promise<T>): Promise<T> => {
  const kept = seen.get(owner) ?? new Map<string, Seen>()
  seen.set(owner, kept)
  const before = kept.get(name)
  if (before?.hour === hour) return before.made as Promise<T>
  if (kept.size >= SEEN_AT_MOST) kept.clear()
  const made = make()
  kept.set(name, { hour, made })
  made.catch(() => kept.delete(name))
  return made
}
/** What is the same at any time. */
const ALWAYS = 0

/** A leaf alone is its own name: the longest text there is here, and nobody copies it. */
const nameOfChain = (x5c: unknown): string | null => {
  if (!Array.isArray(x5c) || !x5c.every((one) => typeof one === 'string')) return null
  const [first = null, ...more] = x5c as string[]
  return more.length === 0 ? first : x5c.join(' ')
}

/**
 * By `kid`, whatever certificate came with it: a key may have been certified again since. What is not in its list is no key of its
 * own any more, whatever a chain to its root says.
 */
const findOwn = async ({ header, vct, ownIssuer }: IssuerQuestion): Promise<IssuerVerdict> => {
  const { url, keys } = ownIssuer
  const own = keys.find(({ kid }) => kid === header.kid)
  const key = own && (await once(keys, own.kid, ALWAYS, () => importEs256(own.publicJwk)))
  return key ? { ok: true, key, name: url, own: true, anchor: 'own', iss: url, vct } : untrusted
}

const hostOf = (iss: string): string | null => (URL.canParse(iss) ? new URL(iss).hostname : null)

/** By its address, or by its host where the certificate names no address there: several issuers may be at one host. */
const isBornOut = (iss: string, { uris, dnsNames }: LeafCertificate): boolean => {
  if (uris.includes(iss)) return true
  const host = hostOf(iss)
  return host !== null && dnsNames.includes(host) && !uris.some((uri) => hostOf(uri) === host)
}

/** By a chain, whose leaf bears out the name that the credential gives its issuer. */
const findByChain = async ({
  header,
  iss,
  vct,
  trust,
  now,
}: IssuerQuestion): Promise<IssuerVerdict> => {
  const { roots } = trust
  const name = nameOfChain(header.x5c)
  if (name === null) return { ok: false, fault: 'bad-certificate' }
  const verdict = await once(roots, name, Math.floor(now / HOUR), () =>
    verifyChain(
      header.x5c,
      roots.map(({ der }) => der),
      new Date(now),
    ),
  )
  if (!verdict.ok) {
    // Only what is good is kept: nobody fills this with rubbish.
    seen.get(roots)?.delete(name)
    return verdict
  }
  const { leaf, root } = verdict
  if (leaf.until.getTime() < now) return { ok: false, fault: 'bad-certificate' }
  const anchor = roots[root]
  if (!anchor || !takes(anchor, vct)) return untrusted
  const named = typeof iss === 'string' ? iss : null
  if (named !== null && !isBornOut(named, leaf)) return { ok: false, fault: 'bad-certificate' }
  const key = leaf.publicJwk && (await once(leaf, 'key', ALWAYS, () => importEs256(leaf.publicJwk)))
  if (!key) return { ok: false, fault: 'bad-certificate' }
  const shown = named ?? leaf.uris[0] ?? leaf.dnsNames[0] ?? anchor.id
  return { ok: true, key, name: shown, own: false, anchor: anchor.id, iss: named, vct }
}

/** By the keys of an address; without a `kid` there has to be one alone. */
const findByAddress = async ({
  header,
  iss,
  vct,
  trust,
}: IssuerQuestion): Promise<IssuerVerdict> => {
  const anchor = trust.addresses.find(({ url }) => url === iss)
  if (!anchor || !takes(anchor, vct)) return untrusted
  const kid = typeof header.kid === 'string' && header.kid.length <= 512 ? header.kid : null
  const keys = await trust.readKeys(anchor.url, kid)
  if (!keys) return { ...untrusted, later: true }
  const fitting = keys.filter((jwk) => kid === null || jwk.kid === kid)
  const [jwk] = fitting
  if (!jwk || fitting.length > 1) return untrusted
  const key = await once(jwk, 'key', ALWAYS, () => importEs256(jwk))
  if (!key) return untrusted
  return { ok: true, key, name: anchor.url, own: false, anchor: anchor.id, iss: anchor.url, vct }
}

/** `untrusted-issuer`: nobody whom this tenant trusts for this type; `bad-certificate`: its certificates are no good. */
export const findIssuer = async (question: IssuerQuestion): Promise<IssuerVerdict> => {
  if (question.iss === question.ownIssuer.url) return findOwn(question)
  if (question.header.x5c === undefined) return findByAddress(question)
  const chained = await findByChain(question)
  if (chained.ok) return chained
  const published = await findByAddress(question)
  return published.ok || published.later ? published : chained
}

/** The key that may sign the status list of a credential: of the same anchor, or null. */
export const findListKey = async (
  question: Pick<IssuerQuestion, 'header' | 'trust' | 'ownIssuer' | 'now'>,
  { anchor, iss, vct }: Pick<FoundIssuer, 'anchor' | 'iss' | 'vct'>,
): Promise<CryptoKey | null> => {
  const found = await findIssuer({ ...question, vct, iss: iss ?? undefined })
  return found.ok && found.anchor === anchor ? found.key : null
}
