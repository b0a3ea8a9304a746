#!/usr/bin/env node
// Checks what Phoenix says about its log, without Phoenix: one file, no dependency, no network, any Node from 18 on.
// It shares no code with the product, on purpose: an error there is not repeated here.
//
//   node verify-log.mjs bundle.json [--key <keys>]                                  one object's leaves, with their proofs
//   node verify-log.mjs --log leaves.jsonl --checkpoint head.note --key <keys>      a whole log, leaf by leaf
//   node verify-log.mjs --from old.note --to new.note --proof proof.json --key <keys>   a log grew, and lost nothing
//
// <keys>: a public key in base64, or a file of them: one a line, or the JSON of GET /v1/log/keys. Without, a bundle is held against
// the keys in it, which shows that it is whole and not who made it. A checkpoint is a signed note (C2SP tlog-checkpoint) or
// JSON with one at `note`; leaves.jsonl has {leaf, hash} as they are stored, oldest first.
// Exit: 0 verified, 1 does not hold, 2 cannot be read.
import { createHash, createHmac, createPublicKey, verify } from 'node:crypto'
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const demand = (holds, message, exit = 1) => {
  if (!holds) throw Object.assign(new Error(message), { exit })
}

// --- Reading: exactly these fields, in these forms ---
const TEXT = /^/
/** What is printed has nothing in it that a terminal obeys. */
const LINE = /^\P{Cc}+$/u
const HASH = /^[0-9a-f]{64}$/
const DIGEST = /^sha256:[0-9a-f]{64}$/
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z$/
const WHOLE = (value) => Number.isSafeInteger(value) && value >= 0
const FLAG = (value) => typeof value === 'boolean'
const orNull = (shape) => (value) => value === null || fits(shape, value)
const fits = (shape, value) => {
  if (shape instanceof RegExp) return typeof value === 'string' && shape.test(value)
  if (typeof shape === 'function') return shape(value)
  if (Array.isArray(shape)) return Array.isArray(value) && value.every((one) => fits(shape[0], one))
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const has = (name) => Object.hasOwn(value, name) && fits(shape[name], value[name])
  return Object.keys(value).length === Object.keys(shape).length && Object.keys(shape).every(has)
}

const HEAD = { size: WHOLE, root: HASH }
const INCLUSION = { index: WHOLE, size: WHOLE, leafHash: HASH, root: HASH, path: [HASH] }
const GROWTH = { from: HEAD, to: HEAD, path: [HASH] }
const ID = { name: LINE, algorithm: /^(Ed25519|ES256)$/, keyId: /^[0-9a-f]{8}$/, publicKey: TEXT }
const STEP = { type: TEXT, subject: TEXT, version: WHOLE, from: TEXT, to: TEXT, actor: TEXT }
const LEAVES = {
  'phoenix.leaf/v1': { schema: TEXT, index: WHOLE, ...STEP, at: TIME, words: orNull(DIGEST) },
  'phoenix.head/v1': { schema: TEXT, index: WHOLE, tenant: DIGEST, ...HEAD, at: TIME },
  'phoenix.event/v1': {
    schema: TEXT,
    index: WHOLE,
    event: TEXT,
    owner: TEXT,
    backup: TEXT,
    actor: TEXT,
    at: TIME,
  },
  'phoenix.key/v1': { schema: TEXT, index: WHOLE, ...ID, from: TIME, simulated: FLAG },
}
const BUNDLE = {
  schema: /^phoenix\.proof-bundle\/v1$/,
  subject: LINE,
  leaves: [{ leaf: TEXT, proof: INCLUSION, words: orNull({ text: TEXT, key: HASH }) }],
  checkpoint: TEXT,
  platform: orNull({ leaf: TEXT, proof: INCLUSION, checkpoint: TEXT }),
  keys: [{ ...ID, simulated: FLAG }],
}

