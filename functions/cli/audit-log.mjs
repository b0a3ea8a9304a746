#!/usr/bin/env node
// Checks a whole log of Phoenix, or that one checkpoint grew out of another, as verify-log.mjs, beside it, checks a bundle: no
// dependency, no network, any Node from 18 on.
//
//   node audit-log.mjs --log leaves.jsonl --checkpoint head.note --key <keys>         a whole log, leaf by leaf
//   node audit-log.mjs --from old.note --to new.note --proof proof.json --key <keys>  a log grew, and lost nothing
//
// <keys> as for verify-log.mjs. A checkpoint is a signed note (C2SP tlog-checkpoint) or JSON with one at `note`; leaves.jsonl has
// {leaf, hash} as they are stored, oldest first.
// Exit: 0 verified, 1 does not hold, 2 cannot be read.
import { readFileSync } from 'node:fs'
import {
  checkVersion,
  command,
  demand,
  fields,
  join,
  leafHash,
  leftOf,
  readCheckpoint,
  readJson,
  readKeys,
  readLeaf,
  sha256,
  top,
  usedUp,
} from './verify-log.mjs'

/** A whole log, out of its lines of stored {leaf, hash}: names the first leaf whose bytes are not those that were logged. */
export const verifyLog = (lines, note, pins) => {
  const { origin, size: signed, root, by } = readCheckpoint(note, pins, 'the checkpoint')
  const versions = new Map()
  /** Roots of complete subtrees, the larger first. */
  const subtrees = []
  let size = 0
  for (const line of lines) {
    const at = `leaf ${size}`
    const { leaf, hash } = readJson(line, 'hash leaf', at, 1)
    demand(leafHash(leaf) === hash, `${at}: its bytes are not those that were logged`)
    checkVersion(versions, readLeaf(leaf, size, at), at)
    size += 1
    if (size > signed) continue
    subtrees.push(hash)
    for (let rest = size; rest % 2 === 0; rest /= 2) subtrees.push(join(...subtrees.splice(-2)))
  }
  demand(size >= signed, `${size} leaves, and ${signed} were signed: some are missing`)
  const reached = signed === 0 ? sha256() : subtrees.reduceRight((right, left) => join(left, right))
  const other = 'each leaf has its stored hash, but not the signed root: one was changed with it'
  demand(reached === root, other)
  const newer = size > signed ? `\nNOTE: ${size - signed} newer ones are not signed.` : ''
  return [`${origin}: all ${signed} leaves are as signed by${by}${newer}`]
}

/**
 * The roots of the first `from` leaves and of all `to`, out of a consistency proof: RFC 6962 §2.1.2.
 * `known`: the root of just those `from`, or null.
 */
const rootsOver = (known, from, to, path) => {
  if (from === to) {
    const [root, rest] = known === null ? top(path) : [known, path]
    usedUp(rest)
    return [root, root]
  }
  const left = leftOf(to)
  const [other, rest] = top(path)
  if (from > left)
    return rootsOver(null, from - left, to - left, rest).map((root) => join(other, root))
  const [older, newer] = rootsOver(known, from, left, rest)
  return [older, join(newer, other)]
}

const rootsOfGrowth = ({ from, to, path }) => {
  if (from.size > 0) return rootsOver(from.root, from.size, to.size, path)
  usedUp(path)
  return [sha256(), to.root]
}

/** The newer of two checkpoints has all of the older. */
export const verifyGrowth = (olderNote, newerNote, bytes, pins) => {
  const older = readCheckpoint(olderNote, pins, 'the older checkpoint')
  const newer = readCheckpoint(newerNote, pins, 'the newer checkpoint')
  const proof = readJson(bytes, 'from path to', 'the proof')
  demand(older.origin === newer.origin, 'the checkpoints are of two logs')
  const states = (head, { size, root }) =>
    fields(head, 'root size', 'the proof').size === size && head.root === root
  const { from, to } = proof
  demand(states(from, older) && states(to, newer), 'the proof is for other heads')
  demand(from.size <= to.size, 'the log became shorter')
  const [first, last] = rootsOfGrowth(proof)
  const forked = from.size === to.size && 'two roots for one size: the log was forked'
  const begins = first === from.root && last === to.root
  demand(begins, forked || 'the older log is not the beginning of the newer')
  return [`${newer.origin}: ${to.size} leaves begin with those ${from.size}, signed by${newer.by}`]
}

const readNote = (file) => {
  const text = readFileSync(file, 'utf8')
  return text.startsWith('{') ? String(JSON.parse(text).note) : text
}
function* linesOf(bytes) {
  for (let begin = 0, end = 0; begin < bytes.length; begin = end + 1) {
    end = bytes.indexOf(10, begin)
    if (end < 0) end = bytes.length
    yield bytes.subarray(begin, end)
  }
}

command(import.meta.url, ['key', 'log', 'checkpoint', 'from', 'to', 'proof'], (given, others) => {
  const { key, log, checkpoint, from, to, proof } = given
  const whole = log && checkpoint && !(from || to || proof)
  const grown = from && to && proof && !(log || checkpoint)
  if (!key || others.length > 0 || !(whole || grown)) return null
  const pins = readKeys(key)
  if (log) return verifyLog(linesOf(readFileSync(log)), readNote(checkpoint), pins)
  return verifyGrowth(readNote(from), readNote(to), readFileSync(proof), pins)
})
