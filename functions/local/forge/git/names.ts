// Which paths and reference names from outside may ever reach git. Pure; says yes or no, repairs nothing.

const PATH_LIMIT_BYTES = 4096
const SEGMENT_LIMIT_BYTES = 255
// Code points that HFS+ leaves out when it compares names, so that ".g\u200cit" is ".git" on a Mac.
const IGNORED_BY_HFS = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g

const isControl = (text: string): boolean => {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code < 0x20 || code === 0x7f) return true
  }
  return false
}

/** What NTFS and HFS+ would both make of a name: lower case, no stream suffix, no trailing dots or blanks. */
const asOtherSystemsSeeIt = (segment: string): string =>
  (segment.replace(IGNORED_BY_HFS, '').split(':')[0] ?? '').replace(/[. ]+$/, '').toLowerCase()

const isSafeSegment = (segment: string): boolean => {
  if (segment === '' || segment === '.' || segment === '..') return false
  if (Buffer.byteLength(segment) > SEGMENT_LIMIT_BYTES) return false
  const plain = asOtherSystemsSeeIt(segment)
  return plain !== '' && plain !== '.git' && plain !== 'git~1'
}

/** A relative path of plain segments: no `..`, no `.git` in any spelling, no backslash, no control character. */
export const isSafePath = (path: string): boolean =>
  path !== '' &&
  Buffer.byteLength(path) <= PATH_LIMIT_BYTES &&
  path.isWellFormed() &&
  !path.includes('\\') &&
  !isControl(path) &&
  path.split('/').every(isSafeSegment)

/** Git's own rules for reference names (git-check-ref-format), for the part after `refs/heads/` or `refs/tags/`. */
export const isSafeBranchName = (name: string): boolean =>
  name !== '' &&
  name !== '@' &&
  name.length <= 244 &&
  name.isWellFormed() &&
  !isControl(name) &&
  !/[ ~^:?*[\\]|\.\.|@\{|\/\/|[/.]$/.test(name) &&
  name.split('/').every((part) => !/^[-.]|\.lock$/i.test(part) && part !== '')

/** Only branches and tags: `refs/heads/…`, `refs/tags/…`. */
export const isSafeRef = (ref: string): boolean => {
  const found = /^refs\/(?:heads|tags)\/(.+)$/s.exec(ref)
  return found?.[1] !== undefined && isSafeBranchName(found[1])
}

export const isSha = (text: string): boolean => /^[0-9a-f]{40}$/.test(text)

/** An owner or a repository name as GitHub takes them; nothing that a file system could read as more than a name. */
export const isSafeRepositoryName = (name: string): boolean =>
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name) && !/\.git$|\.$|\.\./i.test(name)