/** JSON that can be written in one way only: no byte of it is without a meaning. */
const readJson = (bytes, shape, what, code = 2) => {
  let value
  try {
    const source = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    const parsed = JSON.parse(source)
    const isWritten = (form) => form === source || `${form}\n` === source
    if (isWritten(JSON.stringify(parsed)) || isWritten(JSON.stringify(parsed, null, 2)))
      value = parsed
  } catch {}
  demand(value !== undefined, `${what} is not JSON on one line, or indented by two blanks`, code)
  demand(fits(shape, value), `${what} does not have the form that this verifier knows`, code)
  return value
}

/** RFC 8785, for values without fractions. */
const canonical = (value) => {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const names = Object.keys(value).sort()
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`)}}`
}

const readBase64 = (source, what) => {
  const bytes = Buffer.from(source, 'base64')
  demand(bytes.length > 0 && bytes.toString('base64') === source, `${what} is not base64`, 2)
  return bytes
}

// --- The tree: RFC 6962 §2.1; RFC 9162 §2.1.3.2 and §2.1.4.2 for its proofs ---
const sha256 = (...parts) =>
  parts.reduce((all, part) => all.update(part), createHash('sha256')).digest('hex')
const leafHash = (leaf) => sha256(Buffer.from([0]), leaf)
const join = (left, right) =>
  sha256(Buffer.from([1]), Buffer.from(left, 'hex'), Buffer.from(right, 'hex'))

/** From a node to the root: `step` is told each hash of the path, and whether it stands on the left. */
const climb = (index, lastIndex, path, step) => {
  let [at, last] = [index, lastIndex]
  const up = () => {
    ;[at, last] = [Math.floor(at / 2), Math.floor(last / 2)]
  }
  for (const other of path) {
    demand(last > 0, 'a proof is longer than its tree is high')
    const isLeft = at % 2 === 1 || at === last
    step(other, isLeft)
    if (isLeft) while (at !== 0 && at % 2 === 0) up()
    up()
  }
  demand(last === 0, 'a proof is shorter than its tree is high')
}

const checkInclusion = (leaf, { index, size, leafHash: proven, root, path }, head, at) => {
  demand(leafHash(leaf) === proven, `${at}: its bytes do not have the hash that is proven`)
  demand(size === head.size && root === head.root, `${at}: its proof is for another head`)
  demand(index < size, `${at}: its index is beyond the log`)
  let hash = proven
  climb(index, size - 1, path, (other, isLeft) => {
    hash = isLeft ? join(other, hash) : join(hash, other)
  })
  demand(hash === root, `${at}: its proof does not lead to the root of the checkpoint`)
}

const checkGrowth = ({ from, to, path }) => {
  demand(from.size <= to.size, 'the log became shorter')
  if (from.size === 0 || from.size === to.size) {
    const expected = from.size === 0 ? sha256() : to.root
    demand(from.root === expected, 'two roots for one size: the log was forked')
    return demand(path.length === 0, 'the proof has hashes where none belong')
  }
  let [at, last] = [from.size - 1, to.size - 1]
  for (; at % 2 === 1; at = (at - 1) / 2) last = Math.floor(last / 2)
  const [seed, ...rest] = at === 0 ? [from.root, ...path] : path
  demand(path.length > 0, 'a proof is shorter than its tree is high')
  let [older, newer] = [seed, seed]
  climb(at, last, rest, (other, isLeft) => {
    if (isLeft) older = join(other, older)
    newer = isLeft ? join(other, newer) : join(newer, other)
  })
  const both = older === from.root && newer === to.root
  demand(both, 'the older log is not the beginning of the newer')
}

