// The second party signs what only grows: every fork, every step back, every note that the edge has not signed is refused, and
// what it remembers is its own.
import { beforeEach, describe, expect, it } from 'vitest'
import { sha256Hex } from '../edge-workers/digest.ts'
import { edgeSignatureLine, platformOrigin, verifySignature } from '../edge-workers/log-key.ts'
import { checkpointText, noteOf, verifyNote } from '../gitops/log/note.ts'
import {
  consistencyPath,
  leafHashOf,
  nodesOfAppend,
  rootOf,
  type TreeReader,
} from '../gitops/log/tree.ts'
import type { LogHead } from '../schemas/log.ts'
import { edgeKeysOf } from './checkpoint-note.ts'
import { type Cosigner, cosign, cosignHandler } from './cosign-checkpoint.ts'
import { createCosigner } from './simulator/log-world.fixture.ts'

const EDGE = {
  PUBLIC_URL: 'https://phoenix.example',
  EDGE_SIGNING_KEY: JSON.stringify({
    ...{ kty: 'OKP', crv: 'Ed25519', kid: 'test' },
    d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
    x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
  }),
}

const treeOf = (name: string, most: number) => {
  const hashes = new Map<string, string>()
  const reader: TreeReader = { hashAt: (level, index) => hashes.get(`${level} ${index}`) }
  for (let size = 0; size < most; size += 1) {
    const hash = leafHashOf(`${size < 4 ? 'common' : name} ${size}`, sha256Hex)
    for (const node of nodesOfAppend(reader, size, hash, sha256Hex))
      hashes.set(`${node.level} ${node.index}`, node.hash)
    hashes.set(`0 ${size}`, hash)
  }
  const headAt = (size: number): LogHead => ({ size, root: rootOf(reader, size, sha256Hex) })
  return {
    headAt,
    proof: (from: number, to: number) => ({
      ...{ from: headAt(from), to: headAt(to) },
      path: consistencyPath(reader, from, to, sha256Hex),
    }),
  }
}
const ours = treeOf('ours', 20)
const fork = treeOf('fork', 20)

const noteFor = async (head: LogHead, { origin = platformOrigin(EDGE), env = EDGE } = {}) => {
  const text = checkpointText(origin, head)
  return noteOf(text, [await edgeSignatureLine(env, text)])
}

let cosigner: Cosigner
beforeEach(async () => {
  cosigner = await createCosigner('second/party', EDGE.EDGE_SIGNING_KEY)
})
const remembered = async () => (await cosigner.head.read())?.size ?? null
const ask = async (tree: typeof ours, to: number, from: number | null = null) =>
  cosign(
    {
      note: await noteFor(tree.headAt(to)),
      consistency: from === null ? null : tree.proof(from, to),
    },
    cosigner,
  )

describe('signs', () => {
  it('the first that it is shown, with a line that its key holds for', async () => {
    const note = await noteFor(ours.headAt(5))
    const answer = await cosign({ note, consistency: null }, cosigner)
    if (!('line' in answer)) throw new Error('refused')
    expect(await verifyNote(`${note}${answer.line}`, answer.key, verifySignature)).toBe(true)
    expect(await remembered()).toBe(5)
  })
  it('every larger one that comes with the way from the last, and the same again', async () => {
    await ask(ours, 3)
    for (const [from, to] of [
      [3, 7],
      [7, 8],
      [8, 20],
    ] as const)
      expect(await ask(ours, to, from)).toHaveProperty('line')
    expect(await ask(ours, 20)).toHaveProperty('line')
    expect(await remembered()).toBe(20)
  })
})

describe('says from where it wants the proof', () => {
  it.each([
    ['none came', null],
    ['one from elsewhere came', 5],
  ])('when %s', async (_, from) => {
    await ask(ours, 7)
    expect(await ask(ours, 9, from)).toEqual({ last: ours.headAt(7) })
    expect(await remembered()).toBe(7)
  })
})

