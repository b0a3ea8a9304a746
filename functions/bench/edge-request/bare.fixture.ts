// The least a Worker can do to answer from an object's database: no router, no token, no limits, no headers of its own.
// One hop to the object, one prepared SELECT, the stored JSON as it is. Built and run by the benchmark edge-request.
import { DurableObject } from 'cloudflare:workers'

interface BareEnv {
  BARE: DurableObjectNamespace<Bare>
}

export class Bare extends DurableObject<BareEnv> {
  constructor(state: DurableObjectState, env: BareEnv) {
    super(state, env)
    state.storage.sql.exec('CREATE TABLE IF NOT EXISTS items (id TEXT PRIMARY KEY, body TEXT)')
  }

  read(id: string): string | null {
    // The runtime keeps a statement prepared under its text.
    const [row] = this.ctx.storage.sql.exec('SELECT body FROM items WHERE id = ?', id)
    return row ? String(row.body) : null
  }

  write(id: string, body: string): void {
    this.ctx.storage.sql.exec('INSERT OR REPLACE INTO items VALUES (?, ?)', id, body)
  }
}

// biome-ignore lint/style/noDefaultExport: a Worker's entry is its default export.
export default {
  async fetch(request: Request, env: BareEnv): Promise<Response> {
    const object = env.BARE.getByName('one')
    const id = request.url.slice(request.url.lastIndexOf('/') + 1)
    if (request.method === 'PUT') {
      await object.write(id, await request.text())
      return new Response(null, { status: 204 })
    }
    const body = await object.read(id)
    return new Response(body, {
      status: body === null ? 404 : 200,
      headers: { 'content-type': 'application/json' },
    })
  },
}
