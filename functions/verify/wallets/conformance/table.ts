// The checks of the OpenID conformance suite for issuers and verifiers, as far as an issuer of SD-JWT VC by pre-authorized code and a
// verifier by DCQL have them, and some of ours: what holds each of them here, and the section that asks for it.

/** A file of this repository, and the title of a test in it, word for word as it is written there. */
export type Held = readonly [file: string, title: string]
export interface Row {
  check: string
  section: string
  /** One or more tests that hold it; or why it does not apply. */
  by: readonly [Held, ...Held[]] | string
}
export interface Part {
  name: string
  rows: readonly Row[]
}

export const row = (check: string, section: string, ...by: Held[] | [string]): Row => {
  const [first] = by
  if (first === undefined) throw new Error(`nothing holds it: ${check}`)
  return { check, section, by: typeof first === 'string' ? first : (by as [Held, ...Held[]]) }
}
/** All tests of one file. */
export const inFile =
  (file: string) =>
  (title: string): Held => [file, title]

export const NO_HAIP =
  'The HAIP profile is not claimed: it asks for the authorization code, PAR, DPoP and client attestation, which are not built.'
export const NO_MDOC = 'ISO mdoc is not issued and not asked for: the one format is dc+sd-jwt.'
/** All addresses are below PUBLIC_URL. On the laptop that is http, and the wallets are told to allow it. */
export const HTTPS: readonly [Held, ...Held[]] = [
  ['edge-workers/public-url.test.ts', 'is an https origin; http is for loopback alone'],
  ['functions/cli/self-host.test.ts', 'starts at no address that is not https'],
  ['functions/cli/deploy-check.test.ts', 'deploys to no address that is not https'],
  ['functions/cli/doctor.test.ts', 'looks at no installation whose address is not https'],
]
