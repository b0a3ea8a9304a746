// SD-JWTs as they are made, and what is refused when they are read. Digests of RFC 9901's own example among them.
import { describe, expect, it } from 'vitest'
import { toBase64url } from '../base64.ts'
import { sha256Base64url } from '../digest.ts'
import type { JsonObject, JsonValue } from './json.ts'
import { issueSdJwt, readSdJwt } from './sd-jwt.ts'

const encode = (value: unknown): string =>
  toBase64url(new TextEncoder().encode(JSON.stringify(value)))
const unsigned = (payload: JsonObject): string =>
  `${encode({ alg: 'ES256', typ: 'dc+sd-jwt' })}.${encode(payload)}.c2ln`
const sign = async (payload: JsonObject): Promise<string> => unsigned(payload)

const claims = {
  given_name: 'Ada',
  age: 36,
  address: { locality: 'London', country: 'GB' },
  nationalities: ['GB'],
}
const wish = {
  ...{ claims, always: [['age']], fixed: { iss: 'https://x.example', vct: 'T' }, holder: null },
  paths: [
    ['given_name'],
    ['age'],
    ['address'],
    ['address', 'locality'],
    ['address', 'country'],
    ['nationalities'],
  ],
  sign,
}
const disclosureOf = (...parts: JsonValue[]): { text: string; digest: string } => {
  const text = encode(parts)
  return { text, digest: sha256Base64url(text) }
}
const readWith = (payload: JsonObject, ...disclosures: string[]) =>
  readSdJwt([unsigned(payload), ...disclosures, ''].join('~'))

describe('making', () => {
  it('hides every declared claim behind a digest, nested ones within the claim that they belong to', async () => {
    const text = await issueSdJwt(wish)
    const read = await readSdJwt(text)
    expect(read?.claims).toEqual({ ...claims, ...wish.fixed })
    const { _sd, ...plain } = read?.payload ?? {}
    expect(plain).toEqual({ ...wish.fixed, age: 36, _sd_alg: 'sha-256' })
    expect(_sd).toHaveLength(3)
    expect(read?.disclosures.map(({ path }) => path.join('/')).sort()).toEqual([
      ...['address', 'address/country', 'address/locality', 'given_name', 'nationalities'],
    ])
    const address = read?.disclosures.find(({ name }) => name === 'address')
    expect(Object.keys(address?.value as object)).toEqual(['_sd'])
  })

  it('leaves what is always disclosed in the open, with the object that it stands in', async () => {
    const text = await issueSdJwt({ ...wish, always: [['address', 'country']] })
    const read = await readSdJwt(`${text.split('~')[0]}~`)
    expect(read?.claims).toEqual({ ...wish.fixed, address: { country: 'GB' } })
  })

  it('draws 128 bits of salt for each disclosure of each copy and orders digests by nothing but themselves', async () => {
    const copies = await Promise.all(Array.from({ length: 20 }, () => issueSdJwt(wish)))
    const salts = copies.flatMap((copy) =>
      copy
        .split('~')
        .slice(1, -1)
        .map((text) => JSON.parse(Buffer.from(text, 'base64url').toString())[0] as string),
    )
    expect(new Set(salts).size).toBe(20 * 5)
    expect(new Set(salts.map((salt) => Buffer.from(salt, 'base64url').length))).toEqual(
      new Set([16]),
    )
    for (const copy of copies) {
      const digests = (await readSdJwt(copy))?.payload._sd as string[]
      expect(digests).toEqual([...digests].sort())
    }
  })

  it('binds to the holder’s key and never lets a claim stand in the place of one of its own', async () => {
    const holder = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' }
    const bound = await readSdJwt(await issueSdJwt({ ...wish, holder }))
    expect(bound?.payload.cnf).toEqual({ jwk: holder })
    await expect(issueSdJwt({ ...wish, claims: { iss: 'https://evil.example' } })).rejects.toThrow()
  })
})

