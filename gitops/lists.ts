// Lists in sentences that people read.

/** Ids of changes in a sentence, at most three of them. */
export const inList = (ids: readonly string[]): string => {
  const [shown, more] = [ids.slice(0, 3), ids.length - 3]
  const changes = `${ids.length === 1 ? 'change' : 'changes'} ${shown.join(', ')}`
  return more > 0 ? `${changes} and ${more} more` : changes
}
