// The types every route and middleware shares. Types only.
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { Clock } from '../../schemas/ports.ts'
import type { Result } from '../../schemas/result.ts'
import type { Credential } from '../auth/credential.ts'
import type { Env } from '../env.ts'
import type { Counters } from './counters.ts'

export interface Variables {
  requestId: string
  /** `traceparent` to send on to others and back to the caller. */
  traceparent: string
  clock: Clock
  counters: Counters
  /** What the Authorization header said, parsed once; its secret is not proved yet. */
  credential: Result<Credential>
}
export interface AppTypes {
  Bindings: Env
  Variables: Variables
}
export type App = OpenAPIHono<AppTypes>
export type AppContext = Context<AppTypes>