// --- Keys and notes: C2SP signed-note and tlog-checkpoint ---
/** Bytes: 32 of Ed25519, or SubjectPublicKeyInfo of P-256. */
const keyOf = (encoded) => {
  const bytes = readBase64(encoded, 'a key')
  const algorithm = bytes.length === 32 ? 'Ed25519' : 'ES256'
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url') }
  const der = { key: bytes, format: 'der', type: 'spki' }
  let key
  try {
    key = createPublicKey(algorithm === 'Ed25519' ? { key: jwk, format: 'jwk' } : der)
  } catch {}
  const curve = key?.asymmetricKeyDetails?.namedCurve
  demand(key && (algorithm === 'Ed25519' || curve === 'prime256v1'), 'a key cannot be read', 2)
  return { key, bytes, algorithm, fingerprint: `sha256:${sha256(bytes)}` }
}
const keyIdOf = (name, { algorithm, bytes }) =>
  (algorithm === 'ES256' ? sha256(bytes) : sha256(`${name}\n\u0001`, bytes)).slice(0, 8)

/** The head that a note states, and who signed it: each line is of one of `keys`, and holds. */
const readCheckpoint = (note, keys, at) => {
  const end = note.lastIndexOf('\n\n')
  const [origin, size = '', root = '', ...rest] = note.slice(0, Math.max(end, 0)).split('\n')
  const plain = note.endsWith('\n') && !/[^\P{Cc}\n]/u.test(note) && rest.length === 0
  demand(plain && origin && /^(0|[1-9]\d{0,14})$/.test(size), `${at} is no signed checkpoint`, 2)
  const rootBytes = readBase64(root, `${at}: its root`)
  demand(rootBytes.length === 32, `${at}: its root is no SHA-256`, 2)
  const data = Buffer.from(note.slice(0, end + 1))
  const lines = note.slice(end + 2, -1).split('\n')
  const signers = lines.map((line) => {
    const [, name, encoded = ''] = /^\u2014 ([^\s+]+) (\S+)$/u.exec(line) ?? []
    const bytes = readBase64(encoded, `${at}: a signature`)
    const id = bytes.subarray(0, 4).toString('hex')
    const signer = keys.find((one) => (one.name ?? name) === name && keyIdOf(name, one) === id)
    demand(signer, `${at}: a signature is of no key that is given here`)
    const { algorithm, key } = signer
    const holds = verify(algorithm === 'ES256' ? 'sha256' : null, data, key, bytes.subarray(4))
    demand(holds, `${at}: the signature of ${name} (${algorithm}) does not hold`)
    return { ...signer, name }
  })
  const by = signers
    .map((one) => `\n    ${one.name} (${one.algorithm}, ${one.fingerprint})`)
    .join('')
  return { origin, size: Number(size), root: rootBytes.toString('hex'), signers, by }
}

// --- Leaves ---
const readLeaf = (source, index, at) => {
  let leaf
  try {
    leaf = JSON.parse(source)
  } catch {}
  const shape = Object.hasOwn(LEAVES, leaf?.schema) ? LEAVES[leaf.schema] : null
  demand(shape && fits(shape, leaf), `${at} does not have the form that this verifier knows`)
  demand(canonical(leaf) === source, `${at} is not in canonical form (RFC 8785)`)
  demand(leaf.index === index, `${at} says that it is leaf ${leaf.index}`)
  return leaf
}

/** The versions of each subject count up from 1 without a gap. */
const counter =
  (versions = new Map()) =>
  (leaf, at) => {
    if (leaf.schema !== 'phoenix.leaf/v1') return
    const next = (versions.get(leaf.subject) ?? 0) + 1
    demand(leaf.version === next, `${at}: version ${leaf.version} where ${next} is next, a gap`)
    versions.set(leaf.subject, next)
  }

const signedByOneOf = (pins, { signers }, what) => {
  const trusted = signers.some((one) => pins.some((pin) => pin.fingerprint === one.fingerprint))
  demand(trusted, `${what}: no key that you trust has signed it`)
}

