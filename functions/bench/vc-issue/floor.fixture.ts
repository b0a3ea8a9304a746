// The least that a Worker pays for the calls of an issuance when it keeps them: one object, one row for each step that is a step,
// a read where something is only read, and nothing where nothing is kept. No wallet is answered, nothing is checked, signed,
// sealed or logged. Built and run by the benchmark vc-issue.
import { DurableObject } from 'cloudflare:workers'

interface FloorEnv {
  FLOOR: DurableObjectNamespace<Floor>
}

/** As much as an offer is. */
const BODY = 'x'.repeat(800)

export class Floor extends DurableObject<FloorEnv> {
  constructor(state: DurableObjectState, env: FloorEnv) {
    super(state, env)
    state.storage.sql.exec('CREATE TABLE IF NOT EXISTS steps (id TEXT PRIMARY KEY, body TEXT)')
  }

  step(): number {
    this.ctx.storage.sql.exec('INSERT INTO steps VALUES (?, ?)', crypto.randomUUID(), BODY)
    return 1
  }

  read(): number {
    return this.ctx.storage.sql.exec('SELECT body FROM steps LIMIT 1').toArray().length
  }
}

// biome-ignore lint/style/noDefaultExport: a Worker's entry is its default export.
export default {
  async fetch(request: Request, env: FloorEnv): Promise<Response> {
    const object = env.FLOOR.getByName('one')
    if (request.url.endsWith('/step')) await object.step()
    else if (request.url.endsWith('/read')) await object.read()
    return Response.json({ done: true })
  },
} satisfies ExportedHandler<FloorEnv>
