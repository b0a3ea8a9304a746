// What the conformance suite checks of a verifier (x509_hash, request_uri_signed, direct_post and direct_post.jwt, dc+sd-jwt).
import { HTTPS, inFile, NO_HAIP, NO_MDOC, type Part, row } from './table.ts'

const wallet = inFile('edge-workers/routes/wallet/oid4vp.test.ts')
const dcql = inFile('edge-workers/credentials/dcql.test.ts')
const verify = inFile('edge-workers/credentials/verify-presentation.test.ts')
const status = inFile('edge-workers/actors/tenant/credentials/presentations/status.test.ts')
const list = inFile('edge-workers/credentials/read-status-list.test.ts')
const device = inFile('edge-workers/actors/tenant/credentials/presentations/same-device.test.ts')
const oid4vcTs = inFile('functions/verify/wallets/oid4vc-ts/oid4vc-ts.verify.ts')
const credo = inFile('functions/verify/wallets/credo/credo.verify.ts')

const NEEDED = 'has what a wallet needs and nothing that it would have to pass over (VP §5)'
const SIGNED = 'is signed by the leaf that its client_id is the hash of (VP §5.9.3, RFC 9101)'
const STANDING =
  'is refused while suspended, taken again when reinstated, and refused for good when revoked'

export const requestPart: Part = {
  name: 'Verifier, its request',
  rows: [
    row(
      'request_uri and response_uri are https, and without a fragment',
      'VP §5.10, §8.2, RFC 9101 §5.2',
      wallet(
        'is at addresses below the issuer’s own, without a query and a fragment (RFC 9101 §5.2)',
      ),
      ...HTTPS,
    ),
    row(
      'the request object is served again at a second fetch',
      'VP §5.10',
      wallet(
        'is served again with the same nonce, state and key, and with others for another request',
      ),
    ),
    row(
      'by POST with the wallet_nonce, of its content type',
      'VP §5.10',
      wallet('comes by POST too, with the wallet’s own nonce in it (VP §5.10)'),
    ),
    row(
      'typ, signature by x5c, x509_hash of the leaf, the same client_id in link and object',
      'VP §5.9.3, RFC 9101 §10.8',
      wallet(SIGNED),
      credo('presents 2 of 4 claims by %s'),
    ),
    row(
      'response_type, fresh iat, a nonce of 128 bits, and no parameter of older drafts',
      'VP §5.1, §5.2',
      wallet(NEEDED),
    ),
    row(
      'client_metadata: a key with kid and alg, both GCM algorithms, vp_formats_supported',
      'VP §5.1, §8.3, HAIP',
      wallet(NEEDED),
      wallet('is encrypted by either of the two algorithms, and by no other'),
    ),
    row(
      'the encryption key is not used for two requests',
      'VP §8.3',
      wallet(
        'is served again with the same nonce, state and key, and with others for another request',
      ),
    ),
    row('the DCQL query is valid', 'VP §6', dcql('cannot be asked with %s')),
    row(
      'no claim is asked that is never selectively disclosable',
      'VC §2.2.2.3',
      dcql('cannot be asked with %s'),
    ),
    row(
      'the answer to a right response: 200, JSON',
      'VP §8.2',
      wallet('counts once: a second one is refused, and changes nothing'),
      oid4vcTs('presents 2 of 4 claims by %s'),
    ),
    row(
      'redirect_uri with a fresh response_code on the same device, for that browser alone',
      'VP §13.3, HAIP',
      device(
        'is verified when the browser that began it comes back, and its page is where it goes',
      ),
      device('belongs to the first browser that opens its page'),
    ),
    row('HAIP: only its algorithms, and haip-vp://', 'HAIP', NO_HAIP),
  ],
}

export const responsePart: Part = {
  name: 'Verifier, what is presented',
  rows: [
    row(
      '2 of 4 claims of a foreign wallet are taken, and no more is kept',
      'VP §6.4.1',
      credo('presents 2 of 4 claims by %s'),
      oid4vcTs('presents 2 of 4 claims by %s'),
      verify('is kept as far as it was asked for, and no further (VP §6.4.1)'),
    ),
    row(
      'a cnf of kty, crv, x and y alone is enough',
      'RFC 7800 §3.2',
      oid4vcTs('presents 2 of 4 claims by %s'),
    ),
    row(
      'a corrupt credential signature',
      'VP §8.6, RFC 9901 §7.1',
      verify('VP §8.6: a corrupt credential signature'),
    ),
    row(
      'a corrupt signature of the key binding',
      'RFC 9901 §7.3',
      verify('SD §7.3: a corrupt key binding signature'),
    ),
    row('a wrong sd_hash', 'RFC 9901 §4.3', verify('SD §4.3: another sd_hash')),
    row('a wrong nonce of the key binding', 'VP §14.2.2', verify('VP §14.2.2: another nonce')),
    row(
      'a wrong audience of the key binding, also one without its prefix',
      'VP §B.3.6',
      verify('VP §B.3.6: another audience'),
      verify('VP §B.3.6: the audience without its prefix'),
    ),
    row(
      'a key binding of a year ago, and of next year',
      'RFC 9901 §7.3',
      verify('a key binding of a year ago'),
      verify('a key binding of next year'),
    ),
    row('mdoc: a wrong session transcript', 'VP §B.2.6', NO_MDOC),
    row(
      'whatever is not taken is 4xx',
      'VP §8.2',
      wallet('is told the word of what was wrong, as the request is'),
    ),
    row(
      'another credential than was asked for, two for one, or none',
      'VP §8.6',
      wallet('%s is refused'),
    ),
    row(
      'an answer to another request',
      'VP §14.2.2',
      wallet('to another request is refused, though everything in it is right'),
    ),
    row(
      'ours: a revoked credential, and a suspended one',
      'TSL §8.3',
      oid4vcTs(STANDING),
      credo(STANDING),
    ),
    row('ours: a stale status list', 'TSL §8.3', list('stale'), status('of a stale list')),
    row('ours: an index beyond the list', 'TSL §8.3', status('beyond the list')),
    row(
      'ours: redirects of a status list are not followed',
      'TSL §11.4',
      status('a list that answers %s is no list, though it is a right one'),
    ),
    row(
      'ours: no call into a private network for a status list or for keys',
      'VC §7.1',
      status('nobody is called at %s for a status'),
      status(
        'keys at an address are fetched once, again for one that is missing, and never from inside',
      ),
    ),
    row(
      'ours: an issuer at a shared host in the name of another one there',
      'VC §2.5',
      verify('ours: another issuer’s name at the host that the certificate is for'),
    ),
    row(
      'ours: exp, status or cnf that the holder could leave out',
      'VC §2.2.2.2',
      verify('VC §2.2.2.2: what the issuer has to say itself, as the holder’s to leave out'),
    ),
    row(
      'ours: no call for vct',
      'VC §7.1',
      'The verifier fetches no type metadata: a type is taken by its name alone.',
    ),
  ],
}
