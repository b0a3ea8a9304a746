// `npm run wallet -- <link>`: a wallet for people without one, for demos and scripts. It is no wallet for anything of value: its keys
// lie in a file, and it takes verifiers at their word.
import { createInterface } from 'node:readline/promises'
import { parseArgs } from 'node:util'
import { type Desk, list, present, redeem } from './commands.ts'
import { walletFolder } from './folder.ts'

const MARK = '[demo wallet]'
const USAGE = [
  'npm run wallet -- <offer link> [--pin <PIN>]   redeem an offer',
  'npm run wallet -- list                         what is in it, and whether it holds',
  'npm run wallet -- present <request link>       answer a verifier',
  'It keeps keys and credentials in plain text in WALLET_HOME, or ~/.phoenix-demo-wallet.',
]

const say = (line: string): void => console.log(`${MARK} ${line}`)

const ask = async (question: string): Promise<string | null> => {
  if (!process.stdin.isTTY) return null
  const lines = createInterface({ input: process.stdin, output: process.stdout })
  try {
    return await lines.question(`${MARK} ${question}`)
  } finally {
    lines.close()
  }
}

/** Libraries put what the server said beside the message. */
const sentenceOf = (error: unknown): string => {
  const { message, errorResponse } = error as {
    message?: string
    errorResponse?: { error: string; error_description?: string }
  }
  if (!errorResponse) return message ?? 'It did not work.'
  return `Refused: ${errorResponse.error}. ${errorResponse.error_description ?? ''}`.trim()
}

const isRequest = (link: string): boolean => /[?&](?:request_uri|client_id)=/.test(link)

const run = async (desk: Desk): Promise<void> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { pin: { type: 'string' } },
  })
  const [first, second, ...rest] = positionals
  if (first === 'list' && second === undefined) return list(desk)
  const named = first === 'present' || first === 'redeem'
  const link = named ? second : first
  if (link?.includes(':') && rest.length === 0 && (named || second === undefined))
    return first === 'present' || (!named && isRequest(link))
      ? present(desk, link)
      : redeem(desk, link, values.pin ?? null)
  for (const line of USAGE) desk.say(line)
  process.exitCode = 2
}

const desk = { folder: walletFolder(process.env), say, ask }
await run(desk).catch((error) => {
  console.error(`${MARK} ${sentenceOf(error)}`)
  process.exitCode = 1
})
