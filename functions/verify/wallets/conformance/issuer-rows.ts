// What the conformance suite checks of an issuer (oid4vci-1_0-issuer-test-plan, pre_authorization_code, sd_jwt_vc, plain).
import { HTTPS, inFile, NO_HAIP, type Part, row } from './table.ts'

const documents = inFile('edge-workers/routes/wallet/issuer-documents.test.ts')
const issuance = inFile('edge-workers/routes/wallet/issuance.test.ts')
const encrypted = inFile('edge-workers/routes/wallet/encrypted.test.ts')
const negative = inFile('edge-workers/routes/wallet/issuer-negative.test.ts')
const once = inFile('edge-workers/routes/wallet/single-use.test.ts')
const offers = inFile('edge-workers/routes/credential-offers.test.ts')
const credentials = inFile('edge-workers/routes/credentials.test.ts')
const rotation = inFile('edge-workers/actors/tenant/credentials/issuer/rotation.test.ts')
const sdJwt = inFile('edge-workers/credentials/sd-jwt.test.ts')
const positions = inFile('edge-workers/actors/tenant/credentials/status/positions.test.ts')
const oid4vcTs = inFile('functions/verify/wallets/oid4vc-ts/oid4vc-ts.verify.ts')
const credo = inFile('functions/verify/wallets/credo/credo.verify.ts')
const sphereon = inFile('functions/verify/wallets/sphereon/sphereon.verify.ts')
const overHttp = inFile('functions/verify/credentials/single-use.verify.ts')

const NO_ATTESTATION =
  'Clients are anonymous and keys are not attested: the metadata asks for neither, and a client that authenticates is refused.'

export const metadataPart: Part = {
  name: 'Issuer metadata',
  rows: [
    row(
      'the document is at the well-known segment between host and path, and names the identifier byte for byte',
      'VCI §12.2.2',
      documents('names the identifier it was asked for, byte for byte, between host and path'),
    ),
    row(
      'required members are there, and none that nobody knows',
      'VCI §12.2.4',
      documents(
        'has every required member, every address below the identifier, and no member that nobody knows',
      ),
    ),
    row(
      'all addresses are https',
      'VCI §12.2.1',
      documents(
        'has every required member, every address below the identifier, and no member that nobody knows',
      ),
      ...HTTPS,
    ),
    row(
      'authorization server metadata: 200, JSON, the same issuer',
      'RFC 8414 §3.3, VCI §12.3',
      documents('is at its own address, of the same issuer, with the one grant there is'),
    ),
    row(
      'proof_types_supported if and only if there are binding methods; no empty key_attestations_required',
      'VCI §12.2.4',
      documents(
        'binds and proves both or neither, by algorithms that it has, and asks for no attestation',
      ),
    ),
    row(
      'algorithms are valid, the format is that of today, locales are BCP 47 and unique, the scope’s syntax',
      'VCI §12.2.4, RFC 6749 §3.3',
      documents(
        'has the format of today, a type and a scope for each, and languages that are some, each once',
      ),
    ),
    row(
      'batch_size only of two or more',
      'VCI §12.2.4',
      documents('says a batch size only where there is one, and then of two or more'),
    ),
    row(
      'alg, enc and zip of encryption are consistent, and requests are encrypted where answers are',
      'VCI §12.2.4',
      documents('offers encryption both ways or neither, by the same algorithms, and demands none'),
    ),
    row(
      'nothing is announced that is not there',
      'VCI §12.2.4',
      documents(
        'is short of what is not there: no signed_metadata of older drafts, no authorization server elsewhere',
      ),
    ),
    row('HAIP: nonce endpoint and a scope for each configuration', 'HAIP', NO_HAIP),
    row(
      'signed metadata where it is asked for: typ, sub, iat, a signature by x5c under the published root; JSON where it is not',
      'VCI §12.2.3',
      documents('is a JWT about this issuer by its own key, and says what the JSON says'),
      documents(
        'comes to whoever asks for it, kept apart by caches, and never in the place of the JSON',
      ),
    ),
  ],
}

