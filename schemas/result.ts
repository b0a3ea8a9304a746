// A refusal is a value, never a throw: it crosses RPC unharmed and the compiler asks for every case.
// Outages and bugs are errors; `Outage` names the port that did not answer.

import type { Finding } from './plan.ts'
import type { ProblemName } from './problems.ts'

export interface Refusal {
  problem: ProblemName
  /** A public sentence. Never the caller's input. */
  detail?: string
  /** RFC 6901 pointers into the request body. */
  errors?: {
    pointer: string
    detail: string
    rule?: string
    /** The limits of the rule, and never what was sent beyond a number. */
    numbers?: Record<string, number>
  }[]
  findings?: Finding[]
  /** Seconds; becomes Retry-After. */
  retryAfterSeconds?: number
}

export type Refused = { ok: false; refusal: Refusal }
export type Result<T> = { ok: true; value: T } | Refused

export const ok = <T>(value: T): Result<T> => ({ ok: true, value })
export const refuse = (problem: ProblemName, more: Omit<Refusal, 'problem'> = {}): Refused => ({
  ok: false,
  refusal: { problem, ...more },
})

/** Something outside did not answer, so the outcome is unknown: retry under the same id. */
export class Outage extends Error {
  override name = 'Outage'
  readonly port: string
  /** What the port did, public: `The forge ${reason}.` is a sentence. */
  readonly reason: string
  readonly retryAfterSeconds: number
  constructor(port: string, reason: string, retryAfterSeconds = 5, cause?: unknown) {
    super(`${port}: ${reason}`, { cause })
    this.port = port
    this.reason = reason
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** It answered that it is asked too often. By its name an Outage like any other. */
export class Throttled extends Outage {}

/** Something outside answered, and the answer was no: our credential or its permissions are wrong. Repeating does not help. */
export class Denied extends Error {
  override name = 'Denied'
  readonly port: string
  constructor(port: string, reason: string) {
    super(`${port}: ${reason}`)
    this.port = port
  }
}
