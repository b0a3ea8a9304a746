// What of a request for a presentation its driver cannot express, said before anything is asked: never less than was wished for.
// `openid4vci` presents SD-JWT VCs to this installation; `entra` speaks Microsoft's request service, which knows one format, no
// alternatives and no claims inside others (facts of its REST interface: requestedCredentials with constraints). Pure.
import type { NewPresentationRequest } from '../../schemas/presentation.ts'
import type { Refusal } from '../../schemas/result.ts'

interface Limit {
  pointer: string
  detail: string
}

const each = <T>(
  list: readonly T[] | undefined,
  at: string,
  judge: (one: T, at: string) => Limit[],
): Limit[] => (list ?? []).flatMap((one, index) => judge(one, `${at}/${index}`))

const CREDENTIALS = '/dcql_query/credentials'

const ofOwn = ({ dcql_query: query, faceCheck }: NewPresentationRequest): Limit[] => [
  ...(faceCheck
    ? [{ pointer: '/faceCheck', detail: 'Only the driver `entra` compares faces.' }]
    : []),
  ...each(query.credentials, CREDENTIALS, ({ format, trusted_authorities: wanted }, at) => [
    ...(format === 'dc+sd-jwt'
      ? []
      : [{ pointer: `${at}/format`, detail: 'This driver verifies `dc+sd-jwt` alone.' }]),
    ...(wanted
      ? [
          {
            pointer: `${at}/trusted_authorities`,
            detail: 'This driver takes what the tenant’s trusted issuers say, for every request.',
          },
        ]
      : []),
  ]),
]

const ofEntra = (wish: NewPresentationRequest): Limit[] => [
  ...(wish.expiresInSeconds === undefined
    ? []
    : [
        {
          pointer: '/expiresInSeconds',
          detail: 'How long its links hold Entra Verified ID decides itself: leave it out.',
        },
      ]),
  ...ofEntraQuery(wish),
]

const ofEntraQuery = ({ dcql_query: query, response, mode }: NewPresentationRequest): Limit[] => [
  ...(mode === 'same-device'
    ? [{ pointer: '/mode', detail: 'Entra Verified ID binds no answer to a browser.' }]
    : []),
  ...(query.credential_sets
    ? [
        {
          pointer: '/dcql_query/credential_sets',
          detail: 'Entra Verified ID knows no alternatives: ask for every credential, or for one.',
        },
      ]
    : []),
  ...(response === 'direct_post'
    ? [{ pointer: '/response', detail: 'How wallets answer Entra Verified ID it decides itself.' }]
    : []),
  ...each(query.credentials, CREDENTIALS, (credential, at) => [
    ...(credential.format === 'jwt_vc_json'
      ? []
      : [{ pointer: `${at}/format`, detail: 'Entra Verified ID has `jwt_vc_json` alone.' }]),
    ...(credential.claim_sets
      ? [{ pointer: `${at}/claim_sets`, detail: 'Entra Verified ID knows no sets of claims.' }]
      : []),
    ...each(credential.claims, `${at}/claims`, ({ path }, place) =>
      path.length === 1
        ? []
        : [{ pointer: `${place}/path`, detail: 'Entra Verified ID has claims of one name.' }],
    ),
    ...((credential.meta.type_values?.length ?? 1) > 1
      ? [
          {
            pointer: `${at}/meta/type_values`,
            detail: 'Entra Verified ID asks for one type at a time.',
          },
        ]
      : []),
    ...each(credential.trusted_authorities, `${at}/trusted_authorities`, (_, place) => [
      {
        pointer: place,
        detail: 'Issuers that Entra Verified ID takes are DIDs of the trust list.',
      },
    ]),
  ]),
]

/** `not-supported`, with a pointer to each member that the driver has nothing for; null: it can be asked. */
export const unanswerable = (wish: NewPresentationRequest): Refusal | null => {
  const errors = wish.driver === 'entra' ? ofEntra(wish) : ofOwn(wish)
  return errors.length === 0
    ? null
    : {
        problem: 'not-supported',
        detail: 'The driver cannot express this request; pointers name what it has nothing for.',
        errors,
      }
}
