// DCQL (OpenID4VP 1.0 §6, §7): which queries cannot be asked, what of a credential answers one, and which answers are enough.
import { describe, expect, it } from 'vitest'
import { type DcqlClaim, DcqlQuery, NewPresentationRequest } from '../../schemas/presentation.ts'
import { isEnough, queryFaults, selectClaims } from './dcql.ts'
import { unanswerable } from './driver-limits.ts'

const credential = { id: 'a', format: 'dc+sd-jwt', meta: { vct_values: ['t'] } }
const pointers = (query: unknown): string[] =>
  queryFaults(DcqlQuery.parse(query)).map(({ pointer }) => pointer)
const one = (more: object): unknown => ({ credentials: [{ ...credential, ...more }] })
const at = '/dcql_query/credentials/0'

describe('a query', () => {
  it('can be asked, with sets of both kinds', () => {
    const claims = [
      { id: 'x', path: ['name'] },
      { id: 'y', path: ['addresses', null, 'city'] },
    ]
    const query = {
      credentials: [{ ...credential, claims, claim_sets: [['x', 'y'], ['x']] }],
      credential_sets: [{ options: [['a']], required: false }],
    }
    expect(pointers(query)).toEqual([])
  })

  it.each([
    [
      'two credentials of one id',
      { credentials: [credential, credential] },
      '/dcql_query/credentials',
    ],
    ['no types', one({ meta: {} }), `${at}/meta/vct_values`],
    [
      'types of another format',
      one({ meta: { vct_values: ['t'], type_values: [['T']] } }),
      `${at}/meta/type_values`,
    ],
    ...['iss', 'nbf', 'exp', 'cnf', 'vct', 'vct#integrity', 'aka_vcts', 'status'].map(
      (name): [string, unknown, string] => [
        `${name}, which nobody leaves out (VC §2.2.2.2)`,
        one({ claims: [{ path: [name] }] }),
        `${at}/claims/0/path/0`,
      ],
    ),
    [
      'a member of such a claim',
      one({ claims: [{ path: ['status', 'status_list'] }] }),
      `${at}/claims/0/path/0`,
    ],
    ['a path that begins with no name', one({ claims: [{ path: [0] }] }), `${at}/claims/0/path/0`],
    [
      'a path into prototypes',
      one({ claims: [{ path: ['a', '__proto__'] }] }),
      `${at}/claims/0/path`,
    ],
    [
      'two claims of one id',
      one({
        claims: [
          { id: 'x', path: ['b'] },
          { id: 'x', path: ['c'] },
        ],
      }),
      `${at}/claims`,
    ],
    ['sets of claims without ids', one({ claims: [{ path: ['b'] }], claim_sets: [[]] }), ''],
    [
      'a set with a claim that is not there',
      one({ claims: [{ id: 'x', path: ['b'] }], claim_sets: [['y']] }),
      `${at}/claim_sets/0`,
    ],
    ['sets without claims', one({ claim_sets: [['y']] }), `${at}/claim_sets/0`],
    [
      'a set with a credential that is not there',
      { credentials: [credential], credential_sets: [{ options: [['b']] }] },
      '/dcql_query/credential_sets/0/options',
    ],
  ] as [string, unknown, string][])('cannot be asked with %s', (_, query, pointer) => {
    if (pointer === '') expect(DcqlQuery.safeParse(query).success).toBe(false)
    else expect(pointers(query)).toEqual([pointer])
  })

  it('is refused where its driver cannot express it, with a pointer to each part', () => {
    const asked = (more: object) =>
      unanswerable(
        NewPresentationRequest.parse({ purpose: 'x', dcql_query: one({}), ...more }),
      )?.errors?.map(({ pointer }) => pointer)
    const entra = { id: 'a', format: 'jwt_vc_json', meta: { type_values: [['T']] } }
    const faceCheck = { sourcePhotoClaimName: 'photo' }
    expect(asked({})).toBeUndefined()
    expect(asked({ faceCheck })).toEqual(['/faceCheck'])
    expect(asked({ dcql_query: { credentials: [entra] } })).toEqual([`${at}/format`])
    expect(
      asked({ driver: 'entra', dcql_query: { credentials: [entra] }, faceCheck }),
    ).toBeUndefined()
    const claims = [{ id: 'x', path: ['b', 'c'] }]
    const much = {
      credentials: [
        { ...entra, claims, claim_sets: [['x']] },
        { ...credential, id: 'b' },
      ],
      credential_sets: [{ options: [['a'], ['b']] }],
    }
    expect(asked({ driver: 'entra', dcql_query: much })).toEqual([
      '/dcql_query/credential_sets',
      `${at}/claim_sets`,
      `${at}/claims/0/path`,
      '/dcql_query/credentials/1/format',
    ])
  })
})

