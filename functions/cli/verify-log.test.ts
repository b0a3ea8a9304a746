// The stand-alone verifier and its auditor, held against logs that the product's own code made: what it verifies, what it refuses and names,
// and that it needs nothing but its file.
import { spawnSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { ProofBundle } from '../../schemas/log.ts'
import {
  bundleOf,
  checkpointOf,
  ed25519Signer,
  es256Signer,
  logOf,
  PLATFORM_ORIGIN,
  SUBJECT,
  TENANT_ORIGIN,
  tenantLeaves,
} from './verify-log.fixture.ts'

const FILE = join(import.meta.dirname, 'verify-log.mjs')
const AUDIT = join(import.meta.dirname, 'audit-log.mjs')

interface Verifier {
  verifyBundle: (bytes: Uint8Array, pins?: unknown) => string[]
  readKeys: (given: string) => unknown
}
interface Auditor {
  verifyLog: (lines: Iterable<Uint8Array>, note: string, pins: unknown) => string[]
  verifyGrowth: (older: string, newer: string, proof: Uint8Array, pins: unknown) => string[]
}
// Its types are its own affair: it is plain JavaScript.
const verifier = (await import(pathToFileURL(FILE).href)) as Verifier
const auditor = (await import(pathToFileURL(AUDIT).href)) as Auditor

const bytesOf = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))
/** What it says where it refuses; `VERIFIED` where it does not. */
const saying = (work: () => string[]): string => {
  try {
    return `VERIFIED ${work().join(' ')}`
  } catch (error) {
    return (error as Error).message
  }
}
const judged = (bundle: unknown, pins?: unknown): string =>
  saying(() => verifier.verifyBundle(bytesOf(bundle), pins))
const edge = ed25519Signer()
const vault = es256Signer()
const other = ed25519Signer(undefined, '09')
const pinsOf = (...keys: { publicKey: string }[]): unknown =>
  verifier.readKeys(JSON.stringify(keys))

