// Every problem type the API can answer (RFC 9457), one row each. The page /problems/{name} is this table.

export interface ProblemRow {
  status: number
  title: string
  /** What the caller can do about it. */
  wayOut: string
}

const table = {
  'malformed-request': [
    400,
    'The request cannot be read',
    'Send well-formed JSON in UTF-8 with the fields the reference names.',
  ],
  'idempotency-key-missing': [
    400,
    'Idempotency-Key is missing',
    'Send an Idempotency-Key header of 1 to 255 printable characters, new for each new intention.',
  ],
  'exchange-refused': [
    400,
    'This token is not exchanged',
    'Check issuer, audience and claims against the workload of the tenant that you name, and that the token has not expired.',
  ],
  'unsupported-exchange': [
    400,
    'This exchange is not one of ours',
    'Send grant_type, subject_token, subject_token_type and one audience as the reference says.',
  ],
  'scope-refused': [
    400,
    'The workload does not have all of these scopes',
    'Ask for fewer scopes, or for none to get all that the workload has.',
  ],
  unauthenticated: [
    401,
    'No valid credential',
    'Send Authorization: Bearer with a token that is neither expired nor revoked.',
  ],
  'signature-invalid': [
    401,
    'The signature does not match',
    'Sign the exact bytes of the body with the secret of this sender.',
  ],
  forbidden: [
    403,
    'Your role or your token does not allow this',
    'Ask a member whose role allows it; the reference names the roles of each operation.',
  ],
  'tenant-suspended': [
    403,
    'The tenant is suspended or being deleted',
    'Reading goes on. An operator resumes a suspended tenant; an owner takes a deletion back.',
  ],
  'separation-of-duties': [
    403,
    'Nobody approves or merges his own change',
    'Another person with the role approver must do this.',
  ],
  'credential-required': [
    403,
    'This approval has to be a presentation of a credential',
    'POST …/changes/{id}/approval-requests and present a valid phoenix-approver credential to what it answers.',
  ],
  'not-found': [
    404,
    'Not found',
    'Check the address. What belongs to another tenant does not exist for you.',
  ],
  'method-not-allowed': [
    405,
    'This address does not take this method',
    'See the Allow header and /v1/openapi.json.',
  ],
  conflict: [
    409,
    'This contradicts what already exists',
    'Read the current state and decide again.',
  ],
  'open-change': [
    409,
    'The resource already has an open change',
    'Finish, cancel or revise the open change first.',
  ],
  'wrong-state': [
    409,
    'It is not in a state that allows this',
    'Read it again: the `next` of a change names who may do what now.',
  ],
  'driver-unavailable': [
    409,
    'The driver of this credential configuration cannot be used',
    'The issuer’s `drivers` say what is missing; configurations of another driver are not touched by it.',
  ],
  'driver-unable': [
    409,
    'The issuer behind this credential cannot do that',
    'See /v1/tenants/{tenant}/credential-drivers: what each driver supports.',
  ],
  'webhook-replayed': [
    409,
    'This delivery was already taken',
    'Nothing to do: the first delivery counts.',
  ],
  'precondition-failed': [
    412,
    'The object has changed since you read it',
    'Read it again and repeat with its new ETag.',
  ],
  'payload-too-large': [
    413,
    'The body is larger than 1 MiB',
    'Send less; large files do not belong in a request.',
  ],
  'unsupported-media-type': [
    415,
    'The body must be application/json',
    'Send Content-Type: application/json.',
  ],
  'invalid-parameters': [
    422,
    'The request does not fit its schema',
    'See errors[]: each has a pointer into the body.',
  ],
  'idempotency-key-reused': [
    422,
    'This Idempotency-Key belongs to another request',
    'Use a new key for a new intention; keys never expire.',
  ],
  'plan-blocked': [
    422,
    'The plan has a blocking finding',
    'See findings[]: each names its rule, the numbers and the way out.',
  ],
  'confirm-required': [
    422,
    'Destroying needs a confirmation',
    'Preview with validateOnly=true, read the destroy list, send its digest as `confirm`.',
  ],
  'unknown-revision': [
    422,
    'This revision was never promoted here',
    'Report only on commits of the branch `live`.',
  ],
  'precondition-required': [
    428,
    'If-Match is required',
    'Send If-Match with the ETag of the object you read.',
  ],
  'rate-limited': [429, 'Too many requests', 'Wait for Retry-After seconds.'],
  internal: [
    500,
    'Something is broken on our side',
    'Repeat the request with the same Idempotency-Key; quote the request id when you ask for help.',
  ],
  // Of the request, and never of the method: asked otherwise it may well be done.
  'not-supported': [
    422,
    'This installation cannot do that',
    'The detail names the missing ability.',
  ],
  outage: [
    503,
    'A system behind the API does not answer',
    'Repeat after Retry-After seconds with the same Idempotency-Key; nothing is lost.',
  ],
} as const satisfies Record<string, readonly [number, string, string]>

export type ProblemName = keyof typeof table

export const problems: Record<ProblemName, ProblemRow> = Object.fromEntries(
  Object.entries(table).map(([name, [status, title, wayOut]]) => [name, { status, title, wayOut }]),
) as Record<ProblemName, ProblemRow>

export const isProblemName = (name: string): name is ProblemName => Object.hasOwn(table, name)
