// How the stand-in of Microsoft Entra Verified ID says no: the envelope of the real one, with the outer code of the status.

const outer: Record<number, [code: string, message: string]> = {
  400: ['badRequest', 'The request is invalid.'],
  401: ['unauthorized', 'Failed to authenticate the request.'],
  403: ['forbidden', 'The request is not allowed.'],
  404: ['notFound', 'The specified resource does not exist.'],
  409: ['conflict', 'The resource already exists.'],
  412: ['preconditionFailed', 'A precondition does not hold.'],
  413: ['payloadTooLarge', 'The request is too large.'],
  415: ['unsupportedMediaType', 'The media type is not supported.'],
  422: ['unprocessableEntity', 'The request cannot be processed.'],
  429: ['tooManyRequests', 'There are too many requests.'],
  500: ['internalServerError', 'Something went wrong.'],
  503: ['serviceUnavailable', 'The service is not available.'],
}
export type InnerCode = 'badOrMissingField' | 'notFound' | 'tokenError' | 'transientError'

/** Thrown anywhere below a request. */
export class EntraRefusal extends Error {
  override name = 'EntraRefusal'
  readonly status: number
  readonly inner: InnerCode
  readonly target: string | null
  readonly retryAfterSeconds: number | null
  constructor(
    status: number,
    inner: InnerCode,
    {
      message = 'Not as documented.',
      target = null,
      retryAfterSeconds = null,
    }: { message?: string; target?: string | null; retryAfterSeconds?: number | null } = {},
  ) {
    super(message)
    this.status = status
    this.inner = inner
    this.target = target
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** 400 for one field. */
export const badField = (target: string, message = 'The field is missing or not valid.') =>
  new EntraRefusal(400, 'badOrMissingField', { target, message })
export const notFound = (target: string) => new EntraRefusal(404, 'notFound', { target })

export const refusalResponse = (refusal: EntraRefusal, now: Date): Response => {
  const [code, message] = outer[refusal.status] ?? ['badRequest', 'The request is invalid.']
  const { inner, target, retryAfterSeconds } = refusal
  const innererror = {
    ...{ code: inner, message: refusal.message },
    ...(target === null ? {} : { target }),
  }
  const body = {
    ...{ requestId: crypto.randomUUID(), date: now.toUTCString(), mscv: 'simulated.0' },
    error: { code, message, innererror },
  }
  return Response.json(body, {
    status: refusal.status,
    headers: retryAfterSeconds === null ? {} : { 'retry-after': String(retryAfterSeconds) },
  })
}
