// What stands in the way of a change that is proposed or approved, as the gate words it: the actor writes it, whatever
// shows a change reads it back. Room comes back by itself; a plan whose world has changed does not.

const NO_ROOM = 'no longer fits: '
const OUT_OF_DATE = 'out of date: '

export const withoutRoom = (why: string): string => `${NO_ROOM}${why}`
export const outOfDate = (why: string): string => `${OUT_OF_DATE}${why}`

export type Obstacle = 'room' | 'plan'

/** Null while only people are waited for, and for a gate of another colour than red. */
export const obstacleOf = (gate: { state: string; reason: string }): Obstacle | null => {
  if (gate.state !== 'red') return null
  if (gate.reason.startsWith(NO_ROOM)) return 'room'
  return gate.reason.startsWith(OUT_OF_DATE) ? 'plan' : null
}

/** The tenant's own change that took the room, where the gate names one. */
export const takerNamed = (reason: string): string | null =>
  /\bchange (chg_[a-z2-7]{26}) took the room/.exec(reason)?.[1] ?? null
