// The verifier where the product runs it, in a Worker: each address does one turn of what vc-verify compares, over the same
// presentations. Built and run by that benchmark.
import { checkAll, checkAllByLibrary, makePresentations, verifyAll } from './presentations.ts'

const makeTurns = async (count: number): Promise<Record<string, () => Promise<void>>> => {
  const all = await makePresentations(count)
  return {
    ours: () => verifyAll(all),
    raw: await checkAll(all, { imports: true }),
    'raw-without-key': await checkAll(all, { imports: false }),
    library: await checkAllByLibrary(all),
  }
}
let turns: ReturnType<typeof makeTurns> | undefined

// biome-ignore lint/style/noDefaultExport: a Worker's entry is its default export.
export default {
  /** `/<turn>?of=<how many presentations>&times=<how often each>`. */
  async fetch(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url)
    turns ??= makeTurns(Number(searchParams.get('of')))
    const turn = (await turns)[pathname.slice(1)]
    if (!turn) return new Response(null, { status: 404 })
    const times = Number(searchParams.get('times'))
    for (let done = 0; done < times; done += 1) await turn()
    return new Response(null, { status: 204 })
  },
} satisfies ExportedHandler
