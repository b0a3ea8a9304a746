#!/usr/bin/env node
// Checks a proof bundle of Phoenix, without Phoenix: one object's leaves, where they stand in its log, and who signed that. One
// file, no dependency, no network, any Node from 18 on. It shares no code with the product, on purpose: an error there is not
// repeated here. audit-log.mjs, beside it, checks a whole log, and that one checkpoint grew out of another.
//
//   node verify-log.mjs bundle.json [--key <keys>]
//
// <keys>: a public key in base64, or a file of them: one a line, or the JSON of GET /v1/log/keys. Without, a bundle is held against
// the keys in it, which shows that it is whole and not who made it.
// Exit: 0 verified, 1 does not hold, 2 cannot be read, 3 not yet: nobody else has seen that head, and --key asks for two parties.
import { createHash, createHmac, createPublicKey, verify } from 'node:crypto'
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

export const demand = (holds, message, exit = 1) => {
  if (!holds) throw Object.assign(new Error(message), { exit })
}

// --- Reading: every byte has a meaning, so that none can be changed unseen ---
const parse = (source) => {
  try {
    return JSON.parse(source)
  } catch {}
}
/** An object with exactly these fields, named in order. */
export const fields = (value, names, what, exit = 2) => {
  const found = Object.keys(value ?? {}).sort()
  demand(found.join(' ') === names, `${what} does not have the form that this verifier knows`, exit)
  return value
}
/** JSON that can be written in one way only. */
export const readJson = (bytes, names, what, exit) => {
  const source = Buffer.from(bytes).toString()
  const [text] = source.split(/\n$/)
  const value = parse(text)
  const isOurs = text === JSON.stringify(value) || text === JSON.stringify(value, null, 2)
  const isUtf8 = Buffer.from(source).equals(bytes)
  demand(isOurs && isUtf8, `${what} is not JSON on one line, or indented by two blanks`, exit ?? 2)
  return fields(value, names, what, exit)
}
const decode = (text, encoding, what) => {
  const bytes = Buffer.from(text, encoding)
  demand(bytes.length > 0 && bytes.toString(encoding) === text, `${what} is not ${encoding}`, 2)
  return bytes
}

// --- The tree: RFC 6962 §2.1. The end of a proof is next to the root ---
export const sha256 = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest('hex')
export const leafHash = (leaf) => sha256(Buffer.from([0]), Buffer.from(leaf))
export const join = (...nodes) =>
  sha256(Buffer.from([1]), ...nodes.map((node) => decode(node, 'hex', 'a hash')))
/** So many of `size` leaves are on the left of the root: the largest power of two below it. */
export const leftOf = (size) => (size <= 2 ? 1 : 2 * leftOf(Math.ceil(size / 2)))
export const top = (path) => {
  demand(path.length > 0, 'a proof is shorter than its tree is high')
  return [path.at(-1), path.slice(0, -1)]
}
export const usedUp = (path) => demand(path.length === 0, 'a proof is longer than its tree is high')
/** The root over a leaf. §2.1.1 */
const rootOver = (hash, index, size, path) => {
  if (size === 1) return usedUp(path) ?? hash
  const left = leftOf(size)
  const [other, rest] = top(path)
  if (index < left) return join(rootOver(hash, index, left, rest), other)
  return join(other, rootOver(hash, index - left, size - left, rest))
}

// --- Leaves ---
const LEAVES = {
  'phoenix.leaf/v1': 'actor at from index schema subject to type version words',
  'phoenix.head/v1': 'at index root schema size tenant',
  'phoenix.event/v1': 'actor at backup event index owner schema',
  'phoenix.key/v1': 'algorithm from index keyId name publicKey schema simulated',
}
/** RFC 8785 of flat objects without fractions is JSON with its names in order. */
export const readLeaf = (source, index, at) => {
  const leaf = parse(source)
  fields(leaf, LEAVES[leaf?.schema], at, 1)
  const canonical = JSON.stringify(leaf, Object.keys(leaf).sort())
  demand(canonical === source, `${at} is not in canonical form (RFC 8785)`)
  demand(leaf.index === index, `${at} says that it is leaf ${leaf.index}`)
  return leaf
}
const provenLeaf = ({ leaf, proof }, head, at) => {
  fields(proof, 'index leafHash path root size', `${at}: its proof`)
  const { index, size, root, path } = proof
  demand(leafHash(leaf) === proof.leafHash, `${at}: its bytes do not have the hash that is proven`)
  demand(size === head.size && root === head.root, `${at}: its proof is for another head`)
  demand(index < size, `${at}: its index is beyond the log`)
  const reached = rootOver(proof.leafHash, index, size, path)
  demand(reached === root, `${at}: its proof does not lead to the root of the checkpoint`)
  return readLeaf(leaf, index, at)
}
/** The versions of each subject count up from 1 without a gap. */
export const checkVersion = (versions, { schema, subject, version }, at) => {
  if (schema !== 'phoenix.leaf/v1') return
  const next = (versions.get(subject) ?? 0) + 1
  demand(version === next, `${at}: version ${version} where ${next} is next, a gap`)
  versions.set(subject, next)
}

