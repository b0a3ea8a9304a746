// Through the real Octokit client: every request is paid for before it leaves, and what comes back of limits is told.
import { describe, expect, it } from 'vitest'
import { createGitHubForge } from '../../../gitops/forges/github.ts'
import { Outage, ok, type Result, refuse } from '../../../schemas/result.ts'
import type { Cost, Said } from './limits.ts'
import { spending } from './purse.ts'

const SHA = 'a'.repeat(40)
const BRANCH = { commit: { sha: SHA, parents: [], commit: { tree: { sha: SHA }, message: 'x' } } }
const forgeOver = (
  answer: () => Response,
  { whole = { writes: 1, reads: 1 }, paid = () => ok(null) as Result<null> } = {},
) => {
  const sent: string[] = []
  const payments: Cost[] = []
  const said: Said[] = []
  const wire: typeof fetch = async (_, init) => {
    sent.push(init?.method ?? 'GET')
    return answer()
  }
  const budget = {
    pay: async (cost: Cost) => {
      payments.push(cost)
      return paid()
    },
    heed: async (one: Said) => void said.push(one),
  }
  const forge = createGitHubForge({
    ...{ baseUrl: 'http://forge.invalid', token: 't', repository: 'acme/one' },
    fetch: spending(wire, budget, whole),
  })
  return { forge, sent, payments, said }
}
const thrownBy = (run: Promise<unknown>) => run.catch((thrown: unknown) => thrown)

describe('a piece of work', () => {
  it('pays for all it will ask with its first request, and one by one beyond that', async () => {
    const { forge, payments } = forgeOver(() => Response.json(BRANCH))
    for (let read = 0; read < 3; read += 1) await forge.readBranch('main')
    expect(payments).toEqual([
      { writes: 1, reads: 1 },
      { writes: 0, reads: 1 },
      { writes: 0, reads: 1 },
    ])
  })

  it('sends nothing when there is no room, and says for how long', async () => {
    const paid = () =>
      refuse('outage', {
        detail: 'The forge takes no more writes this hour.',
        retryAfterSeconds: 77,
      })
    const { forge, sent } = forgeOver(() => Response.json(BRANCH), { paid })
    const error = await thrownBy(forge.deleteBranch('b'))
    expect(error).toBeInstanceOf(Outage)
    expect(error).toMatchObject({ reason: 'takes no more writes this hour', retryAfterSeconds: 77 })
    expect(sent).toEqual([])
  })
})

describe('what the forge says of its limits', () => {
  const secondary = { message: 'You have exceeded a secondary rate limit.' }
  it.each<[string, () => Response, Said[]]>([
    [
      'a time',
      () => Response.json({}, { status: 429, headers: { 'retry-after': '31' } }),
      [{ refused: 31 }],
    ],
    ['no time', () => Response.json(secondary, { status: 403 }), [{ refused: null }]],
    ['a denial is none', () => Response.json({ message: 'no' }, { status: 403 }), []],
    ['a page is none', () => new Response('<h1>no</h1>', { status: 403 }), []],
    [
      'nearly spent',
      () =>
        Response.json(BRANCH, {
          headers: { 'x-ratelimit-remaining': '3', 'x-ratelimit-reset': '1700000090' },
        }),
      [{ lowUntil: 1_700_000_090 }],
    ],
    [
      'enough left',
      () =>
        Response.json(BRANCH, {
          headers: { 'x-ratelimit-remaining': '4000', 'x-ratelimit-reset': '1700000090' },
        }),
      [],
    ],
  ])('is told: %s', async (_, answer, expected) => {
    const { forge, said } = forgeOver(answer)
    await thrownBy(forge.readBranch('main'))
    expect(said).toEqual(expected)
  })
})
