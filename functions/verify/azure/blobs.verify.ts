// The examination of a store of backups against a Blob service that nobody here wrote, where one is given: BLOB_SERVICE_URL, for
// instance of Azurite (`azurite-blob --oauth basic` over https; NODE_EXTRA_CA_CERTS names its certificate).
import { SignJWT } from 'jose'
import { it } from 'vitest'
import { createBlobStore } from '../../backup/blobs.ts'
import { examineBackupStore } from '../../backup/examination.ts'

const { BLOB_SERVICE_URL } = process.env
const ENTRA_TENANT = '00000000-0000-4000-8000-000000000001'

/** Of the shape that Entra gives; a stand-in of the service looks at times, issuer and audience. */
const tokens = {
  getToken: async () => ({
    token: await new SignJWT({ tid: ENTRA_TENANT })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer(`https://sts.windows.net/${ENTRA_TENANT}/`)
      .setAudience('https://storage.azure.com')
      .setIssuedAt()
      .setNotBefore('-1m')
      .setExpirationTime('1h')
      .sign(new Uint8Array(32)),
  }),
}

let opened = 0
const open = async () => {
  opened += 1
  const container = `${BLOB_SERVICE_URL}/examination-${Date.now()}-${opened}`
  const { token } = await tokens.getToken()
  const made = await fetch(`${container}?restype=container`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}`, 'x-ms-version': '2024-11-04' },
  })
  if (!made.ok) throw new Error(`a container could not be made: ${made.status}`)
  return createBlobStore({
    ...{ container, tokens, now: () => new Date() },
    fetch: (url, init) => fetch(url, init),
  })
}

if (BLOB_SERVICE_URL) examineBackupStore('a Blob service', open)
else {
  console.log('skipped: no Blob service of somebody else is given (BLOB_SERVICE_URL)')
  it.skip('a Blob service as a store of backups: BLOB_SERVICE_URL is not set', () => {})
}
