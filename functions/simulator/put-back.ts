// After each file of tests that shares its modules with others: the clock and what was watched are as they were.
import { afterAll, vi } from 'vitest'

afterAll(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})
