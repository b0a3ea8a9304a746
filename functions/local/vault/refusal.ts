// How the simulated vault refuses: Key Vault's envelope, with its codes (learn.microsoft.com/azure/key-vault/general/
// rest-error-codes).

export class VaultRefusal extends Error {
  override name = 'VaultRefusal'
  readonly status: number
  readonly code: string
  readonly inner: string | undefined
  readonly headers: Record<string, string>
  constructor(
    status: number,
    code: string,
    message: string,
    { inner, headers = {} }: { inner?: string; headers?: Record<string, string> } = {},
  ) {
    super(message)
    this.status = status
    this.code = code
    this.inner = inner
    this.headers = headers
  }
}

export const refusalResponse = ({ status, code, message, inner, headers }: VaultRefusal) =>
  Response.json(
    { error: { code, message, ...(inner === undefined ? {} : { innererror: { code: inner } }) } },
    { status, headers },
  )

export const badParameter = (message: string): VaultRefusal =>
  new VaultRefusal(400, 'BadParameter', message)
export const notFound = (kind: 'Secret' | 'Key'): VaultRefusal =>
  new VaultRefusal(404, `${kind}NotFound`, `A ${kind.toLowerCase()} of this name was not found.`)
export const conflict = (inner: string, message: string): VaultRefusal =>
  new VaultRefusal(409, 'Conflict', message, { inner })
export const forbidden = (inner: string, message: string): VaultRefusal =>
  new VaultRefusal(403, 'Forbidden', message, { inner })
