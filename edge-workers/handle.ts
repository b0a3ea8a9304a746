// What an identity provider calls somebody, as a handle: lower-case letters, digits and hyphens.
import { Slug } from '../schemas/ids.ts'

export const HANDLE_CHARACTERS_AT_MOST = 40

/** Null where nothing is left of it. */
export const toHandle = (text: string): string | null => {
  const slug = text
    // Of an address, whose it is: `preferred_username` is often one.
    .replace(/@.*$/s, '')
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, HANDLE_CHARACTERS_AT_MOST)
    .replace(/-+$/, '')
  return Slug.safeParse(slug).success ? slug : null
}