describe('a bundle', () => {
  it('is verified, and told what it stands on', () => {
    const bundle = bundleOf()
    expect(ProofBundle.parse(bundle)).toEqual(bundle)
    const said = judged(bundle)
    expect(said).toContain(`${SUBJECT}: all 4 steps, none missing`)
    expect(said).toContain(`In the log ${TENANT_ORIGIN}, of 11 leaves`)
    expect(said).toContain(`leaf 1 of the platform’s log, ${PLATFORM_ORIGIN}, of 3`)
    expect(said).toContain('NOTE: a stand-in of a laptop holds the key')
    expect(said).toContain('NOTE: no --key')
    expect(judged(bundle, pinsOf(edge.key, vault.key))).not.toContain('no --key')
    const indented = Buffer.from(`${JSON.stringify(bundle, null, 2)}\n`)
    expect(saying(() => verifier.verifyBundle(indented))).toBe(said)
  })

  it('says so where nobody but the tenant’s log has the head, and where one party signed', () => {
    const [tenants] = bundleOf().keys
    const early = { ...bundleOf(), platform: null, keys: [tenants] }
    expect(judged(early)).toContain('NOTE: that head is not in the platform’s log yet')
    const alone = bundleOf({ platformSigners: [edge], keys: [edge.key] })
    expect(judged(alone)).toContain('NOTE: it is signed by one party only')
    expect(judged(alone, pinsOf(edge.key))).toContain('VERIFIED')
    expect(judged(alone, pinsOf(edge.key, vault.key))).toContain('no key that you trust')
  })

  it('is refused with any single byte changed', { timeout: 60_000 }, () => {
    const bytes = bytesOf(bundleOf())
    const accepted = [...bytes.keys()].filter((at) => {
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] ?? 0) ^ 0x01
      return saying(() => verifier.verifyBundle(changed)).startsWith('VERIFIED')
    })
    expect(accepted).toEqual([])
    console.info(`${bytes.length} bundles with one byte changed: ${accepted.length} accepted`)
  })

  it('is refused where its JSON is written in a way that nobody here writes it', () => {
    const plain = JSON.stringify(bundleOf())
    const indented = JSON.stringify(bundleOf(), null, 2)
    const others = [
      ...[
        ` ${plain}`,
        `${plain} `,
        `${plain}\n\n`,
        `\ufeff${plain}`,
        `${plain}\n`.replace(':', ': '),
      ],
      plain.replace('"subject"', '"\\u0073ubject"'),
      plain.replace('"subject":', '"subject":"x","subject":'),
      plain.replace('"version', '"__proto__":{},"version'),
      plain.replace('"size":11', '"size":11.0'),
      ...[indented.replace('\n ', '\n\t'), indented.replaceAll('\n', '\r\n')],
    ]
    const judgedText = (text: string): string =>
      saying(() => verifier.verifyBundle(Buffer.from(text)))
    expect(judgedText(`${plain}\n`)).toContain('VERIFIED')
    expect(others.filter((text) => judgedText(text).startsWith('VERIFIED'))).toEqual([])
    const latin = Buffer.from(plain.replace('Größer', 'Gr\u00ffer'), 'latin1')
    expect(saying(() => verifier.verifyBundle(latin))).toContain('is not JSON')
    const loud = plain.replace(/"path":\["([^"]*[a-f][^"]*)"/, (path) => path.toUpperCase())
    expect(judgedText(loud.replace('"PATH"', '"path"'))).toContain('is not hex')
  })

  it('is refused where bytes that are no UTF-8 would be read as the character that stands for such', () => {
    const words = { text: 'so \ufffd', key: '5a'.repeat(32) }
    const mac = createHmac('sha256', Buffer.from(words.key, 'hex')).update(words.text)
    const [first = '', second = '', ...rest] = tenantLeaves(11)
    const digest = `"sha256:${mac.digest('hex')}"`
    const leaves = [first, second.replace(/"sha256:[0-9a-f]{64}"/, digest), ...rest]
    const [said, ...others] = bundleOf({ leaves }).leaves
    const bytes = bytesOf({ ...bundleOf({ leaves }), leaves: [{ ...said, words }, ...others] })
    expect(saying(() => verifier.verifyBundle(bytes))).toContain('VERIFIED')
    const at = bytes.indexOf('\ufffd')
    const odd = Buffer.concat([bytes.subarray(0, at), Buffer.from([0xff]), bytes.subarray(at + 3)])
    expect(saying(() => verifier.verifyBundle(odd))).toContain('is not JSON')
  })

  const leaves = tenantLeaves(11)
  const changed = (index: number, from: string, to: string): string[] =>
    leaves.with(index, (leaves[index] ?? '').replace(from, to))
  it.each([
    [
      'a gap in the versions',
      { leaves: changed(7, '"version":3', '"version":4') },
      'leaf 7: version 4 where 3 is next',
    ],
    [
      'a leaf that is not canonical',
      { leaves: changed(4, ',"from"', ', "from"') },
      'leaf 4 is not in canonical form',
    ],
    [
      'a leaf in the place of another',
      { leaves: changed(4, '"index":4', '"index":5') },
      'leaf 4 says that it is leaf 5',
    ],
    [
      'a leaf about another object',
      { leaves: changed(4, 'chg_b', 'chg_c') },
      'leaf 4 is about another object',
    ],
    [
      'words that were not logged',
      { leaves: changed(1, '"words":"sha256:', '"words":"sha256:0') },
      'leaf 1: its words are not those that were logged',
    ],
    [
      'a field more',
      { leaves: changed(4, '"words":null}', '"words":null,"x":1}') },
      'leaf 4 does not have the form',
    ],
    ['a log of another platform', { origin: 'evil.example/log/ten_eu_a' }, 'are of two platforms'],
    ['another head in the platform’s log', { head: { size: 10 } }, 'is about another head'],
    ['a checkpoint by another key', { tenantSigners: [other] }, 'of no key that is given here'],
    ['a key that signed nothing', { platformSigners: [edge] }, 'has signed nothing'],
    [
      'a key with the name of another',
      { keys: [{ ...edge.key, name: 'x' }, vault.key] },
      'is not the one of its id',
    ],
  ] as const)('is refused with %s', (_, changes, message) => {
    const said = judged(bundleOf(changes as Parameters<typeof bundleOf>[0]))
    expect(said).toContain(message)
    expect(said).not.toContain('VERIFIED')
  })

  it('is refused where a leaf is left out, or put elsewhere, or comes from another log', () => {
    const good = bundleOf()
    const [first, second, ...rest] = good.leaves
    expect(judged({ ...good, leaves: [first, ...rest] })).toContain('where 2 is next, a gap')
    expect(judged({ ...good, leaves: [second, first, ...rest] })).toContain('leaf 4: version 2')
    expect(judged({ ...good, leaves: [] })).toContain('no leaf')
    const longer = bundleOf({ leaves: tenantLeaves(14) })
    expect(judged({ ...good, leaves: longer.leaves })).toContain('its proof is for another head')
    expect(judged({ ...good, checkpoint: longer.checkpoint })).toContain('for another head')
    expect(judged({ ...good, platform: longer.platform })).toContain('is about another head')
    expect(judged(good, pinsOf(other.key))).toContain('no key that you trust has signed it')
    expect(judged({ ...good, more: 1 })).toContain('does not have the form')
  })
})

