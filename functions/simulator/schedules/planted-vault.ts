// Planted bugs of secrets: what keeps the vault and the rows that tell of it together, and every value out of all else.
import type { Replacement } from './bundle.ts'
import { at, bug, inTenant, type Planted } from './planted-bug.ts'

const vault = (what: string, ...replace: Replacement[]): Planted =>
  bug('C19, the vault', what, { from: 'secrets' }, ...replace)

const BESIDE = 'edge-workers/routes/secrets-beside.test.ts'
const byTest = (what: string, named: string, ...replace: Replacement[]): Planted =>
  bug('C19, the vault', what, { by: { test: BESIDE, named } }, ...replace)

export const VAULT: Planted[] = [
  vault(
    'what the vault made for an operation is made again',
    at(
      'functions/vault/once.ts',
      'one.tags?.[TAG] === tags[TAG]',
      'one.tags?.[TAG] === tags[TAG] && !versions',
    ),
  ),
  vault(
    'a request that is repeated is another operation',
    inTenant(
      'secrets/requests.ts',
      'hex(hmacSha256(new TextEncoder().encode(what), id)).slice(0, 32)',
      'Math.random()',
    ),
  ),
  vault(
    'what comes late is done all the same',
    at(
      'functions/vault/order.ts',
      'if (order !== null && said.some(',
      'if (order === null && said.some(',
    ),
  ),
  vault(
    'whoever disables does not look which version is current',
    inTenant(
      'secrets/states.ts',
      '    ...currentIs(sent.value.versions[0]),\n',
      "    ...(enabled === undefined ? {} : { state: enabled ? 'active' : 'disabled' }),\n",
    ),
  ),
  byTest(
    'what another process did later is written over',
    'what was made last is current',
    inTenant(
      'secrets/requests.ts',
      "return row && isOvertaken(tx, row) ? 'overtaken' : 'latest'",
      "return 'latest'",
    ),
  ),
  byTest(
    'the next value that was due is not gone on with',
    'that nobody heard of is current',
    inTenant(
      'secrets/requests.ts',
      'if (kept) enqueue(',
      "if (kept && kept.by !== 'phoenix') enqueue(",
    ),
  ),
  byTest(
    'what was overtaken in the vault is written as current',
    'of a database that was put back',
    inTenant(
      'secrets/values.ts',
      'if (made.value.order === order) return',
      'if (made.value.order !== undefined) return',
    ),
  ),
  vault(
    'a value is in the log of the Functions',
    at('functions/azure/verbs.ts', 'verb, error: error.message }', 'verb, input: input.data }'),
  ),
]
