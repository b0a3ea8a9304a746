// A few at once, the others one after the other in the order in which they came.

/** Runs what it is given, at most so many at a time. */
export const createTurns = (atOnce: number) => {
  let running = 0
  const waiting: (() => void)[] = []
  return async <T>(run: () => Promise<T>): Promise<T> => {
    if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve))
    else running += 1
    try {
      return await run()
    } finally {
      // Whoever waits takes over the place: nobody who comes later gets in between.
      const next = waiting.shift()
      if (next) next()
      else running -= 1
    }
  }
}
