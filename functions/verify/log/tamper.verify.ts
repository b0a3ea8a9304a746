// Every byte of a proof bundle with each of its 255 other values, by the stand-alone verifier, with and without trusted keys.

import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { bundleOf, ed25519Signer, es256Signer, tenantLeaves } from '../../cli/verify-log.fixture.ts'

interface Verifier {
  verifyBundle: (bytes: Uint8Array, pins?: unknown) => string[]
  readKeys: (given: string) => unknown
}
const FILE = pathToFileURL(join(import.meta.dirname, '../../cli/verify-log.mjs')).href
const verifier = (await import(FILE)) as Verifier

const accepts = (bytes: Uint8Array, pins?: unknown): boolean => {
  try {
    return verifier.verifyBundle(bytes, pins).length > 0
  } catch {
    return false
  }
}

it('refuses every other value of every byte', () => {
  const bytes = Buffer.from(JSON.stringify(bundleOf({ leaves: tenantLeaves(3) })))
  const trusted = [ed25519Signer().key, es256Signer().key]
  const pins = verifier.readKeys(JSON.stringify(trusted))
  expect(accepts(bytes)).toBe(true)
  expect(accepts(bytes, pins)).toBe(true)
  const accepted: string[] = []
  let tampers = 0
  for (const at of bytes.keys())
    for (let bits = 1; bits < 256; bits += 1) {
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] ?? 0) ^ bits
      tampers += 1
      if (accepts(changed, bits % 2 === 1 ? pins : undefined)) accepted.push(`${at} ^ ${bits}`)
    }
  console.info(`${tampers} bundles with one byte changed: ${accepted.length} accepted`)
  expect(accepted).toEqual([])
})
