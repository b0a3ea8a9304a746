// The frame of a table: it scrolls by itself on a narrow screen, and its heads say which columns are numbers. What leads on to
// the next page stands below it.
import { html, raw } from 'hono/html'
import type { Child } from 'hono/jsx'

/** A column's head; of numbers, which stand to the right. */
export type Head = string | { number: string }

const wordsOf = (head: Head): string => (typeof head === 'string' ? head : head.number)

/**
 * Rows that stack have their heads hidden, so each cell carries its own, for the style sheet to show. Text and attributes are
 * escaped by now: no `<td` in them is one.
 */
const labelled = (rows: string, heads: Head[]) => {
  const labels = heads.map((head) => `${html`data-label="${wordsOf(head)}"`}`)
  let column = 0
  return raw(
    rows.replaceAll(/<(tr|td)\b/g, (tag, name) => {
      column = name === 'tr' ? 0 : column + 1
      const head = heads[column - 1]
      return head === undefined || wordsOf(head) === '' ? tag : `${tag} ${labels[column - 1]}`
    }),
  )
}

export const Table = ({
  heads,
  stack = false,
  children,
}: {
  heads: Head[]
  /** Whether a row becomes a block of its own on a narrow screen. */
  stack?: boolean
  children: Child
}) => {
  const body = <tbody>{children}</tbody>
  return (
    <div class="scroll">
      <table {...(stack ? { class: 'stack' } : {})}>
        <thead>
          <tr>
            {heads.map((head) =>
              typeof head === 'string' ? <th>{head}</th> : <th class="number">{head.number}</th>,
            )}
          </tr>
        </thead>
        {stack ? labelled(`${body}`, heads) : body}
      </table>
    </div>
  )
}

export const NextPage = ({ href, name }: { href: string | null; name: string }) =>
  href ? (
    <p>
      <a href={href}>{name}</a>
    </p>
  ) : null
