// Whether this deployment answers, and which version it is. Open to anyone; says nothing about what stands behind it.
import type { HttpHandler } from '@azure/functions'
import type { BackOfficeHealth } from '../schemas/wire.ts'

/** Set by the build (functions/cli/build.ts). */
declare const PHOENIX_VERSION: string | undefined

export const health: HttpHandler = async () => {
  const version = typeof PHOENIX_VERSION === 'string' ? PHOENIX_VERSION : 'unbuilt'
  return { jsonBody: { status: 'ok', version } satisfies BackOfficeHealth }
}