const HOLDER = {
  name: 'Ada',
  age: 36,
  member: true,
  address: { city: 'London', street: 'St James’s Square' },
  degrees: [{ type: 'BSc', by: 'A' }, { type: 'MSc', by: 'B' }, { type: 'PhD' }],
  nationalities: ['GB', 'FR', 'DE'],
  nothing: null,
}
const select = (claims: DcqlClaim[], sets?: string[][]) =>
  selectClaims({ claims, ...(sets ? { claim_sets: sets } : {}) }, HOLDER)

describe('what a credential says', () => {
  it.each([
    ['nothing where nothing is asked for', [], {}],
    ['one claim', [{ path: ['name'] }], { name: 'Ada' }],
    ['a claim within another', [{ path: ['address', 'city'] }], { address: { city: 'London' } }],
    ['one of an array', [{ path: ['nationalities', 1] }], { nationalities: ['FR'] }],
    [
      'of all of an array what has it',
      [{ path: ['degrees', null, 'by'] }],
      { degrees: [{ by: 'A' }, { by: 'B' }] },
    ],
    [
      'of an array what has the value',
      [{ path: ['nationalities', null], values: ['DE', 'IT'] }],
      { nationalities: ['DE'] },
    ],
    [
      'the whole where a part is asked for too',
      [{ path: ['address', 'city'] }, { path: ['address'] }],
      { address: HOLDER.address },
    ],
    [
      'a value by its type',
      [
        { path: ['age'], values: [36] },
        { path: ['member'], values: [true] },
      ],
      { age: 36, member: true },
    ],
    ['null', [{ path: ['nothing'] }], { nothing: null }],
  ] as [string, DcqlClaim[], unknown][])('is %s', (_, claims, kept) => {
    expect(select(claims)).toEqual(kept)
  })

  it.each([
    ['has no such claim', [{ path: ['email'] }]],
    ['has no such claim of objects’ machinery', [{ path: ['constructor'] }]],
    ['has no object there', [{ path: ['name', 'first'] }]],
    ['has no array there', [{ path: ['address', null] }]],
    ['has no such place', [{ path: ['nationalities', 3] }]],
    ['has another value', [{ path: ['name'], values: ['Eve'] }]],
    ['has the value as another type', [{ path: ['age'], values: ['36'] }]],
    ['has one and not the other', [{ path: ['name'] }, { path: ['email'] }]],
  ] as [string, DcqlClaim[]][])('is not enough where it %s', (_, claims) => {
    expect(select(claims)).toBeNull()
  })

  it('is the first set of claims that it has whole, and no other claim', () => {
    const claims: DcqlClaim[] = [
      { id: 'n', path: ['name'] },
      { id: 'e', path: ['email'] },
      { id: 'a', path: ['age'] },
    ]
    expect(select(claims, [['n', 'e'], ['a'], ['n']])).toEqual({ age: 36 })
    expect(select(claims, [['n', 'e'], ['e']])).toBeNull()
  })
})

it('is enough with every credential, or with one option of each required set', () => {
  const credentials = ['a', 'b', 'c'].map((id) => ({ ...credential, id }))
  const enough = (sets: unknown, ...ids: string[]) =>
    isEnough(
      DcqlQuery.parse({ credentials, ...(sets ? { credential_sets: sets } : {}) }),
      new Set(ids),
    )
  expect(enough(null, 'a', 'b', 'c')).toBe(true)
  expect(enough(null, 'a', 'b')).toBe(false)
  const sets = [{ options: [['a', 'b'], ['c']] }, { options: [['b']], required: false }]
  expect(enough(sets, 'c')).toBe(true)
  expect(enough(sets, 'a', 'b')).toBe(true)
  expect(enough(sets, 'a')).toBe(false)
  expect(enough(sets, 'b')).toBe(false)
})
