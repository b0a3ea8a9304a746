// Who may spend how much of a limit when several repositories want it. Everybody has an equal share of it, as many as there are;
// what is left of the shares is lent to whoever wants more, unless somebody waits who has not had his; and the last tenth is
// kept for those who have spent next to nothing, so that a newcomer need not wait until the others’ hour is over.

/** What one repository spent of a limit within its window, in the limit's own measure. */
export interface Spender {
  own: boolean
  sum: number
  /** It was refused, and has not been paid for since. */
  waits: boolean
}

/** Of a limit: so much each has before anybody lends. */
const FLOOR = 0.1
/** How far a limit may be spent: by whom has had no more than the floor, and by everybody else. Proposals stop before: what was begun goes first. */
const CEILINGS = {
  floor: { begun: 1, fresh: 0.95 },
  beyond: { begun: 0.9, fresh: 0.7 },
} as const
export type Kind = keyof (typeof CEILINGS)['floor']

/** To where the sum of all may go with a payment of somebody who will have spent `own` then. */
export const ceilingFor = (most: number, own: number, kind: Kind): number =>
  Math.floor(most * CEILINGS[own <= most * FLOOR ? 'floor' : 'beyond'][kind])

/** An equal part for each who spends or waits, of all but the floor. */
export const shareOf = (most: number, kind: Kind, spenders: readonly Spender[]): number => {
  const others = spenders.filter(({ own, sum, waits }) => !own && (sum > 0 || waits))
  return (most * CEILINGS.beyond[kind]) / (others.length + 1)
}

/** Somebody else waits who has not had his share: nothing is lent meanwhile. */
export const isClaimed = (share: number, spenders: readonly Spender[]): boolean =>
  spenders.some(({ own, sum, waits }) => !own && waits && sum < share)