/** The tenant's head in the platform's log. Answers lines to print, and the platform's checkpoint. */
const checkPlatform = ({ leaf: source, proof, checkpoint }, tenant, keys, pins) => {
  const platform = readCheckpoint(checkpoint, keys, 'the platform’s checkpoint')
  const at = `leaf ${proof.index} of the platform’s log`
  checkInclusion(source, proof, platform, at)
  const leaf = readLeaf(source, proof.index, at)
  const same = leaf.size === tenant.size && leaf.root === tenant.root
  demand(same, `${at} is about another head than the tenant’s checkpoint`)
  demand(tenant.origin.startsWith(`${platform.origin}/`), 'the two logs are of two platforms')
  // Who trusts a key of each algorithm counts on both parties.
  for (const { algorithm } of pins ?? []) {
    const alike = pins.filter((pin) => pin.algorithm === algorithm)
    signedByOneOf(alike, platform, `the platform’s checkpoint (${algorithm})`)
  }
  const lines = [
    `That head is ${at}, ${platform.origin}, of ${platform.size}, signed by${platform.by}`,
  ]
  const parties = new Set(platform.signers.map(({ algorithm }) => algorithm)).size
  if (parties < 2) lines.push('NOTE: it is signed by one party only, and not co-signed.')
  return { platform, lines }
}

/** Answers lines that say what was verified; throws what does not hold. `pins`: keys that are trusted. */
export const verifyBundle = (bytes, pins = null) => {
  const bundle = readJson(bytes, BUNDLE, 'the bundle')
  const keys = bundle.keys.map((stated) => {
    const key = keyOf(stated.publicKey)
    const same = key.algorithm === stated.algorithm && keyIdOf(stated.name, key) === stated.keyId
    demand(same, `the key ${stated.name} is not the one of its id and algorithm`)
    return { ...key, name: stated.name, simulated: stated.simulated }
  })
  const tenant = readCheckpoint(bundle.checkpoint, keys, 'the tenant’s checkpoint')
  const count = counter()
  for (const { leaf: source, proof, words } of bundle.leaves) {
    const at = `leaf ${proof.index}`
    checkInclusion(source, proof, tenant, at)
    const leaf = readLeaf(source, proof.index, at)
    demand(leaf.subject === bundle.subject, `${at} is about another object than the bundle`)
    count(leaf, at)
    const key = Buffer.from(words?.key ?? '', 'hex')
    const mac = words && `sha256:${createHmac('sha256', key).update(words.text).digest('hex')}`
    demand(!words || mac === leaf.words, `${at}: its words are not those that were logged`)
  }
  const total = bundle.leaves.length
  demand(total > 0, 'the bundle has no leaf')
  const lines = [
    `${bundle.subject}: all ${total} steps, none missing between the first and the last`,
    `In the log ${tenant.origin}, of ${tenant.size} leaves, signed by${tenant.by}`,
  ]
  const notes = [tenant]
  if (bundle.platform) {
    const found = checkPlatform(bundle.platform, tenant, keys, pins)
    notes.push(found.platform)
    lines.push(...found.lines)
  } else {
    const parties = new Set(pins?.map(({ algorithm }) => algorithm)).size
    // Who trusts keys of two parties counts on both having seen it.
    demand(parties < 2, 'that head is not in the platform’s log: ask for the bundle again later')
    lines.push('NOTE: that head is not in the platform’s log yet: nobody else has seen it.')
  }
  const used = new Set(notes.flatMap(({ signers }) => signers.map(({ bytes: key }) => key)))
  const unused = keys.filter(({ bytes: key }) => !used.has(key))
  demand(unused.length === 0, 'a key of the bundle has signed nothing in it')
  for (const { name } of keys.filter(({ simulated }) => simulated))
    lines.push(`NOTE: a stand-in of a laptop holds the key ${name}: it is no second party.`)
  if (!pins)
    lines.push('NOTE: no --key: its keys are its own. Compare their digests with ones you trust.')
  for (const note of pins ? notes : []) signedByOneOf(pins, note, `checkpoint of ${note.origin}`)
  return lines
}

