// Versioned values as one string, for the reads that are called most: the actor packs, the Worker sends the JSON on unread.
import { ok, type Result } from '../schemas/result.ts'
import type { Packed, Sent, Versioned } from './actors/contracts.ts'

export const pack = <T>({ value, version }: Versioned<T>): Packed<T> =>
  `${version} ${JSON.stringify(value)}`

/** The version, and the JSON as text. */
export const unpack = (packed: Packed<unknown>): { version: number; json: string } => {
  const space = packed.indexOf(' ')
  return { version: Number(packed.slice(0, space)), json: packed.slice(space + 1) }
}

/** For who needs the value itself. */
export const unpackResult = async <T>(sent: Sent<T>): Promise<Result<Versioned<T>>> => {
  const packed = await sent
  if (typeof packed !== 'string') return packed
  const { version, json } = unpack(packed)
  return ok({ value: JSON.parse(json) as T, version })
}
