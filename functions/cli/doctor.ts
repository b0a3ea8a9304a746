// `npm run doctor`: is the forge set up as Phoenix needs it? Prints a line for each thing, with the remedy where one is needed.
// Ends with 1 where something is missing, with 2 where nothing is but not everything could be read. It changes nothing.
import { pathToFileURL } from 'node:url'
import { judgeSetup, type Level, type SetupLine } from '../../gitops/forges/setup-check.ts'
import { wantedRulesets } from '../../gitops/forges/wanted-rulesets.ts'
import { readArguments } from './arguments.ts'
import { type DoctorSettings, readSetup } from './doctor-read.ts'
import { doctorSettings } from './doctor-settings.ts'

const USAGE = `npm run doctor -- [owner/name …]
  owner/name   repositories of tenants; without, those of the tenants that Phoenix has
  --ruleset    prints the rulesets to POST`

const WORDS: Record<Level, string> = {
  ok: 'ok         ',
  note: 'note       ',
  missing: 'missing    ',
  unknown: 'cannot tell',
}
const PLAIN = /[^\x20-\x7e\u00a0-\u024f\u2018-\u201d\u2026]/g
/** What a forge says must not move the cursor. */
const plain = (text: string): string => text.replaceAll(PLAIN, '?')

const printed = ({ level, about, says, remedy }: SetupLine): string[] => [
  plain(`${WORDS[level]}  ${about}: ${says.replace(/^cannot tell: /, '')}`),
  ...(remedy !== undefined && level !== 'ok' ? [plain(`             ${remedy}`)] : []),
]

const codeOf = (lines: SetupLine[]): number => {
  if (lines.some(({ level }) => level === 'missing')) return 1
  return lines.some(({ level }) => level === 'unknown') ? 2 : 0
}

const SIMULATED = 'The forge is the laptop’s simulated one: this says nothing about GitHub.'

/** What it prints, and the code to end with. */
export const examine = async (
  settings: DoctorSettings,
): Promise<{ text: string; code: number; lines: SetupLine[] }> => {
  if (settings.repositories.length === 0)
    throw new Error('Name a repository, or set PLATFORM_REPOSITORY: there is none to look at.')
  const lines = judgeSetup(await readSetup(settings))
  const count = (level: Level) => lines.filter((each) => each.level === level).length
  const sum = `${count('ok')} ok, ${count('note')} to note, ${count('missing')} missing, ${count('unknown')} that nobody can tell`
  const first = settings.simulated ? [SIMULATED, ''] : []
  return {
    text: [...first, ...lines.flatMap(printed), '', sum].join('\n'),
    code: codeOf(lines),
    lines,
  }
}

const main = async (): Promise<number> => {
  const { values, positionals } = readArguments(USAGE, {
    allowPositionals: true,
    options: { ruleset: { type: 'boolean', default: false } },
  })
  const settings = await doctorSettings(process.env, positionals)
  if (values.ruleset) {
    if (settings.app === null) throw new Error('Without an App there is nobody to pin a check to.')
    const { app } = await readSetup({ ...settings, repositories: [] })
    process.stdout.write(`${JSON.stringify(wantedRulesets(app?.id ?? 0), null, 2)}\n`)
    return 0
  }
  const { text, code } = await examine(settings)
  process.stdout.write(`${text}\n`)
  return code
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  main().then(
    (code) => {
      process.exitCode = code
    },
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.message : 'cannot look'}\n`)
      process.exitCode = 3
    },
  )
}