describe('refuses', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['another root of the size that it signed', () => ask(fork, 7)],
    ['a fork, with the fork’s own proof', () => ask(fork, 9, 7)],
    ['a larger one behind a smaller fork', () => ask(fork, 20, 7)],
  ])('%s', async (_, asking) => {
    await ask(ours, 7)
    expect(await asking()).toHaveProperty('refused')
    expect(await remembered()).toBe(7)
  })

  it('a smaller one, and says what it signed', async () => {
    await ask(ours, 7)
    expect(await ask(ours, 6, 6)).toEqual({ last: ours.headAt(7) })
    expect(await remembered()).toBe(7)
  })

  it('a proof for another tree than the note’s', async () => {
    await ask(ours, 7)
    const note = await noteFor(fork.headAt(9))
    expect(await cosign({ note, consistency: ours.proof(7, 9) }, cosigner)).toHaveProperty(
      'refused',
    )
  })

  it('every proof with one hash changed or one left out', async () => {
    await ask(ours, 7)
    const note = await noteFor(ours.headAt(20))
    const proof = ours.proof(7, 20)
    const worse = proof.path.flatMap((_, at) => [
      proof.path.filter((_hash, other) => other !== at),
      proof.path.map((hash, other) => (other === at ? '0'.repeat(64) : hash)),
    ])
    for (const path of worse)
      expect(await cosign({ note, consistency: { ...proof, path } }, cosigner)).toHaveProperty(
        'refused',
      )
    expect(await remembered()).toBe(7)
  })

  it('what the edge has not signed', async () => {
    const pair = (await crypto.subtle.generateKey('Ed25519', true, [
      'sign',
      'verify',
    ])) as CryptoKeyPair
    const jwk = await crypto.subtle.exportKey('jwk', pair.privateKey)
    const env = { ...EDGE, EDGE_SIGNING_KEY: JSON.stringify({ ...jwk, kid: 'stranger' }) }
    const note = await noteFor(ours.headAt(5), { env })
    expect(await cosign({ note, consistency: null }, cosigner)).toHaveProperty('refused')
    const changed = (await noteFor(ours.headAt(5))).replace('\n5\n', '\n6\n')
    expect(await cosign({ note: changed, consistency: null }, cosigner)).toHaveProperty('refused')
  })

  it.each(['not a note', '', '\n\n', 'phoenix.example/log\n1\n\n'])(
    'what is no note (%j)',
    async (note) => {
      expect(await cosign({ note, consistency: null }, cosigner)).toHaveProperty('refused')
    },
  )

  it('a tenant’s checkpoint, though the edge signed it', async () => {
    const origin = `${platformOrigin(EDGE)}/ten_eu_aaaaaaaaaaaaaaaa`
    const note = await noteFor(ours.headAt(5), { origin })
    expect(await cosign({ note, consistency: null }, cosigner)).toHaveProperty('refused')
  })

  it('another log of the same edge, once it knows one', async () => {
    await ask(ours, 7)
    const env = { ...EDGE, PUBLIC_URL: 'https://other.example' }
    const note = await noteFor(ours.headAt(9), { origin: 'other.example/log', env })
    expect(await cosign({ note, consistency: ours.proof(7, 9) }, cosigner)).toHaveProperty(
      'refused',
    )
  })

  it.each([undefined, '', '{}', '{"keys":[]}', 'no json'])(
    'everything without the edge’s keys (%j)',
    async (jwks) => {
      cosigner = { ...cosigner, edgeKeys: edgeKeysOf(jwks) }
      expect(await ask(ours, 5)).toHaveProperty('refused')
    },
  )
})

it('remembers before it signs: what it could not remember is not signed', async () => {
  let signed = 0
  const { signer, head } = cosigner
  cosigner = {
    ...cosigner,
    head: { ...head, replace: async () => Promise.reject(new Error('the disk is full')) },
    signer: {
      ...signer,
      sign: (data) => {
        signed += 1
        return signer.sign(data)
      },
    },
  }
  await expect(ask(ours, 5)).rejects.toThrow('the disk is full')
  expect(signed).toBe(0)
})

it('of two that ask at once one is signed, and the other is told of it', async () => {
  await ask(ours, 4)
  const answers = await Promise.all([ask(ours, 9, 4), ask(fork, 9, 4)])
  expect(answers.filter((answer) => 'line' in answer)).toHaveLength(1)
  expect(await remembered()).toBe(9)
})

it('is absent where these Functions are no second party', async () => {
  const claims = {
    ...{ iss: 'phoenix-edge', aud: 'phoenix-functions', sub: 'platform', jti: 'op' },
    ...{ nonce: 'n'.repeat(16), iat: 1, exp: 2, htm: 'POST', htp: '/', bsh: '' },
  }
  const context = { extraInputs: { get: () => claims } } as never
  const body = JSON.stringify({ note: await noteFor(ours.headAt(5)), consistency: null })
  const handler = cosignHandler(() => null)
  expect(await handler({ text: async () => body } as never, context)).toMatchObject({ status: 404 })
})
