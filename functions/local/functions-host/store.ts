// What the host remembers: messages of queues and when timers are due, in one SQLite file of this process alone.
// Queues as Azure's are seen by a function (Queue service REST API): a message that was taken comes back unless it is deleted
// under the receipt of its last taking. Knows neither functions nor retries.
import { randomUUID } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'

/** What the Queue service takes, after encoding. */
const MESSAGE_AT_MOST_BYTES = 64 * 1024
const LIVES_MILLISECONDS = 7 * 86_400_000
/** How long a taken message stays away from others. */
const TAKEN_MILLISECONDS = 10 * 60_000

export interface Message {
  id: string
  /** As it lies in the queue: encoded as host.json says. */
  body: string
  popReceipt: string
  dequeueCount: number
  /** Milliseconds since 1970, as all times here. */
  inserted: number
  expires: number
  visibleAt: number
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS messages (
    id TEXT PRIMARY KEY, queue TEXT NOT NULL, body TEXT NOT NULL, popReceipt TEXT NOT NULL DEFAULT '',
    dequeueCount INTEGER NOT NULL DEFAULT 0, inserted INTEGER NOT NULL, expires INTEGER NOT NULL,
    visibleAt INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS due ON messages (queue, visibleAt, inserted);
  CREATE TABLE IF NOT EXISTS timers (
    name TEXT PRIMARY KEY, schedule TEXT NOT NULL, last INTEGER NOT NULL, next INTEGER NOT NULL
  ) STRICT;
  -- Whoever had taken a message was a process that is gone.
  UPDATE messages SET visibleAt = 0, popReceipt = '' WHERE popReceipt <> '';
`

export type Store = ReturnType<typeof openStore>

/** `path`: a file, or `:memory:`. */
export const openStore = (path: string, now: () => number = Date.now) => {
  const database = new DatabaseSync(path)
  database.exec('PRAGMA journal_mode = WAL')
  database.exec(SCHEMA)
  const insert = database.prepare(
    'INSERT INTO messages (id, queue, body, inserted, expires, visibleAt) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const due = database.prepare(
    'SELECT * FROM messages WHERE queue = ? AND visibleAt <= ? ORDER BY inserted, rowid LIMIT ?',
  )
  const take = database.prepare(
    `UPDATE messages SET popReceipt = ?, visibleAt = ?, dequeueCount = dequeueCount + 1
     WHERE id = ? RETURNING *`,
  )
  const drop = database.prepare('DELETE FROM messages WHERE id = ? AND popReceipt = ?')
  const free = database.prepare(
    `UPDATE messages SET visibleAt = ?, popReceipt = '' WHERE id = ? AND popReceipt = ?`,
  )
  const watchers = new Map<string, () => void>()

  const atOnce = <T>(work: () => T): T => {
    database.exec('BEGIN IMMEDIATE')
    try {
      const result = work()
      database.exec('COMMIT')
      return result
    } catch (error) {
      database.exec('ROLLBACK')
      throw error
    }
  }
  const add = (queue: string, body: string): void => {
    if (Buffer.byteLength(body) > MESSAGE_AT_MOST_BYTES)
      throw new Error(`${queue}: a message is over 64 KiB`)
    const at = now()
    insert.run(randomUUID(), queue, body, at, at + LIVES_MILLISECONDS, at)
  }
  const tell = (queue: string): void => watchers.get(queue)?.()

  return {
    /** All of them or none. Throws for a message over 64 KiB. */
    put(messages: readonly { queue: string; body: string }[]): void {
      atOnce(() => {
        for (const { queue, body } of messages) add(queue, body)
      })
      for (const queue of new Set(messages.map((each) => each.queue))) tell(queue)
    },
    /** At most `count` that are visible, oldest first; nobody else sees them for ten minutes. */
    take(queue: string, count: number): Message[] {
      return atOnce(() => {
        database.prepare('DELETE FROM messages WHERE expires <= ?').run(now())
        return due.all(queue, now(), count).map(({ id }) => {
          const taken = take.get(randomUUID(), now() + TAKEN_MILLISECONDS, id as string)
          return taken as unknown as Message
        })
      })
    },
    /** False where it was taken again since. */
    remove: ({ id, popReceipt }: Message): boolean => drop.run(id, popReceipt).changes > 0,
    /** Lets others see it after so many milliseconds. */
    giveBack: ({ id, popReceipt }: Message, afterMilliseconds: number): void => {
      free.run(now() + afterMilliseconds, id, popReceipt)
    },
    /** Puts it where nobody tries again: the queue of this name with `-poison`. */
    poison(queue: string, message: Message): void {
      const aside = `${queue}-poison`
      atOnce(() => {
        if (drop.run(message.id, message.popReceipt).changes > 0) add(aside, message.body)
      })
      tell(aside)
    },
    /** When the next message is to be seen; null: there is none. */
    nextVisible(queue: string): number | null {
      const row = database
        .prepare('SELECT min(visibleAt) AS at FROM messages WHERE queue = ?')
        .get(queue) as { at: number | null }
      return row.at
    },
    /** Bodies of all messages of a queue, seen or not. */
    bodies: (queue: string): string[] =>
      database
        .prepare('SELECT body FROM messages WHERE queue = ? ORDER BY inserted, rowid')
        .all(queue)
        .map(({ body }) => body as string),
    /** One watcher for each queue, called after each message that is put there. */
    watch: (queue: string, watcher: () => void): void => void watchers.set(queue, watcher),
    /** Null where this timer has never run with this schedule. */
    timer: (name: string, schedule: string): { last: number; next: number } | null =>
      (database
        .prepare('SELECT last, next FROM timers WHERE name = ? AND schedule = ?')
        .get(name, schedule) as { last: number; next: number } | undefined) ?? null,
    noteTimer(
      name: string,
      schedule: string,
      { last, next }: { last: number; next: number },
    ): void {
      database
        .prepare('INSERT OR REPLACE INTO timers (name, schedule, last, next) VALUES (?, ?, ?, ?)')
        .run(name, schedule, last, next)
    },
    close: (): void => database.close(),
  }
}