describe('reading', () => {
  it('takes the disclosures of RFC 9901 §4.2 by the digests that the RFC gives', async () => {
    // As in RFC 9901 §4.2.1 to §4.2.4: ["_26bc4LT-ac6q2KI6cBW5es", "family_name", "Möbius"].
    const name = 'WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0'
    const read = await readWith({ _sd: ['X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0'] }, name)
    expect(read?.claims).toEqual({ family_name: 'Möbius' })
    // ["lklxF5jMYlGTPUovMNIvCA", "FR"] in an array.
    const item = 'WyJsa2x4RjVqTVlsR1RQVW92TU5JdkNBIiwgIkZSIl0'
    const digest = 'w0I8EKcdCtUPkGCNUrfwVp2xEgNjtoIDlOxc9-PlOhs'
    expect((await readWith({ nationalities: ['DE', { '...': digest }] }, item))?.claims).toEqual({
      nationalities: ['DE', 'FR'],
    })
    expect((await readWith({ nationalities: ['DE', { '...': digest }] }))?.claims).toEqual({
      nationalities: ['DE'],
    })
  })

  const one = disclosureOf('salt', 'a', 1)
  const nested = disclosureOf('salt', 'b', { _sd: [one.digest] })
  const item = disclosureOf('salt', 'x')
  const named = disclosureOf('salt', '_sd', 1)
  const dots = disclosureOf('salt', '...', 1)
  it.each<[string, JsonObject, string[]]>([
    ['a disclosure that nothing refers to', { _sd: [] }, [one.text]],
    ['the same disclosure twice', { _sd: [one.digest] }, [one.text, one.text]],
    ['a digest that stands twice', { _sd: [one.digest], o: { _sd: [one.digest] } }, [one.text]],
    ['a nested disclosure without the one around it', { _sd: [nested.digest] }, [one.text]],
    ['a name that is there already', { _sd: [one.digest], a: 2 }, [one.text]],
    ['a disclosure called _sd', { _sd: [named.digest] }, [named.text]],
    ['a disclosure called ...', { _sd: [dots.digest] }, [dots.text]],
    ['one of an array in an object', { _sd: [item.digest] }, [item.text]],
    ['one of an object in an array', { n: [{ '...': one.digest }] }, [one.text]],
    ['a digest in an array with company', { n: [{ '...': item.digest, more: 1 }] }, [item.text]],
    ['digests that are no list', { _sd: one.digest }, [one.text]],
    ['a digest that is none', { _sd: [1] }, []],
    ['another hash', { _sd_alg: 'sha-512', _sd: [] }, []],
    ['what is no JSON', { _sd: [sha256Base64url('bm8')] }, ['bm8']],
    ['an empty disclosure', {}, ['']],
  ])('refuses %s', async (_, payload, disclosures) => {
    expect(await readWith(payload, ...disclosures)).toBeNull()
  })

  it.each([
    ['nothing', ''],
    ['a JWT alone', unsigned({})],
    ['no JWT', 'x~'],
    ['an array for a payload', `${encode({})}.${encode([])}.c2ln~`],
    ['a key binding that is no JWT', `${unsigned({})}~x`],
    ['padding', `${unsigned({})}=~`],
    ['a character of two bytes', `${unsigned({})}~${disclosureOf('salt', 'a', 1).text}~é`],
    ['256 KiB', `${unsigned({})}~${'a'.repeat(262_144)}~`],
    ['too many of them', `${unsigned({})}~${'bm8~'.repeat(513)}`],
    ['a nesting without end', `${unsigned({ a: JSON.parse('['.repeat(40) + ']'.repeat(40)) })}~`],
  ])('refuses %s', async (_, text) => {
    expect(await readSdJwt(text)).toBeNull()
  })

  it('reads a name that would be a prototype as a name', async () => {
    const evil = disclosureOf('salt', '__proto__', { polluted: true })
    const read = await readWith({ _sd: [evil.digest] }, evil.text)
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
    expect(Object.getPrototypeOf(read?.claims)).toBe(Object.prototype)
  })

  it('hashes for the key binding exactly what stands before it', async () => {
    const text = await issueSdJwt(wish)
    const bound = `${text}${encode({ typ: 'kb+jwt' })}.${encode({ nonce: 'n' })}.c2ln`
    const read = await readSdJwt(bound)
    expect(read?.sdHash).toBe(sha256Base64url(text))
    expect(read?.keyBinding?.payload).toEqual({ nonce: 'n' })
    expect((await readSdJwt(text))?.keyBinding).toBeNull()
  })
})
