// Whether an address that a stranger gave us may be called: https, a name or address of the public internet, nothing tricky.
// Pure: it looks nothing up. A public name that resolves to a private address (nip.io, DNS rebinding) cannot be known here; that
// is what the network's own rule is for (`global_fetch_strictly_public`): such addresses are called with plain `fetch` only.
import ipaddr from 'ipaddr.js'
import { ok, type Result, refuse } from '../schemas/result.ts'
import { type Env, isLaptop } from './env.ts'

export const ADDRESS_CHARACTERS_AT_MOST = 2048
/** 443 is the default. No others: a port that speaks another protocol is a target, not a receiver. */
export const PORTS = [443, 8443] as const

/** A suffix, so `local` is every name under it. RFC 6761, 6762, 7686, 8375, 9476; ICANN's private-use `internal`; habits. */
const PRIVATE_SUFFIXES = [
  ...['localhost', 'localdomain', 'local', 'internal', 'intranet', 'private', 'corp', 'home'],
  ...['lan', 'svc', 'arpa', 'test', 'invalid', 'onion', 'alt'],
]
/** Public by its range, and yet inside: Azure's wire server. */
const INSIDE = new Set(['168.63.129.16'])
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/
const PRINTABLE = /^[\x21-\x7e]+$/

const DETAILS = {
  form: 'Must be an absolute https address in printable ASCII, of at most 2048 characters: no blanks, no backslash, no fragment. An international name is written in its xn-- form.',
  userinfo: 'Must not carry a user name or password.',
  port: 'Must be on port 443 or 8443.',
  address: 'Must be an address of the public internet.',
  name: 'Must be a full name of the public internet, without a dot at its end.',
  own: 'Must not be an address of this installation.',
} as const

export interface AddressRules {
  /** RFC 6901 pointer of the field, for the refusal. */
  pointer?: string
  /** Addresses of this installation: nobody has us call ourselves. */
  own?: readonly (string | undefined)[]
  /** The one origin that need not be public, on the laptop: `http://127.0.0.1:9001`. */
  localOrigin?: string | undefined
}

/** Those of this installation, for addresses of webhooks. */
export const addressRules = (
  env: Pick<Env, 'PUBLIC_URL' | 'BACK_OFFICE_URL' | 'DEPLOYMENT' | 'LOCAL_WEBHOOK_ORIGIN'>,
): AddressRules => ({
  own: [env.PUBLIC_URL, env.BACK_OFFICE_URL],
  localOrigin: isLaptop(env) ? env.LOCAL_WEBHOOK_ORIGIN : undefined,
})

/**
 * The address as it is called, in the canonical form of the WHATWG URL Standard. Refuses with invalid-parameters at `pointer`.
 * Apply it again right before each call: what was stored under older rules is judged by today's.
 */
export const publicAddress = (
  text: string,
  { pointer = '/url', own = [], localOrigin }: AddressRules = {},
): Result<URL> => {
  const no = (why: keyof typeof DETAILS): Result<never> =>
    refuse('invalid-parameters', { errors: [{ pointer, detail: DETAILS[why] }] })
  const plain =
    text.length <= ADDRESS_CHARACTERS_AT_MOST && PRINTABLE.test(text) && !/[\\#]/.test(text)
  if (!plain) return no('form')
  // The parser forgives `https:host` and `https:/host`; people read them as something else.
  const authority = /^https?:\/\/([^/?]+)/i.exec(text)?.[1]
  if (authority === undefined || !URL.canParse(text)) return no('form')
  if (authority.includes('@')) return no('userinfo')
  const url = new URL(text)
  if (localOrigin !== undefined && url.origin === localOrigin) return ok(url)
  if (url.protocol !== 'https:') return no('form')
  if (url.port !== '' && !PORTS.some((port) => String(port) === url.port)) return no('port')
  const { hostname } = url
  if (ipaddr.isValid(hostname.replace(/^\[|\]$/g, '')))
    return isPublicUnicast(hostname.replace(/^\[|\]$/g, '')) ? ok(url) : no('address')
  if (!isPublicName(hostname)) return no('name')
  return own.some((address) => isWithin(hostname, address)) ? no('own') : ok(url)
}

/** In the parser's canonical form: short, octal and hexadecimal notations are dotted decimals by now. */
const isPublicUnicast = (text: string): boolean => {
  const address = ipaddr.parse(text)
  if (address.range() !== 'unicast' || INSIDE.has(text)) return false
  if (!(address instanceof ipaddr.IPv6)) return true
  const [first = 0, , , , fifth = 0, sixth = 0] = address.parts
  // RFC 4291 section 2.4: 2000::/3 is all that is given out. RFC 5214 section 6.1: ISATAP carries an IPv4 address inside.
  return first >> 13 === 1 && !((fifth & ~0x0200) === 0 && sixth === 0x5efe)
}

/** RFC 1123 section 2.1: labels of letters, digits and hyphens. A name of one label is a neighbour's. */
const isPublicName = (name: string): boolean => {
  const labels = name.split('.')
  return (
    name.length <= 253 &&
    labels.length > 1 &&
    labels.every((label) => LABEL.test(label)) &&
    /[a-z]/.test(labels.at(-1) ?? '') &&
    !PRIVATE_SUFFIXES.includes(labels.at(-1) ?? '')
  )
}

const isWithin = (name: string, address: string | undefined): boolean => {
  if (address === undefined || !URL.canParse(address)) return false
  const host = new URL(address).hostname.replace(/\.$/, '')
  return name === host || name.endsWith(`.${host}`)
}
