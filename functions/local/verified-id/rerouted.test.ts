// The whole way on one machine: the edge's client, the Functions bundle in its host, DefaultAzureCredential at the loopback endpoint
// of the managed identity, and calls for Microsoft's host that end in the stand-in. Product code is what runs in Azure.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createBackOffice } from '../../../edge-workers/back-office.ts'
import { Outage } from '../../../schemas/result.ts'
import { verifiedIdVerbs } from '../../../schemas/verified-id.ts'
import { buildFunctions } from '../../cli/build.ts'
import type { Child } from '../child.ts'
import { startFunctionsHost } from '../functions-host.ts'
import { rerouted } from '../reroute.ts'
import { loadSecrets, publicJwks, type Secrets } from '../secrets.ts'
import { startVerifiedId } from './stand-in.ts'

const TENANT = 'ten_eu_aaaaaaaaaaaaaaaa'
let folder: string
let secrets: Secrets
let standIn: Awaited<ReturnType<typeof startVerifiedId>>
let host: Child
const lines: string[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phoenix-verified-id-'))
  secrets = await loadSecrets(folder)
  standIn = await startVerifiedId({ port: 0, path: join(folder, 'verified-id.json') })
  const { path } = await buildFunctions({ outfile: join(folder, 'index.cjs') })
  host = await startFunctionsHost({
    ...{ bundlePath: path, port: 0, edgePublicJwks: publicJwks(secrets) },
    settings: { ...standIn.settings, VERIFIED_ID_FOLDER: join(folder, 'requests') },
    log: (line) => void lines.push(line),
  })
})
afterAll(async () => {
  await host.stop()
  await standIn.close()
  await rm(folder, { recursive: true })
})

it('issues a request once for one operation, as the managed identity', async () => {
  const ask = createBackOffice({
    baseUrl: `http://127.0.0.1:${host.port}`,
    signingKeyJwk: JSON.stringify(secrets.edgeSigningKey),
    ...{ fetch, now: () => new Date() },
  }).azure('Entra Verified ID', verifiedIdVerbs, TENANT)
  const url = 'http://127.0.0.1:1/i/x/entra'
  const authority = await ask('authority', 'op-1', { name: 'phoenix', linkedDomainUrl: url })
  if (!authority.ok) throw new Error(authority.fault.fault)
  expect(authority.value.did).toBe('did:web:127.0.0.1%3A1:i:x:entra')
  const { id: authorityId, did } = authority.value
  const contract = await ask('contract', 'op-2', {
    ...{ authorityId, name: 'badge', type: 'Badge', issuedBy: 'ACME', validitySeconds: 3_600 },
    claims: [{ name: 'given_name', required: true, labels: [] }],
    displays: [
      {
        ...{ locale: 'en-US', title: 'Badge', description: '', logo: null },
        ...{ backgroundColor: '#000000', textColor: '#ffffff' },
      },
    ],
  })
  if (!contract.ok) throw new Error(contract.fault.fault)
  const wish = {
    ...{ authority: did, manifest: contract.value.manifestUrl, type: 'Badge', clientName: 'ACME' },
    claims: { given_name: 'Sesame-Unsaid', credential_id: 'crd_1' },
    callback: { url: `${url}/callbacks`, state: `ofr_${'a'.repeat(26)}`, apiKey: 'k'.repeat(43) },
    pin: null,
  }
  const all = await Promise.all([ask('issue', 'op-3', wish), ask('issue', 'op-3', wish)])
  const [first] = all
  if (!first?.ok) throw new Error('not issued')
  expect([...all, await ask('issue', 'op-3', wish)]).toEqual([first, first, first])
  expect(await ask('issue', 'op-3', { ...wish, clientName: 'B' })).toMatchObject({
    ...{ ok: false, fault: { fault: 'conflict' } },
  })
  const wrong = await ask('issue', 'op-4', { ...wish, claims: { given_name: 'Sesame-Unsaid' } })
  expect(wrong).toMatchObject({
    ok: false,
    fault: { fault: 'refused', target: 'claims.credential_id' },
  })
  standIn.throttle(9, 90)
  await expect(ask('issue', 'op-5', wish)).rejects.toThrow(Outage)
  standIn.throttle(0, 1)
  const names = await readdir(join(folder, 'requests'))
  expect(names).toHaveLength(1)
  const record = await readFile(join(folder, 'requests', names[0] ?? ''), 'utf8')
  for (const secret of ['Sesame-Unsaid', 'k'.repeat(43)])
    expect(`${record}${lines.join()}`).not.toContain(secret)
})

it('leaves every other address as it is', async () => {
  const asked: string[] = []
  const fetching = rerouted(
    (async (input: string) => {
      asked.push(input)
      return new Response()
    }) as unknown as typeof fetch,
    JSON.stringify({ 'verifiedid.did.msidentity.com': 'http://127.0.0.1:7' }),
  )
  for (const url of [
    'https://verifiedid.did.msidentity.com/v1.0/x?a=b',
    'https://verifiedid.did.msidentity.com.evil.example/x',
    'http://verifiedid.did.msidentity.com/x',
  ])
    await fetching(url)
  expect(asked).toEqual([
    'http://127.0.0.1:7/v1.0/x?a=b',
    'https://verifiedid.did.msidentity.com.evil.example/x',
    'http://verifiedid.did.msidentity.com/x',
  ])
})
