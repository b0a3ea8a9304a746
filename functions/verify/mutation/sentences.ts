// What Stryker leaves alone: words for people. A change to the wording of a refusal, a note or a log line is no change of what
// the product does. The rule: a text with a blank in it is a sentence; states, kinds, names and paths have none.
interface Node {
  type: string
  value?: unknown
  quasis?: { value: { raw: string } }[]
  properties?: { type: string; value?: Node }[]
  callee?: { object?: { name?: string } }
}

const isSentence = (node: Node): boolean =>
  node.type === 'StringLiteral'
    ? /\s/.test(String(node.value))
    : node.type === 'TemplateLiteral' && !!node.quasis?.some(({ value }) => /\s/.test(value.raw))

const holdsOneOnly = ({ type, properties }: Node): boolean =>
  type === 'ObjectExpression' &&
  properties?.length === 1 &&
  properties.every((one) => one.type === 'ObjectProperty' && !!one.value && isSentence(one.value))

const isLog = ({ type, callee }: Node): boolean =>
  type === 'CallExpression' && callee?.object?.name === 'console'

const shouldIgnore = ({ node }: { node: Node }): string | undefined => {
  if (isSentence(node) || holdsOneOnly(node)) return 'words for people'
  return isLog(node) ? 'a line of the log' : undefined
}

export const strykerPlugins = [{ kind: 'Ignore', name: 'sentences', value: { shouldIgnore } }]