// --- Keys and notes: C2SP signed-note and tlog-checkpoint ---
/** RFC 8410: SubjectPublicKeyInfo of Ed25519 is these bytes and the key's 32. */
const SPKI = Buffer.from('302a300506032b6570032100', 'hex')
/** Bytes: 32 of Ed25519, or SubjectPublicKeyInfo of P-256. */
const keyOf = (encoded) => {
  const bytes = decode(encoded, 'base64', 'a key')
  const algorithm = bytes.length === 32 ? 'Ed25519' : 'ES256'
  const der = algorithm === 'Ed25519' ? Buffer.concat([SPKI, bytes]) : bytes
  const key = createPublicKey({ key: der, format: 'der', type: 'spki' })
  const curve = key.asymmetricKeyDetails?.namedCurve
  demand(algorithm === 'Ed25519' || curve === 'prime256v1', 'a key is of another kind', 2)
  return { key, bytes, algorithm, fingerprint: `sha256:${sha256(bytes)}` }
}
const keyIdOf = (name, { algorithm, bytes }) =>
  sha256(Buffer.from(algorithm === 'ES256' ? '' : `${name}\n\u0001`), bytes).slice(0, 8)

const NOTE = /^(([^\s\p{C}]+)\n(0|[1-9]\d{0,14})\n(\S{44})\n)\n((?:\u2014 [^\s\p{C}+]+ \S+\n)+)$/u
/** The head that a note states, and who signed it: each line is of one of `keys`, and holds. */
export const readCheckpoint = (note, keys, at) => {
  const [, signed, origin, size, root, lines] = NOTE.exec(note) ?? []
  demand(signed, `${at} is no signed checkpoint`, 2)
  const signers = [...lines.matchAll(/^\u2014 (\S+) (\S+)$/gmu)].map(([, name, encoded]) => {
    const bytes = decode(encoded, 'base64', `${at}: a signature`)
    const id = bytes.toString('hex', 0, 4)
    const signer = keys.find((one) => (one.name ?? name) === name && keyIdOf(name, one) === id)
    demand(signer, `${at}: a signature is of no key that is given here`)
    const { algorithm, key, fingerprint } = signer
    const digest = algorithm === 'ES256' ? 'sha256' : null
    const holds = verify(digest, Buffer.from(signed), key, bytes.subarray(4))
    demand(holds, `${at}: the signature of ${name} (${algorithm}) does not hold`)
    return { ...signer, shown: `\n    ${name} (${algorithm}, ${fingerprint})` }
  })
  const rootHash = decode(root, 'base64', `${at}: its root`).toString('hex')
  const by = signers.map(({ shown }) => shown).join('')
  return { origin, size: Number(size), root: rootHash, signers, by }
}
const signedByOneOf = (pins, { signers }, what) => {
  const trusted = signers.some((one) => pins.some((pin) => pin.fingerprint === one.fingerprint))
  demand(trusted, `${what}: no key that you trust has signed it`)
}
const partiesOf = (keys) => new Set(keys.map(({ algorithm }) => algorithm)).size

// --- What is verified: each answers lines that say so, and throws what does not hold. `pins`: keys that are trusted ---
/** The tenant's head in the platform's log. */
const verifyHead = (proven, tenant, keys, pins) => {
  fields(proven, 'checkpoint leaf proof', 'the bundle')
  const platform = readCheckpoint(proven.checkpoint, keys, 'the platform’s checkpoint')
  const at = `leaf ${proven.proof.index} of the platform’s log`
  const { size, root } = provenLeaf(proven, platform, at)
  const same = size === tenant.size && root === tenant.root
  demand(same, `${at} is about another head than the tenant’s checkpoint`)
  demand(tenant.origin.startsWith(`${platform.origin}/`), 'the two logs are of two platforms')
  // Who trusts a key of each algorithm counts on both parties.
  for (const { algorithm } of pins) {
    const alike = pins.filter((pin) => pin.algorithm === algorithm)
    signedByOneOf(alike, platform, `the platform’s checkpoint (${algorithm})`)
  }
  const alone = partiesOf(platform.signers) < 2
  const note = alone ? '\nNOTE: it is signed by one party only, and not co-signed.' : ''
  const where = `${at}, ${platform.origin}, of ${platform.size}`
  return { ...platform, said: `That head is ${where}, signed by${platform.by}${note}` }
}

