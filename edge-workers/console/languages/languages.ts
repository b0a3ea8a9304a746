// Which language a holder reads: by Accept-Language (RFC 9110 §12.5.4), English where none of ours is asked for.
import type { CredentialDisplay } from '../../../schemas/credential.ts'
import { ar } from './ar.ts'
import { de } from './de.ts'
import { en, type Messages } from './en.ts'
import { es } from './es.ts'
import { fr } from './fr.ts'

export const languages: Record<string, Messages> = { en, de, fr, es, ar }

/** More than anybody reads. */
const RANGES_READ = 20

const rangesOf = (header: string): { primary: string; quality: number }[] =>
  header
    .split(',', RANGES_READ)
    .flatMap((part) => {
      const [range = '', ...parameters] = part
        .trim()
        .toLowerCase()
        .split(/\s*;\s*/)
      const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1'
      const quality = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(weight) ? Number(weight) : 0
      const primary = range.split('-')[0] ?? ''
      return quality > 0 ? [{ primary, quality }] : []
    })
    .sort((a, b) => b.quality - a.quality)

export const messagesFor = (acceptLanguage: string | undefined): Messages => {
  const known = rangesOf(acceptLanguage ?? '').find(
    ({ primary }) => primary === '*' || Object.hasOwn(languages, primary),
  )
  return languages[known?.primary ?? 'en'] ?? en
}

/** Words of the issuer for this reader; else those that it has for everybody. */
export const wordsFor = <Words extends Pick<CredentialDisplay, 'locale'>>(
  display: readonly Words[],
  { lang }: Pick<Messages, 'lang'>,
): Words | undefined =>
  display.find(({ locale }) => locale?.toLowerCase().split('-')[0] === lang) ??
  display.find(({ locale }) => locale === undefined) ??
  display[0]

/** A name of any script inside a sentence of another direction (UAX #9: first strong isolate). */
export const isolated = (name: string, { dir }: Pick<Messages, 'dir'>): string =>
  dir === 'rtl' ? `\u2068${name}\u2069` : name
