// What a policy pack is: a named edition of a law or a standard, its controls as far as Phoenix has anything to say to
// them, and which of our rules serve each. Titles are ours; the words of the standards are theirs and not copied.
// A pack is a map for whoever audits. It is no statement that anybody complies with anything.
import type { ThemeName } from './themes.ts'

/** `direct`: the control asks for what the rules check. `interpretation`: it asks for more or for another thing, and this is our reading. */
export type Reading = 'direct' | 'interpretation'

export interface Control {
  /** As the standard numbers it: `Art. 32(1)(b)`, `6.5.1`. */
  id: string
  title: string
  reading: Reading
  themes: readonly ThemeName[]
  /** What of the control Phoenix has no evidence of. */
  lacks: string
}

export interface PolicyPack {
  name: string
  title: string
  /** Which text the numbers are of. */
  edition: string
  controls: readonly Control[]
}

/** `[id, title, reading, themes, what is not covered]` */
export type ControlRow = readonly [string, string, Reading, readonly ThemeName[], string]

export const controlsOf = (rows: readonly ControlRow[]): Control[] =>
  rows.map(([id, title, reading, themes, lacks]) => ({ id, title, reading, themes, lacks }))
