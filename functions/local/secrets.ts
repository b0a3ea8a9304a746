// The secrets of a laptop installation: made at the first start, kept in secrets.json (mode 0600), read at the next.
// In production they come from the platforms' own stores; nothing here is used there.
import {
  createPublicKey,
  generateKeyPair as generateRsa,
  randomBytes,
  randomInt,
} from 'node:crypto'
import { chmod, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { exportJWK, generateKeyPair } from 'jose'
import * as z from 'zod'

const Hex32 = z.string().regex(/^[0-9a-f]{64}$/)

const SigningKey = z.strictObject({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  alg: z.literal('EdDSA'),
  use: z.literal('sig'),
  kid: z.string().min(1),
  x: z.string().min(1),
  d: z.string().min(1),
})

const ProviderKey = z.strictObject({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  alg: z.literal('ES256'),
  use: z.literal('sig'),
  kid: z.string().min(1),
  ...{ x: z.string().min(1), y: z.string().min(1), d: z.string().min(1) },
})

/** Of the simulated identity provider. */
const IdentityProviderSecrets = z.strictObject({
  /** Private JWK with which it signs tokens. */
  signingKey: ProviderKey,
  /** With which the product proves itself there. */
  clientSecret: Hex32,
  cookieKey: Hex32,
})

const Secrets = z.strictObject({
  /** Private JWK (RFC 8037) with which the edge signs. */
  edgeSigningKey: SigningKey,
  /** Root of every derived key. */
  platformKey: Hex32,
  forgeWebhookSecret: Hex32,
  /** Secret part of the first operator token. */
  operatorTokenSecret: Hex32,
  /** Tokens of the local forge's accounts. */
  forgeTokens: z.strictObject({
    app: Hex32,
    administrator: Hex32,
    requester: Hex32,
    approver: Hex32,
  }),
  identityProvider: IdentityProviderSecrets,
  /** Of the GitHub App that Phoenix is at the local forge: an RSA key as GitHub gives them, PKCS#1 in PEM. */
  forgeApp: z.strictObject({ id: z.string().regex(/^[1-9][0-9]{0,8}$/), key: z.string().min(1) }),
})
/** What a file of an earlier release lacks is made when it is read. */
const Stored = Secrets.partial({ identityProvider: true, forgeApp: true })
export type Secrets = z.infer<typeof Secrets>

const random32 = (): string => randomBytes(32).toString('hex')

const makeSigningKey = async (): Promise<Secrets['edgeSigningKey']> => {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  const { x, d } = await exportJWK(privateKey)
  const kid = `edge-${randomBytes(4).toString('hex')}`
  return SigningKey.parse({ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig', kid, x, d })
}

const makeIdentityProvider = async (): Promise<Secrets['identityProvider']> => {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const { x, y, d } = await exportJWK(privateKey)
  const kid = `demo-${randomBytes(4).toString('hex')}`
  const more = { kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig', kid }
  return {
    signingKey: ProviderKey.parse({ ...more, x, y, d }),
    ...{ clientSecret: random32(), cookieKey: random32() },
  }
}

const makeForgeApp = async (): Promise<Secrets['forgeApp']> => {
  const { privateKey } = await promisify(generateRsa)('rsa', { modulusLength: 2048 })
  return {
    id: String(100_000 + randomInt(900_000)),
    key: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
  }
}

/** The public half, as the local forge takes it. */
export const forgeAppPublicKey = ({ forgeApp }: Pick<Secrets, 'forgeApp'>): string =>
  createPublicKey(forgeApp.key).export({ type: 'spki', format: 'pem' }).toString()

const makeSecrets = async (): Promise<Secrets> => ({
  edgeSigningKey: await makeSigningKey(),
  platformKey: random32(),
  forgeWebhookSecret: random32(),
  operatorTokenSecret: random32(),
  forgeTokens: {
    app: random32(),
    administrator: random32(),
    requester: random32(),
    approver: random32(),
  },
  identityProvider: await makeIdentityProvider(),
  forgeApp: await makeForgeApp(),
})

const readIfThere = async (path: string): Promise<string | null> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** All or nothing, also through a power cut: a half-written file would lose the keys of everything in the folder. */
const writeWhole = async (path: string, text: string): Promise<void> => {
  const draft = `${path}.new`
  const file = await open(draft, 'w', 0o600)
  try {
    await file.chmod(0o600)
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(draft, path)
}

const parse = (path: string, text: string): z.infer<typeof Stored> => {
  try {
    return Stored.parse(JSON.parse(text))
  } catch {
    // Neither the content nor a parser's quotation of it belongs into a message.
    throw new Error(
      `${path} cannot be read as secrets. Restore it, or remove the whole folder to start afresh.`,
    )
  }
}

/** Reads the secrets of the state folder `home`, or makes them. Call it under the folder's lock. */
export const loadSecrets = async (home: string): Promise<Secrets> => {
  const path = join(home, 'secrets.json')
  const text = await readIfThere(path)
  if (text !== null) {
    await chmod(path, 0o600)
    const stored = parse(path, text)
    if (stored.identityProvider && stored.forgeApp) return Secrets.parse(stored)
    const whole: Secrets = {
      ...stored,
      identityProvider: stored.identityProvider ?? (await makeIdentityProvider()),
      forgeApp: stored.forgeApp ?? (await makeForgeApp()),
    }
    await writeWhole(path, `${JSON.stringify(whole, null, 2)}\n`)
    return whole
  }
  const secrets = await makeSecrets()
  await writeWhole(path, `${JSON.stringify(secrets, null, 2)}\n`)
  return secrets
}

/** The public half, as the Functions take it in EDGE_PUBLIC_JWKS. */
export const publicJwks = ({ edgeSigningKey }: Pick<Secrets, 'edgeSigningKey'>): string => {
  const { d: _private, ...key } = edgeSigningKey
  return JSON.stringify({ keys: [key] })
}