const linesOf = (stored: Buffer): Buffer[] => {
  const lines: Buffer[] = []
  for (let at = 0; at < stored.length; at = stored.indexOf(10, at) + 1 || stored.length)
    lines.push(stored.subarray(at, stored.indexOf(10, at) < 0 ? undefined : stored.indexOf(10, at)))
  return lines
}

describe('a whole log', () => {
  const leaves = tenantLeaves(8)
  const log = logOf(leaves)
  const note = checkpointOf(TENANT_ORIGIN, log.head(), [edge])
  const pins = pinsOf(edge.key)
  const judgedLog = (stored: string | Buffer, under = note): string =>
    saying(() => auditor.verifyLog(linesOf(Buffer.from(stored)), under, pins))

  it('is verified at every size, also with leaves that are newer than the checkpoint', () => {
    for (let size = 0; size <= leaves.length; size += 1) {
      const under = checkpointOf(TENANT_ORIGIN, log.head(size), [edge])
      expect(judgedLog(log.stored, under)).toContain(`all ${size} leaves are as signed`)
    }
  })

  it('names the leaf of which one byte was flipped, whichever', { timeout: 60_000 }, () => {
    const stored = Buffer.from(log.stored)
    let leaf = 0
    let flips = 0
    for (let at = 0; at < stored.length; at += 1) {
      const changed = Buffer.from(stored)
      changed[at] = (changed[at] ?? 0) ^ 0x01
      // A line without its end goes on into the next; the log without its last newline is still whole.
      if (at < stored.length - 1 || changed[at] === 10)
        expect(judgedLog(changed)).toMatch(new RegExp(`^leaf ${leaf}\\b`))
      flips += 1
      if (stored[at] === 10) leaf += 1
    }
    expect(flips).toBe(stored.length)
    console.info(`${flips} bytes of a stored log flipped: each time the leaf was named`)
  })

  it('is refused where its end is missing, a leaf is, or one was changed with its hash', () => {
    const lines = log.stored.split('\n')
    const without = (at: number): string => lines.toSpliced(at, 1).join('\n')
    expect(judgedLog(without(7))).toContain('7 leaves, and 8 were signed')
    expect(judgedLog(without(5))).toContain('leaf 5 says that it is leaf 6')
    const rewritten = logOf(leaves.with(6, (leaves[6] ?? '').replace('mem_2345', 'mem_2346')))
    expect(judgedLog(rewritten.stored)).toContain('one was changed with it')
    const gap = logOf(leaves.with(6, (leaves[6] ?? '').replace('"version":3', '"version":4')))
    expect(judgedLog(gap.stored)).toContain('leaf 6: version 4 where 3 is next')
  })
})

