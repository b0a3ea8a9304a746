// Every operation of the real bundle and of the laptop's stand-ins, asked for again: under the same token, which is refused, and
// under a fresh token of the same operation, as the edge does when an answer was lost. Neither changes a byte of what is kept.
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildFunctions } from '../../cli/build.ts'
import { startArm } from '../arm/stand-in.ts'
import type { Child } from '../child.ts'
import { AZURE } from '../defaults.ts'
import { startFunctionsHost } from '../functions-host.ts'
import { loadSecrets, publicJwks, type Secrets } from '../secrets.ts'
import { startVault } from '../vault/stand-in.ts'
import { startVerifiedId } from '../verified-id/stand-in.ts'
import { type Answers, OPERATIONS, type Operation, TENANT } from './operations.fixture.ts'
import { post, type SignedCall, tokenFor } from './signing.fixture.ts'

const MASTER = 'master-master-master'

let folder: string
let kept: string
let secrets: Secrets
let office: Awaited<ReturnType<typeof startVerifiedId>>
let arm: Awaited<ReturnType<typeof startArm>>
let vault: Awaited<ReturnType<typeof startVault>>
let host: Child
let base: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phoenix-operations-'))
  kept = join(folder, 'kept')
  await mkdir(join(kept, 'office'), { recursive: true })
  secrets = await loadSecrets(folder)
  office = await startVerifiedId({ port: 0, path: join(kept, 'office', 'verified-id.json') })
  const { identity } = office
  arm = await startArm({ port: 0, path: join(kept, 'arm.json'), identity, hasRoles: () => true })
  vault = await startVault({ port: 0, folder: join(kept, 'vault'), identity })
  const { path } = await buildFunctions({ outfile: join(folder, 'index.cjs') })
  host = await startFunctionsHost({
    ...{ bundlePath: path, port: 0, edgePublicJwks: publicJwks(secrets) },
    settings: {
      ...{ ...office.settings, ...vault.settings },
      ...arm.settingsFor([`${AZURE.subscriptionId}/${AZURE.groupOf(TENANT)}`]),
      LOCAL_REROUTES: JSON.stringify({
        ...JSON.parse(office.settings.LOCAL_REROUTES),
        ...{ ...arm.routes, ...vault.routes },
      }),
      ARC_SCOPES: JSON.stringify(`${AZURE.subscriptionId}/${AZURE.groupOf('{tenant}')}`),
      VERIFIED_ID_PER_SECOND: '1000',
      BACKUP_FOLDER: join(kept, 'backups'),
      ANCHOR_FILE: join(kept, 'anchor.jsonl'),
      COSIGNER_FOLDER: join(kept, 'cosigner'),
      VERIFIED_ID_FOLDER: join(kept, 'requests'),
      FUNCTIONS_HOST_KEYS: JSON.stringify({ master: MASTER }),
    },
  })
  base = `http://127.0.0.1:${host.port}`
})
afterAll(async () => {
  await host.stop()
  for (const each of [office, arm, vault]) await each.close()
  await rm(folder, { recursive: true })
})

/** SHA-256 of every file that anything here keeps. */
const everything = async (): Promise<Record<string, string>> => {
  const files = await readdir(kept, { recursive: true, withFileTypes: true })
  const paths = files
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name))
  const digests = paths.sort().map(async (path) => [
    path.slice(kept.length),
    createHash('sha256')
      .update(await readFile(path))
      .digest('hex'),
  ])
  return Object.fromEntries(await Promise.all(digests))
}

const answers: Answers = {}

const ask = async (name: string, input: unknown): Promise<void> => {
  const { path } = OPERATIONS[name] as Operation
  const call = { path, owner: TENANT, operation: `before ${name}`, body: JSON.stringify(input) }
  await post(base, call, await tokenFor(secrets.edgeSigningKey, call))
}

it.each(Object.keys(OPERATIONS))('%s, again, changes nothing', async (name) => {
  const {
    path,
    owner = TENANT,
    fault,
    stamped,
    body,
    same = (answer) => answer,
  } = OPERATIONS[name] as Operation
  const sent = JSON.stringify((await body?.(answers, { secrets, office, ask })) ?? {})
  const call: SignedCall = { path, owner, operation: `op-${name}`, body: sent }
  const key = secrets.edgeSigningKey
  const token = await tokenFor(key, call)
  const first = await post(base, call, token)
  expect([first.status, await first.clone().text()]).toEqual([200, expect.any(String)])
  const answer = (await first.json()) as Answers
  if ('ok' in answer) expect([answer.ok, answer.fault?.fault]).toEqual([!fault, fault])
  answers[name] = answer
  const before = await everything()
  expect((await post(base, call, token)).status).toBe(401)
  const again = await post(base, call, await tokenFor(key, call))
  expect(again.status).toBe(200)
  expect(same((await again.json()) as Answers)).toEqual(same(answer))
  if (!stamped) expect(await everything()).toEqual(before)
})

it('leaves out no operation', async () => {
  const headers = { 'x-functions-key': MASTER }
  const listed = await (await fetch(`${base}/admin/functions`, { headers })).json()
  const names = (listed as { name: string }[]).map(({ name }) => name)
  expect(names.filter((name) => name !== 'health').sort()).toEqual(Object.keys(OPERATIONS).sort())
})