export const positivePart: Part = {
  name: 'Issuer, what works',
  rows: [
    row(
      'the happy flow with a foreign wallet over HTTP',
      'VCI §3.5, §6 to §8',
      oid4vcTs('redeems an offer with its transaction code, reads what it got, and says so'),
      credo('redeems an offer with its transaction code, verifies what it got, and says so'),
      sphereon('gets its credential where the issuer says draft15, and so does a wallet of today'),
    ),
    row(
      'unknown fields in every body are ignored',
      'VCI §6.1, §8.2, RFC 6749 §3.2',
      issuance('are ignored wherever they stand (seed %i)'),
    ),
    row(
      'encrypted requests and answers, at the credential and the deferred endpoint',
      'VCI §8.2, §9.1, §10',
      encrypted('is answered encrypted where it asks for that, and the same when it is sent again'),
      encrypted('of a deferred one too, each answer to the key that came with its request'),
      oid4vcTs('encrypts its requests, and reads answers that are encrypted, a deferred one too'),
    ),
    row(
      'two clients one after another',
      'VCI §3.5',
      sphereon('gets its credential where the issuer says draft15, and so does a wallet of today'),
    ),
    row(
      'a wallet that never notifies',
      'VCI §11',
      issuance('is made by a wallet that never says what became of it'),
    ),
    row(
      'offers by value and by reference',
      'VCI §4.1',
      issuance('has the same in the link itself, and never the transaction code'),
      oid4vcTs('redeems by value as by reference'),
    ),
    row(
      'a batch: no more than the proofs, each with a key, salts and a status index of its own',
      'VCI §8.3, §14.6, §15.4.1',
      issuance('is as many copies as proofs, each with a key, salts and a place of its own'),
      oid4vcTs('gets a batch, each bound to a key of its own and at a place of its own'),
      credo('gets a batch of three'),
    ),
    row(
      'status indexes are distinct and unpredictable',
      'TSL §12.5, §13.2',
      positions('are distinct, and as likely in every sixteenth of the list'),
    ),
    row(
      'herd privacy: credentials of every configuration and holder share a list of 2^17 places',
      'TSL §12.2, §12.5',
      positions('of every configuration are in one list, which is opened with all its places'),
    ),
    row(
      'deferred: 202 with an interval, the same transaction_id, then the credential',
      'VCI §9',
      offers('waits, is released, and is issued to the keys that asked'),
      oid4vcTs('waits for a deferred one'),
    ),
    row(
      'a transaction_id is invalid once its credential was obtained; ours: for a minute the same answer comes again to a wallet that lost it',
      'VCI §9.1, §9.3',
      offers(
        'has a handle that is unknown a minute after it was issued, and gets the same again until then',
      ),
    ),
    row(
      'a notification is 2xx, and idempotent',
      'VCI §11.2',
      once('say what became of it: it is accepted once'),
    ),
    row(
      'cnf is the proved key, vct the configuration’s; mandatory claims, iat and exp, typ',
      'VC §2.2, VCI §8.2',
      issuance('becomes a credential bound to the holder’s key, step by step'),
      oid4vcTs('redeems an offer with its transaction code, reads what it got, and says so'),
    ),
    row(
      'mandatory claims are there before anything is offered',
      'VCI §B.2',
      offers('that are %s are refused by a pointer, without what they say'),
    ),
    row(
      'type metadata at vct; what is disclosed selectively is what it says',
      'VC §5.3.1, §5.6.4',
      documents('is at the address that vct is, with labels and how each claim is disclosed'),
      documents('is what credentials of the type do'),
    ),
    row(
      'salts are 128 bits and unique',
      'RFC 9901 §4.2.1, §9.3',
      sdJwt(
        'draws 128 bits of salt for each disclosure of each copy and orders digests by nothing but themselves',
      ),
    ),
    row(
      'the status token: content type, signature, times, the x5c chain',
      'TSL §5.1, §8.2',
      documents(
        'are signed tokens of their own type, with the issuer’s certificate, for as long as they say',
      ),
    ),
    row(
      'the status is VALID, and follows what the issuer says',
      'TSL §7.1',
      credentials(
        'is valid, suspended, valid again and revoked for good, in the API and in the list at once',
      ),
      oid4vcTs(
        'is refused while suspended, taken again when reinstated, and refused for good when revoked',
      ),
    ),
    row(
      'the x5c chain of the credential: a leaf that is not self-signed, under the published root',
      'VC §2.5, HAIP',
      issuance(
        'is signed by a key that the issuer publishes, in a leaf under its root that is not self-signed',
      ),
      credo('does not take a credential of an issuer whose root it does not trust'),
    ),
    row(
      'ours: what was issued verifies by its key, which is published, after two rotations, until it has ended',
      'VC §2.5, §3.5',
      rotation(
        'verifies after two more rotations, and is published, until all that it signed has ended',
      ),
    ),
    row(
      'ours: a key that an owner has ended verifies nothing, and is not published',
      'VC §3.5',
      rotation(
        'is ended by an owner who knows what ends with it, and nothing that it signed verifies',
      ),
    ),
  ],
}