describe('two checkpoints', () => {
  const log = logOf(tenantLeaves(21))
  const pins = pinsOf(edge.key)
  const note = (size: number, signer = edge, from = log, origin = TENANT_ORIGIN): string =>
    checkpointOf(origin, from.head(size), [signer])
  const grown = (from: number, to: number, proof: unknown = log.grown(from, to)): string =>
    saying(() => auditor.verifyGrowth(note(from), note(to), bytesOf(proof), pins))

  it('are verified from every size to every larger one', () => {
    let pairs = 0
    for (let to = 0; to <= 13; to += 1)
      for (let from = 0; from <= to; from += 1) {
        expect(grown(from, to)).toMatch(/^VERIFIED/)
        pairs += 1
      }
    expect(pairs).toBe(105)
  })

  it('are refused for a fork, another proof, another log and another signer', () => {
    const fork = logOf(tenantLeaves(21).with(2, 'another'))
    const judgedPair = (older: string, newer: string, proof: unknown): string =>
      saying(() => auditor.verifyGrowth(older, newer, bytesOf(proof), pins))
    const forked = { ...log.grown(8, 21), from: fork.head(8) }
    expect(judgedPair(note(8, edge, fork), note(21), forked)).toContain('is not the beginning')
    const twice = { from: fork.head(8), to: log.head(8), path: [] }
    expect(judgedPair(note(8, edge, fork), note(8), twice)).toContain('the log was forked')
    expect(
      judgedPair(note(8), note(5), {
        ...log.grown(5, 8),
        ...{ from: log.head(8), to: log.head(5) },
      }),
    ).toContain('shorter')
    expect(grown(8, 21, log.grown(9, 21))).toContain('for other heads')
    expect(grown(8, 21, { ...log.grown(8, 21), path: [] })).toContain('shorter than its tree')
    const { path } = log.grown(8, 21)
    expect(grown(8, 21, { ...log.grown(8, 21), path: [...path, path[0]] })).toContain('longer')
    expect(judgedPair(note(8, edge, log, PLATFORM_ORIGIN), note(21), log.grown(8, 21))).toContain(
      'two logs',
    )
    expect(judgedPair(note(8, other), note(21), log.grown(8, 21))).toContain('of no key')
  })
})

