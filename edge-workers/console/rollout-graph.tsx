// What a rollout waits on, drawn: systems, prerequisites and phases in columns, an arrow from each to what waits on it.
// An SVG without script; tasks are left to the list below it.
import type { RolloutView } from '../../schemas/rollout.ts'
import { TONE } from './badge.tsx'

const WIDTH = 168
const HEIGHT = 58
const GAP_X = 34
const GAP_Y = 14
const LINE_CHARACTERS = 22

interface Placed {
  id: string
  title: string
  state: string
  kind: string
  x: number
  y: number
}

/** Columns by the longest way to a node; what nothing leads to stands just before the first that waits on it. */
const columnsOf = ({ nodes, edges }: RolloutView['graph']): Map<string, number> => {
  const before = (id: string) => edges.filter(({ to }) => to === id).map(({ from }) => from)
  const columns = new Map<string, number>()
  const depth = (id: string, seen: string[] = []): number => {
    const known = columns.get(id)
    if (known !== undefined || seen.includes(id)) return known ?? 0
    const first = before(id).map((from) => depth(from, [...seen, id]) + 1)
    const column = Math.max(0, ...first)
    columns.set(id, column)
    return column
  }
  for (const { id } of nodes) depth(id)
  for (const { id, kind } of nodes) {
    if (kind === 'phase') continue
    const waiting = edges.filter(({ from }) => from === id).map(({ to }) => columns.get(to) ?? 1)
    if (waiting.length > 0) columns.set(id, Math.max(0, Math.min(...waiting) - 1))
  }
  return columns
}

const place = (graph: RolloutView['graph']): Placed[] => {
  const columns = columnsOf(graph)
  const filled = new Map<number, number>()
  const order = ['phase', 'system', 'prerequisite']
  return [...graph.nodes]
    .sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))
    .map((node) => {
      const column = columns.get(node.id) ?? 0
      const row = filled.get(column) ?? 0
      filled.set(column, row + 1)
      return { ...node, x: column * (WIDTH + GAP_X), y: row * (HEIGHT + GAP_Y) }
    })
}

/** Room for the three dots: without its last word, unless it has only one. */
const shortened = (line: string): string =>
  line.length < LINE_CHARACTERS - 2
    ? line
    : line.slice(0, line.includes(' ') ? line.lastIndexOf(' ') : LINE_CHARACTERS - 3)

/** Two lines at most, broken between words. */
const linesOf = (title: string): string[] => {
  const lines = ['']
  for (const word of title.split(' ')) {
    const last = lines.at(-1) ?? ''
    if (last === '' || last.length + word.length < LINE_CHARACTERS - 1)
      lines[lines.length - 1] = `${last} ${word}`.trim()
    else lines.push(word)
  }
  const [first = '', second] = lines
  if (second === undefined) return [first]
  return [first, lines.length > 2 ? `${shortened(second)} …` : second]
}

const Arrow = ({ from, to }: { from: Placed; to: Placed }) => {
  const [x1, y1] = [from.x + WIDTH, from.y + HEIGHT / 2]
  const [x2, y2] = [to.x - 5, to.y + HEIGHT / 2]
  const bend = Math.min(GAP_X, x2 - x1) * 0.6
  return (
    <path
      d={`M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`}
      marker-end="url(#head)"
    />
  )
}

const Node = ({ node }: { node: Placed }) => {
  const lines = linesOf(node.title)
  const box = (
    <>
      <title>{`${node.title}: ${node.state}`}</title>
      <rect width={WIDTH} height={HEIGHT} rx="7" />
      {lines.map((line, at) => (
        <text x="10" y={lines.length === 1 ? 26 : 19 + at * 15}>
          {line}
        </text>
      ))}
      <text x="10" y={HEIGHT - 8} class="state">
        {node.kind === 'phase' ? node.state : `${node.kind}, ${node.state.split(' ')[0]}`}
      </text>
    </>
  )
  return (
    <g
      class={`node ${TONE[node.state] ?? ''} ${node.state}`}
      transform={`translate(${node.x + 1} ${node.y + 1})`}
    >
      {node.kind === 'phase' ? <a href={`#${node.id.replace('/', '-')}`}>{box}</a> : box}
    </g>
  )
}

export const RolloutGraph = ({ graph }: Pick<RolloutView, 'graph'>) => {
  const nodes = graph.nodes.filter(({ kind }) => kind !== 'task')
  const known = new Set(nodes.map(({ id }) => id))
  const edges = graph.edges.filter(({ from, to }) => known.has(from) && known.has(to))
  const placed = place({ nodes, edges })
  const at = new Map(placed.map((node) => [node.id, node]))
  const width = Math.max(...placed.map(({ x }) => x + WIDTH)) + 2
  const height = Math.max(...placed.map(({ y }) => y + HEIGHT)) + 2
  return (
    <div class="scroll">
      <svg
        class="graph"
        width={width}
        height={height}
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label="What waits on what; the list below says the same."
      >
        <defs>
          <marker
            id="head"
            viewBox="0 0 8 8"
            refX="6"
            refY="4"
            markerWidth="7"
            markerHeight="7"
            orient="auto"
          >
            <path d="M0 0L8 4L0 8z" class="head" />
          </marker>
        </defs>
        {edges.map(({ from, to }) => {
          const [start, end] = [at.get(from), at.get(to)]
          return start && end ? <Arrow from={start} to={end} /> : null
        })}
        {placed.map((node) => (
          <Node node={node} />
        ))}
      </svg>
    </div>
  )
}
