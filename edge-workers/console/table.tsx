// The frame of a table: it scrolls by itself on a narrow screen, and its heads say which columns are numbers.
import type { Child } from 'hono/jsx'

/** A column's head; of numbers, which stand to the right. */
export type Head = string | { number: string }

export const Table = ({
  heads,
  stack = false,
  children,
}: {
  heads: Head[]
  /** Whether a row becomes a block of its own on a narrow screen. */
  stack?: boolean
  children: Child
}) => (
  <div class="scroll">
    <table {...(stack ? { class: 'stack' } : {})}>
      <thead>
        <tr>
          {heads.map((head) =>
            typeof head === 'string' ? <th>{head}</th> : <th class="number">{head.number}</th>,
          )}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  </div>
)
