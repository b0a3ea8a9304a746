// `npm run new-secrets -- <folder> [--only NAME …]`: the secrets of an installation, one file each (mode 0600), as systemd's
// LoadCredential and `wrangler secret put NAME < file` take them. Nothing that is there is overwritten. Prints public halves only.
import { createHash, randomBytes } from 'node:crypto'
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { exportJWK, generateKeyPair } from 'jose'
import {
  mintToken,
  OPERATOR_TOKEN_ID,
  PLATFORM_TENANT_ID,
  secretFrom,
} from '../../edge-workers/auth/token.ts'
import { readArguments } from './arguments.ts'

const USAGE = `npm run new-secrets -- <folder> [--only NAME …]
  <folder>      gets one file for each secret that it does not have
  --only NAME   none but these`

interface Made {
  /** Name of the file, and its text. */
  files: Record<string, string>
  /** What others must be told. */
  say: Record<string, string>
}

const random32 = (): string => randomBytes(32).toString('hex')

const signingKey = async (): Promise<Made> => {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  const { x, d } = await exportJWK(privateKey)
  const kid = `edge-${randomBytes(4).toString('hex')}`
  const publicJwk = { kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig', kid, x }
  return {
    files: { EDGE_SIGNING_KEY: JSON.stringify({ ...publicJwk, d }) },
    say: { 'EDGE_PUBLIC_JWKS, for the Functions': JSON.stringify({ keys: [publicJwk] }) },
  }
}

const operatorToken = (): Made => {
  const secret = secretFrom(randomBytes(32))
  const token = mintToken({ tenantId: PLATFORM_TENANT_ID, tokenId: OPERATOR_TOKEN_ID, secret })
  return {
    files: {
      OPERATOR_TOKEN: token,
      SWEEP_HEADER: `Authorization: Bearer ${token}`,
      OPERATOR_TOKEN_DIGEST: createHash('sha256').update(secret).digest('hex'),
    },
    say: {},
  }
}

const MAKERS: Record<string, () => Made | Promise<Made>> = {
  PLATFORM_KEY: () => ({ files: { PLATFORM_KEY: random32() }, say: {} }),
  BACKUP_KEY: () => ({ files: { BACKUP_KEY: random32() }, say: {} }),
  FORGE_WEBHOOK_SECRET: () => ({ files: { FORGE_WEBHOOK_SECRET: random32() }, say: {} }),
  EDGE_SIGNING_KEY: signingKey,
  OPERATOR_TOKEN: operatorToken,
}
export const SECRET_NAMES = Object.keys(MAKERS)

/**
 * `names` absent: all that the folder does not have; of what has been made a file may have been moved away since. Rejects, before
 * anything is written, where a file of a named one is there. Resolves with what others must be told.
 */
export const makeSecrets = async (
  folder: string,
  names?: readonly string[],
): Promise<Record<string, string>> => {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await chmod(folder, 0o700)
  const had = new Set(await readdir(folder))
  const all: Made[] = []
  for (const name of names ?? SECRET_NAMES) {
    const make = MAKERS[name]
    if (!make)
      throw new Error(`there is no secret of that name; there are ${SECRET_NAMES.join(', ')}`)
    const made = await make()
    const there = Object.keys(made.files).filter((file) => had.has(file))
    if (there.length === 0) all.push(made)
    else if (names)
      throw new Error(
        `${there.join(', ')}: there already; nothing is overwritten, nothing was made`,
      )
  }
  // `wx`: whoever overwrites PLATFORM_KEY has lost every derived key.
  for (const { files } of all)
    for (const [file, text] of Object.entries(files))
      await writeFile(join(folder, file), `${text}\n`, { mode: 0o600, flag: 'wx', flush: true })
  return Object.assign({}, ...all.map(({ say }) => say))
}

if (process.argv[1] === import.meta.filename) {
  const { positionals, values } = readArguments(USAGE, {
    allowPositionals: true,
    options: { only: { type: 'string', multiple: true } },
  })
  const [folder] = positionals
  if (folder === undefined || positionals.length !== 1) {
    console.error(USAGE)
    process.exit(2)
  }
  try {
    const said = await makeSecrets(resolve(folder), values.only)
    for (const [what, text] of Object.entries(said)) console.log(`${what}:\n${text}`)
    console.log(
      'Keep a copy of this folder offline: without PLATFORM_KEY and BACKUP_KEY no backup opens.',
    )
  } catch (error) {
    console.error((error as Error).message)
    process.exit(1)
  }
}