const BUNDLE = 'checkpoint keys leaves platform schema subject'
export const verifyBundle = (bytes, pins = []) => {
  const { schema, subject, leaves, ...bundle } = readJson(bytes, BUNDLE, 'the bundle')
  demand(schema === 'phoenix.proof-bundle/v1', 'the bundle is of another version', 2)
  // It is printed between lines of ours.
  demand(/^[^\s\p{C}]+$/u.test(subject), 'the bundle’s subject is no id', 2)
  const keys = bundle.keys.map((stated) => {
    fields(stated, 'algorithm keyId name publicKey simulated', 'the bundle')
    const key = keyOf(stated.publicKey)
    const same = key.algorithm === stated.algorithm && keyIdOf(stated.name, key) === stated.keyId
    demand(same, `the key ${stated.name} is not the one of its id and algorithm`)
    return { ...key, name: stated.name, simulated: stated.simulated }
  })
  const tenant = readCheckpoint(bundle.checkpoint, keys, 'the tenant’s checkpoint')
  const versions = new Map()
  for (const proven of leaves) {
    const { proof, words } = fields(proven, 'leaf proof words', 'the bundle')
    const at = `leaf ${proof?.index}`
    const leaf = provenLeaf(proven, tenant, at)
    demand(leaf.subject === subject, `${at} is about another object than the bundle`)
    checkVersion(versions, leaf, at)
    if (words === null) continue
    const key = decode(fields(words, 'key text', 'the bundle').key, 'hex', 'the key of words')
    const mac = createHmac('sha256', key).update(words.text).digest('hex')
    demand(leaf.words === `sha256:${mac}`, `${at}: its words are not those that were logged`)
  }
  demand(leaves.length > 0, 'the bundle has no leaf')
  const early = 'that head is not in the platform’s log yet'
  // Who trusts keys of two parties counts on both having seen it.
  demand(bundle.platform || partiesOf(pins) < 2, `${early}: ask for the bundle again later`, 3)
  const { said, signers } = bundle.platform
    ? verifyHead(bundle.platform, tenant, keys, pins)
    : { said: `NOTE: ${early}: nobody else has seen it.`, signers: [] }
  const used = [...tenant.signers, ...signers].map(({ key }) => key)
  const idle = keys.find(({ key }) => !used.includes(key))
  demand(!idle, 'a key of the bundle has signed nothing in it')
  if (pins.length > 0) signedByOneOf(pins, tenant, `checkpoint of ${tenant.origin}`)
  const lines = [
    `${subject}: all ${leaves.length} steps, none missing between the first and the last`,
    `In the log ${tenant.origin}, of ${tenant.size} leaves, signed by${tenant.by}`,
    said,
  ]
  for (const { name } of keys.filter(({ simulated }) => simulated))
    lines.push(`NOTE: a stand-in of a laptop holds the key ${name}: it is no second party.`)
  if (pins.length === 0)
    lines.push('NOTE: no --key: its keys are its own. Compare their digests with ones you trust.')
  return lines
}

// --- The command ---
/** What --key says: base64, or a file of it. */
export const readKeys = (given) => {
  const source = existsSync(given) ? readFileSync(given, 'utf8').trim() : given
  if (!/^[[{]/.test(source)) return source.split(/\s+/).map(keyOf)
  const parsed = JSON.parse(source)
  const named = Array.isArray(parsed) ? parsed : (parsed.checkpointKeys ?? parsed.items)
  const keys = [named ?? parsed.keys ?? parsed].flat()
  demand(keys.length > 0, 'there is no key to trust', 2)
  return keys.map(({ publicKey }) => keyOf(String(publicKey)))
}

const WORDS = { 1: 'DOES NOT HOLD', 2: 'CANNOT BE READ', 3: 'NOT YET' }

/** Does the work where Node was started with the file of this address, and says what came of it. */
export const command = (url, names, work) => {
  if (!process.argv[1] || realpathSync(process.argv[1]) !== fileURLToPath(url)) return
  // Nothing is printed that a terminal obeys.
  const plain = (text) => `${text}\n`.replace(/[^\P{C}\n]/gu, '?')
  try {
    const options = Object.fromEntries(names.map((name) => [name, { type: 'string' }]))
    const { values, positionals } = parseArgs({ allowPositionals: true, options })
    const lines = work(values, positionals)
    demand(lines, 'usage: see the first lines of this file', 2)
    process.stdout.write(plain(`VERIFIED\n${lines.join('\n')}`))
  } catch ({ exit = 2, message }) {
    process.exitCode = exit
    process.stderr.write(plain(`${WORDS[exit]}: ${message}`))
  }
}

command(import.meta.url, ['key'], ({ key }, [file, ...more]) =>
  file === undefined || more.length > 0
    ? null
    : verifyBundle(readFileSync(file), key === undefined ? [] : readKeys(key)),
)