describe('the command', () => {
  const folder = mkdtempSync(join(tmpdir(), 'verify-log-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const put = (name: string, content: string | Uint8Array): string => {
    const path = join(folder, name)
    writeFileSync(path, content)
    return path
  }
  /** No network: in a network namespace of its own without any device, and where there is none, every door shut. */
  const namespace = spawnSync('unshare', ['-rn', 'true']).status === 0
  const shut = put(
    'shut.cjs',
    `const refuse = () => { throw new Error('no network') }
    const [net, tls, dgram, dns, http, https, http2] =
      ['net', 'tls', 'dgram', 'dns', 'http', 'https', 'http2'].map((name) => require(name))
    Object.assign(net, { connect: refuse, createConnection: refuse })
    net.Socket.prototype.connect = refuse
    Object.assign(tls, { connect: refuse })
    Object.assign(dgram, { createSocket: refuse })
    for (const name of ['lookup', 'resolve', 'resolve4', 'resolve6']) dns[name] = dns.promises[name] = refuse
    for (const one of [http, https]) Object.assign(one, { request: refuse, get: refuse })
    Object.assign(http2, { connect: refuse })
    globalThis.fetch = refuse`,
  )
  const runFile = (file: string, ...args: string[]) => {
    const node = [process.execPath, '--require', shut, file, ...args]
    const [command = '', ...rest] = namespace ? ['unshare', '-rn', ...node] : node
    const { status, stdout, stderr } = spawnSync(command, rest, { encoding: 'utf8', env: {} })
    return { status, said: stdout + stderr }
  }
  const run = (...args: string[]) => runFile(FILE, ...args)
  const audit = (...args: string[]) => runFile(AUDIT, ...args)

  it('has no network while it runs', () => {
    const probe = put(
      'probe.mjs',
      `import net from 'node:net'
      const asked = [() => net.connect(9), () => fetch('http://127.0.0.1')]
      process.stdout.write(asked.map((ask) => { try { ask(); return 'open' } catch { return 'shut' } }).join())`,
    )
    const { stdout } = spawnSync(process.execPath, ['--require', shut, probe], { encoding: 'utf8' })
    expect(stdout).toBe('shut,shut')
  })

  it('verifies, refuses and cannot read, with the network off', () => {
    console.info(`network off: ${namespace ? 'own namespace and ' : ''}every door of Node shut`)
    const good = put('bundle.json', bytesOf(bundleOf()))
    const checkpointKeys = [edge.key, vault.key]
    const keys = put('keys.json', JSON.stringify({ keys: [{ kty: 'OKP' }], checkpointKeys }))
    expect(run(good, '--key', keys)).toMatchObject({ status: 0 })
    expect(run(good, '--key', edge.key.publicKey).said).toMatch(/^VERIFIED\n/)
    const bad = put('bad.json', bytesOf(bundleOf()).toString().replace('accepted', 'accapted'))
    expect(run(bad)).toMatchObject({
      status: 1,
      said: expect.stringMatching(/^DOES NOT HOLD: leaf \d/),
    })
    expect(run(put('no.json', '{'))).toMatchObject({
      status: 2,
      said: expect.stringContaining('CANNOT'),
    })
    const [tenants] = bundleOf().keys
    const early = bytesOf({ ...bundleOf(), platform: null, keys: [tenants] })
    expect(run(put('early.json', early), '--key', keys)).toMatchObject({
      status: 3,
      said: expect.stringMatching(/^NOT YET: /),
    })
    const usage = { status: 2, said: expect.stringContaining('usage') }
    expect([run(), audit(), audit('--log', good)]).toMatchObject([usage, usage, usage])
    const none = put('none.json', JSON.stringify({ checkpointKeys: [] }))
    expect(run(good, '--key', none)).toMatchObject({ status: 2 })
    const loud = bundleOf({ keys: [{ ...edge.key, name: '\u001b[2J' }, vault.key] })
    expect(run(put('loud.json', bytesOf(loud))).said).toMatch(/^DOES NOT HOLD: the key \?\[2J is/)
  })

  it('takes a log and its checkpoint, and two checkpoints with their proof, from files', () => {
    const log = logOf(tenantLeaves(5))
    const older = put('old.note', checkpointOf(TENANT_ORIGIN, log.head(3), [edge]))
    const note = checkpointOf(TENANT_ORIGIN, log.head(), [edge])
    const newer = put('new.json', JSON.stringify({ note }))
    const key = ['--key', edge.key.publicKey]
    const stored = put('leaves.jsonl', log.stored)
    expect(audit('--log', stored, '--checkpoint', newer, ...key)).toMatchObject({ status: 0 })
    const flipped = put('flipped.jsonl', log.stored.replace('"index\\":3', '"index\\":2'))
    expect(audit('--log', flipped, '--checkpoint', newer, ...key)).toEqual({
      status: 1,
      said: 'DOES NOT HOLD: leaf 3: its bytes are not those that were logged\n',
    })
    const proof = put('proof.json', JSON.stringify(log.grown(3)))
    const asked = ['--from', older, '--to', newer, '--proof', proof]
    expect(audit(...asked, ...key)).toMatchObject({ status: 0 })
    expect(audit(...asked)).toMatchObject({ status: 2 })
  })

  it('imports nothing but parts of Node that open no connection', () => {
    const importsOf = (file: string) =>
      [
        ...readFileSync(file, 'utf8').matchAll(/^(?:import .*|\}) from '([^']+)'$|\bimport\(/gm),
      ].map(([, name]) => name)
    expect(importsOf(FILE)).toEqual(['node:crypto', 'node:fs', 'node:url', 'node:util'])
    expect(importsOf(AUDIT)).toEqual(['node:fs', './verify-log.mjs'])
  })

  it('is short enough to be read before it is believed', () => {
    const lines = readFileSync(FILE, 'utf8').split('\n').length
    expect(lines).toBeLessThan(260)
  })
})
