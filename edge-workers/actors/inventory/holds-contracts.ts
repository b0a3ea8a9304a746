// What the Inventory asks a tenant about holds that have stood for long.

export interface HoldsJudged {
  /** Of no change that is here, and none of them was merged on the forge: nothing can stand for it. */
  unknown: string[]
  /** Of a change that came to nothing. */
  over: string[]
}

export interface HoldsApi {
  /**
   * Which of these changes hold what nobody wants any more; whatever is in neither list is kept. Rejects with Outage while the
   * tenant cannot know: its database is behind what was published of its log, a restore is under way, the forge does not answer.
   */
  judgeHolds(changeIds: string[]): Promise<HoldsJudged>
  /** Reserves again for all that stands and is open: the Inventory was restored from an export. Rejects as above. */
  holdAgain(): Promise<void>
}
