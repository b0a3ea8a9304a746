// Reads the commands at the head of a push and writes the refusal of one, in Git's own pack protocol.
// It only decides what is said to the person: what is refused is enforced a second time by git itself (smart-http.ts).
// https://git-scm.com/docs/pack-protocol#_reference_update_request_and_packfile_transfer
import { ZERO_SHA } from './git/run.ts'

const COMMANDS_LIMIT = 1000

export interface PushCommand {
  ref: string
  before: string
  after: string
}

export interface PushRequest {
  commands: PushCommand[]
  capabilities: string[]
}

const packet = (payload: string | Buffer): Buffer => {
  const bytes = Buffer.from(payload)
  return Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, '0')), bytes])
}
const FLUSH = Buffer.from('0000')

/** The commands of a push, or null when the request is anything but a plain list of them. */
export const parsePush = (body: Buffer): PushRequest | null => {
  const commands: PushCommand[] = []
  let capabilities: string[] = []
  let at = 0
  while (commands.length <= COMMANDS_LIMIT) {
    const head = body.toString('latin1', at, at + 4)
    if (head === '0000') return { commands, capabilities }
    const length = /^[0-9a-f]{4}$/i.test(head) ? Number.parseInt(head, 16) : 0
    if (length <= 4 || at + length > body.length) return null
    const [line = '', extra] = body.toString('utf8', at + 4, at + length).split('\0', 2)
    at += length
    if (extra !== undefined) capabilities = extra.trim().split(' ')
    if (/^shallow [0-9a-f]{40}\n?$/.test(line)) continue
    const found = /^([0-9a-f]{40}) ([0-9a-f]{40}) (refs\/[^\n]+)\n?$/.exec(line)
    if (!found?.[1] || !found[2] || !found[3]) return null
    commands.push({ before: found[1], after: found[2], ref: found[3] })
  }
  return null
}

export const isDeletion = ({ after }: PushCommand): boolean => after === ZERO_SHA

/** Git's report for a push of which nothing was taken. `reasons` by reference; the others are refused with them. */
export const refusalReport = (
  { commands, capabilities }: PushRequest,
  reasons: Map<string, string>,
): Buffer => {
  const lines = commands.map(
    ({ ref }) => `ng ${ref} ${reasons.get(ref) ?? 'refused together with a protected branch'}\n`,
  )
  const report = Buffer.concat([packet('unpack ok\n'), ...lines.map(packet), FLUSH])
  if (!capabilities.some((name) => /^report-status/.test(name))) return FLUSH
  if (!capabilities.includes('side-band-64k')) return report
  const band = (channel: number, payload: Buffer) =>
    packet(Buffer.concat([Buffer.from([channel]), payload]))
  const parts: Buffer[] = []
  for (let at = 0; at < report.length; at += 60_000)
    parts.push(band(1, report.subarray(at, at + 60_000)))
  return Buffer.concat([...parts, FLUSH])
}
