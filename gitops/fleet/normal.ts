// Text of a region with its own names taken out, so that what is alike in many regions is the same text; and put back in,
// to the byte. A text that already has such a place is left as it is.

export interface Names {
  region: string
  cluster: string
}

const PLACES = { cluster: '{cluster}', region: '{region}' } as const
const WORD = /[a-z0-9]/i

/** Every whole word `name` of `text`; hyphens part words. */
const replaceWords = (text: string, name: string, place: string): string => {
  let result = ''
  let from = 0
  for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + name.length)) {
    const before = text[at - 1] ?? ' '
    const after = text[at + name.length] ?? ' '
    if (WORD.test(before) || WORD.test(after)) continue
    result += text.slice(from, at) + place
    from = at + name.length
  }
  return result + text.slice(from)
}

/** Null where the text could not be put back: it has such a place already. */
export const withoutNames = (text: string, { region, cluster }: Names): string | null => {
  if (text.includes(PLACES.cluster) || text.includes(PLACES.region)) return null
  const cut = replaceWords(text, cluster, PLACES.cluster)
  const names = { region, cluster }
  const whole = region === cluster ? cut : replaceWords(cut, region, PLACES.region)
  // A region may have the name of a place.
  return withNames(whole, names) === text ? whole : null
}

/** The text as it is in one region. */
export const withNames = (text: string, { region, cluster }: Names): string =>
  text
    .split(/(\{cluster\}|\{region\})/)
    .map((piece) => (piece === PLACES.cluster ? cluster : piece === PLACES.region ? region : piece))
    .join('')