export const negativePart: Part = {
  name: 'Issuer, what is refused',
  rows: [
    row('invalid nonce: invalid_nonce', 'VCI §8.3.1.2', negative('a nonce that nobody made')),
    row(
      'a used or an old nonce: invalid_nonce',
      'VCI §8.3.1.2',
      negative('a nonce that was used, and one that is too old'),
    ),
    row(
      'a bad proof signature: invalid_proof',
      'VCI §8.3.1.2',
      negative('a proof that somebody else signed, was cut, or shows a private key'),
    ),
    row('no proofs: invalid_proof', 'VCI §8.3.1.2', negative('no proofs')),
    row(
      'another audience, type, time or key of a proof: invalid_proof',
      'VCI §F.1, §F.4',
      negative('another audience'),
      negative('another type'),
      negative('an hour ahead'),
      negative('two keys'),
    ),
    row('a bad key attestation: invalid_proof', 'VCI §D', NO_ATTESTATION),
    row(
      'an unknown configuration: unknown_credential_configuration',
      'VCI §8.3.1.2',
      negative('an unknown configuration'),
    ),
    row(
      'an unknown identifier: unknown_credential_identifier',
      'VCI §8.3.1.2',
      negative('an unknown identifier'),
    ),
    row(
      'unsupported encryption: invalid_encryption_parameters, not encrypted',
      'VCI §8.3.1.2',
      negative('a wish for encryption that nobody can fulfil'),
      encrypted('a wish in a request that is not encrypted, where the issuer is strict'),
      encrypted('what is encrypted and no request has the code of its endpoint'),
    ),
    row(
      'an access token in the query is refused, as are none, another’s and one that is over',
      'RFC 6750 §2.3, §3',
      negative('whoever has no access token, another’s, or one that is over: 401 (RFC 6750 §3)'),
    ),
    row(
      'client attestation: bad signatures, wrong audience, wrong key, no sub, expired',
      'HAIP',
      NO_ATTESTATION,
    ),
    row(
      'a client that authenticates where none can: invalid_client',
      'RFC 6749 §5.2',
      negative('a client assertion'),
      negative('JSON, a body that is none, and a client by Basic'),
    ),
    row(
      'no tx_code where one is expected, one where none is: invalid_request',
      'VCI §6.3',
      negative('a tx_code that nobody asked for'),
      negative('a missing, a wrong and an expired code, and one that was used'),
    ),
    row(
      'a wrong, expired or used code: invalid_grant',
      'VCI §6.3',
      negative('a missing, a wrong and an expired code, and one that was used'),
      negative('an unknown code'),
      oid4vcTs('is refused with a wrong transaction code, and takes the right one then'),
    ),
    row(
      'error bodies: 400, JSON, no unknown member, nothing of what was sent',
      'VCI §6.3, §8.3.1.2',
      negative('%s'),
      negative('no refusal was an error of ours'),
    ),
    row(
      'handles of the deferred and the notification endpoint that are none',
      'VCI §9.3, §11.3',
      negative('handles that are none, words that are none, and bodies that are none'),
    ),
    row(
      'ours: wrong transaction codes are counted, then the code is dead',
      'VCI §13.6.3',
      once('guess a transaction code: five tries, then the code is dead'),
    ),
    row(
      'ours: one code, 50 at once: one token',
      'VCI §13.6.1',
      once('redeem one code: one access token'),
      overHttp('one code, one nonce, one set of keys: one credential each'),
      oid4vcTs('fifty at once get one credential'),
    ),
    row(
      'ours: one nonce, 50 at once: one credential',
      'VCI §7',
      once('bring one nonce: one credential'),
      once('bring one nonce to 50 offers: one credential'),
      overHttp('one code, one nonce, one set of keys: one credential each'),
    ),
    row(
      'ours: an offer ends at its time',
      'VCI §4.1',
      offers('by its alarm, and at the first look even before that'),
    ),
    row(
      'ours: the proof of older drafts is refused unless the tenant takes it',
      'draft 15 §7.2',
      negative('the proof of older drafts'),
      sphereon('is refused by a strict issuer that it knows from before'),
    ),
  ],
}
