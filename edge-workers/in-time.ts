/** Rejects where it does not answer within so many milliseconds. What was asked goes on. */
export const inTime = async <T>(asked: Promise<T>, milliseconds: number): Promise<T> => {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error('too late')), milliseconds)
  return Promise.race([asked, promise]).finally(() => clearTimeout(timer))
}
