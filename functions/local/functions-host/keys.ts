// Function keys: who may call a function whose authLevel asks for one, and who may administer the host. Closed without a key.
// https://learn.microsoft.com/azure/azure-functions/function-keys-how-to
import { createHash, timingSafeEqual } from 'node:crypto'
import * as z from 'zod'

const Key = z.string().min(16).max(200)
/** `master` opens everything, `host` every function, one of `functions` the function of that name. */
export const HostKeys = z.strictObject({
  master: Key.optional(),
  host: Key.optional(),
  functions: z.record(z.string(), Key).default({}),
})
export type HostKeys = z.infer<typeof HostKeys>

export const AuthLevel = z.enum(['anonymous', 'function', 'admin'])
export type AuthLevel = z.infer<typeof AuthLevel>

export const KEY_HEADER = 'x-functions-key'
export const KEY_QUERY = 'code'

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Whether `given` is a key for this level; `name`: of the function, null for the host itself. */
export const admits = (
  { master, host, functions }: HostKeys,
  level: AuthLevel,
  name: string | null,
  given: string | null,
): boolean => {
  if (level === 'anonymous') return true
  const own = name !== null && Object.hasOwn(functions, name) ? functions[name] : undefined
  const good = level === 'admin' ? [master] : [master, host, own]
  const asked = digest(given ?? '')
  // All of them are compared, whichever fits.
  const fits = good.map((key) => key !== undefined && timingSafeEqual(digest(key), asked))
  return given !== null && fits.includes(true)
}