/** A whole log, out of its lines of stored {leaf, hash}: names the first leaf whose bytes are not those that were logged. */
export const verifyLog = (lines, note, pins) => {
  const checkpoint = readCheckpoint(note, pins, 'the checkpoint')
  const count = counter()
  /** Roots of complete subtrees, the larger first. */
  const subtrees = []
  let size = 0
  for (const line of lines) {
    const at = `leaf ${size}`
    const { leaf: source, hash } = readJson(line, { leaf: TEXT, hash: HASH }, at, 1)
    demand(leafHash(source) === hash, `${at}: its bytes are not those that were logged`)
    count(readLeaf(source, size, at), at)
    size += 1
    if (size > checkpoint.size) continue
    subtrees.push(hash)
    for (let rest = size; rest % 2 === 0; rest /= 2) subtrees.push(join(...subtrees.splice(-2)))
  }
  const { origin, size: signed, by } = checkpoint
  demand(size >= signed, `${size} leaves, and ${signed} were signed: some are missing`)
  const root = subtrees.length > 0 ? subtrees.reduceRight((a, b) => join(b, a)) : sha256()
  const same = root === checkpoint.root
  demand(same, 'each leaf has its stored hash, but not the signed root: one was changed with it')
  const newer = size > signed ? `\nNOTE: ${size - signed} newer ones are not signed.` : ''
  return [`${origin}: all ${signed} leaves are as signed by${by}${newer}`]
}

/** The newer of two checkpoints has all of the older. */
export const verifyGrowth = (olderNote, newerNote, bytes, pins) => {
  const older = readCheckpoint(olderNote, pins, 'the older checkpoint')
  const newer = readCheckpoint(newerNote, pins, 'the newer checkpoint')
  const proof = readJson(bytes, GROWTH, 'the proof')
  demand(older.origin === newer.origin, 'the checkpoints are of two logs')
  const states = ({ size, root }, head) => size === head.size && root === head.root
  demand(states(proof.from, older) && states(proof.to, newer), 'the proof is for other heads')
  checkGrowth(proof)
  return [
    `${newer.origin}: ${newer.size} leaves begin with those ${older.size}, signed by${newer.by}`,
  ]
}

// --- The command ---
const readFile = (file) => {
  demand(existsSync(file), `there is no file ${file}`, 2)
  return readFileSync(file)
}
const readNote = (file) => {
  const bytes = readFile(file)
  return bytes[0] === 0x7b ? String(JSON.parse(bytes).note) : bytes.toString()
}
/** What --key says: base64, or a file of it. */
export const readKeys = (given) => {
  const source = existsSync(given) ? readFileSync(given, 'utf8').trim() : given
  if (!/^[[{]/.test(source)) return source.split(/\s+/).map(keyOf)
  const parsed = JSON.parse(source)
  const named = parsed.checkpointKeys ?? parsed.items ?? parsed.keys
  const all = Array.isArray(parsed) ? parsed : [named ?? parsed].flat()
  return all.map(({ publicKey }) => keyOf(String(publicKey)))
}
function* linesOf(bytes) {
  for (let begin = 0, end = 0; begin < bytes.length; begin = end + 1) {
    const found = bytes.indexOf(10, begin)
    end = found < 0 ? bytes.length : found
    yield bytes.subarray(begin, end)
  }
}

const main = () => {
  const text = { type: 'string' }
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { key: text, log: text, checkpoint: text, from: text, to: text, proof: text },
  })
  const { key, log, checkpoint, from, to, proof } = values
  const pins = key === undefined ? null : readKeys(key)
  if (positionals.length === 1) return verifyBundle(readFile(positionals[0]), pins)
  demand(pins, 'usage: see the first lines of this file; a log and its growth need --key', 2)
  if (log && checkpoint) return verifyLog(linesOf(readFile(log)), readNote(checkpoint), pins)
  demand(from && to && proof, 'usage: see the first lines of this file', 2)
  return verifyGrowth(readNote(from), readNote(to), readFile(proof), pins)
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    process.stdout.write(`VERIFIED\n${main().join('\n')}\n`)
  } catch (error) {
    process.exitCode = error.exit ?? 2
    const what = process.exitCode === 1 ? 'DOES NOT HOLD' : 'CANNOT BE READ'
    process.stderr.write(
      `${what}: ${error.exit ? error.message : 'a file is not what it should be'}\n`,
    )
  }
}
