// A text that is nowhere else, all the ways in which it could be written somewhere, and bodies that have it in their fields.
import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import type { JsonSchema } from '../templates/arbitrary-from-schema.ts'

/** 24 characters that nothing else has; a quote and a backslash, which JSON and shells write otherwise. */
export const canary = (): string => `cnry${randomBytes(9).toString('hex')}"\\`
/** Base64 of a text somewhere inside a longer one: without what its neighbours decide. */
const base64Cores = (text: string | Buffer): string[] =>
  [0, 1, 2].map((offset) => {
    const all = Buffer.concat([Buffer.alloc(offset, 'x'), Buffer.from(text)]).toString('base64')
    const from = offset === 0 ? 0 : 4
    return all.slice(from, Math.floor(((offset + text.length) * 4) / 3 / 4) * 4)
  })
export const formsOf = (text: string): { form: string; bytes: Buffer }[] => {
  const bytes = Buffer.from(text)
  const of = (form: string, ...texts: string[]) =>
    texts.map((one) => ({ form, bytes: Buffer.from(one) }))
  return [
    ...of('raw', text, text.slice(0, 22)),
    ...of('base64', ...base64Cores(text)),
    ...of(
      'base64url',
      ...base64Cores(text).map((one) => one.replaceAll('+', '-').replaceAll('/', '_')),
    ),
    ...of('hex', bytes.toString('hex'), bytes.toString('hex').toUpperCase()),
    ...of('URL', encodeURIComponent(text)),
    ...of('JSON', JSON.stringify(text).slice(1, -1)),
    { form: 'gzip', bytes: gzipSync(bytes).subarray(10, -8) },
    { form: 'UTF-16', bytes: Buffer.from(text, 'utf16le') },
  ]
}
export type Needle = ReturnType<typeof formsOf>[number]

/** Of bytes that are no text: a key as it is in its file. */
export const formsOfBytes = (bytes: Buffer): Needle[] => [
  { form: 'raw', bytes },
  ...base64Cores(bytes).flatMap((core) => [
    { form: 'base64', bytes: Buffer.from(core) },
    {
      form: 'base64url',
      bytes: Buffer.from(core.replaceAll('+', '-').replaceAll('/', '_')),
    },
  ]),
  { form: 'hex', bytes: Buffer.from(bytes.toString('hex').slice(0, 40)) },
]

export const hitsIn = (content: Buffer, needles: Needle[]): string[] =>
  needles.filter(({ bytes }) => content.includes(bytes)).map(({ form }) => form)

/** Every string of a value, one after the other, with `text` in its place. */
export const withText = (value: unknown, text: string): unknown[] => {
  if (typeof value === 'string') return [text]
  if (Array.isArray(value))
    return value.flatMap((one, at) => withText(one, text).map((put) => value.with(at, put)))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, one]) =>
    withText(one, text).map((put) => ({ ...value, [name]: put })),
  )
}

/** All that a schema has a place for, with `text` wherever a string can be. */
export const filled = (schema: JsonSchema, text: string, depth = 0): unknown => {
  const one = schema as Record<string, unknown>
  const alternatives = (one.anyOf ?? one.oneOf) as JsonSchema[] | undefined
  if (depth > 8) return text
  if (alternatives?.[0]) return filled(alternatives[0], text, depth + 1)
  if (one.const !== undefined) return one.const
  if (Array.isArray(one.enum)) return one.enum[0]
  if (one.type === 'array') return [filled((one.items ?? {}) as JsonSchema, text, depth + 1)]
  if (one.type === 'boolean') return true
  if (one.type === 'integer' || one.type === 'number') return one.minimum ?? 1
  if (one.type !== 'object') return text
  const properties = Object.entries((one.properties ?? {}) as Record<string, JsonSchema>)
  return Object.fromEntries(
    properties.map(([name, inner]) => [name, filled(inner, text, depth + 1)]),
  )
}
