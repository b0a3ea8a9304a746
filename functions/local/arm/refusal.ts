// How the stand-in of Azure Resource Manager says no: the envelope of the real one.

/** Thrown anywhere below a request. */
export class ArmRefusal extends Error {
  override name = 'ArmRefusal'
  readonly status: number
  readonly code: string
  readonly headers: Record<string, string>
  constructor(status: number, code: string, message: string, headers: Record<string, string> = {}) {
    super(message)
    this.status = status
    this.code = code
    this.headers = headers
  }
}

export const refusalResponse = ({ status, code, message, headers }: ArmRefusal): Response =>
  Response.json({ error: { code, message } }, { status, headers })

export const badRequest = (code: string, message: string) => new ArmRefusal(400, code, message)
export const notFound = (name: string) =>
  new ArmRefusal(404, 'ResourceNotFound', `The Resource '${name}' was not found.`)
