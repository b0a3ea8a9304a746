// Entry of the Azure Functions bundle: what is registered, and that everything but health needs a signed request.
// Does nothing else; each function has a file of its own.
import { app, type HttpHandler } from '@azure/functions'
import { clusterVerbs } from '../schemas/arc.ts'
import { machineVerbs } from '../schemas/arc-machine.ts'
import type { Verbs } from '../schemas/azure.ts'
import { vaultVerbs } from '../schemas/vault.ts'
import { verifiedIdVerbs } from '../schemas/verified-id.ts'
import {
  ANCHOR_LATEST_PATH,
  ANCHOR_PATH,
  BACK_OFFICE_HEALTH_PATH,
  BACKUP_GET_PATH,
  BACKUP_LIST_PATH,
  BACKUP_PUT_PATH,
  COSIGN_PATH,
  CREDENTIAL_KEY_MAKE_PATH,
  CREDENTIAL_KEY_SIGN_PATH,
  PING_PATH,
} from '../schemas/wire.ts'
import { createAnchorFunctions } from './anchor/functions.ts'
import { arcClusterHandlers } from './arc/clusters.ts'
import { machineHandlers } from './arc/machines.ts'
import { arcParts } from './arc/parts.ts'
import { backupFunctions, backupSettings } from './backup/functions.ts'
import { health } from './health.ts'
import { ping } from './ping.ts'
import { traceInvocations } from './trace.ts'
import { vaultFunctions } from './vault/functions.ts'
import { verifiedIdHandlers, verifiedIdParts } from './verified-id/functions.ts'
import { createRequestVerifier, requireSignedRequest } from './verify-request.ts'

/** host.json puts this in front of every route. */
const ROUTE_PREFIX = '/api/'
const routeOf = (path: string): string => path.slice(ROUTE_PREFIX.length)

const verifyRequest = createRequestVerifier({
  jwks: process.env.EDGE_PUBLIC_JWKS,
  now: () => new Date(),
})
app.hook.preInvocation(requireSignedRequest({ verifyRequest, open: ['health'] }))
app.hook.preInvocation(traceInvocations(process.env))

app.http('health', { methods: ['GET'], route: routeOf(BACK_OFFICE_HEALTH_PATH), handler: health })
app.http('ping', { methods: ['POST'], route: routeOf(PING_PATH), handler: ping })

const backups = backupFunctions(backupSettings(process.env))
app.http('backup-put', {
  ...{ methods: ['POST'], route: routeOf(BACKUP_PUT_PATH), handler: backups.put },
})
app.http('backup-get', {
  ...{ methods: ['POST'], route: routeOf(BACKUP_GET_PATH), handler: backups.get },
})
app.http('backup-list', {
  ...{ methods: ['POST'], route: routeOf(BACKUP_LIST_PATH), handler: backups.list },
})

const anchor = createAnchorFunctions(process.env)
app.http('anchor', { methods: ['POST'], route: routeOf(ANCHOR_PATH), handler: anchor.publish })
app.http('anchor-latest', {
  methods: ['POST'],
  route: routeOf(ANCHOR_LATEST_PATH),
  handler: anchor.latest,
})

const addVerbs = (name: string, table: Verbs, handlers: Record<string, HttpHandler>): void => {
  for (const [verb, { path }] of Object.entries(table))
    app.http(`${name}-${verb}`, {
      ...{ methods: ['POST'], route: routeOf(path), handler: handlers[verb] as HttpHandler },
    })
}
addVerbs(
  'verified-id',
  verifiedIdVerbs,
  verifiedIdHandlers(() => verifiedIdParts(process.env)),
)
addVerbs(
  'arc-machines',
  machineVerbs,
  machineHandlers(() => arcParts(process.env)),
)
addVerbs(
  'arc-clusters',
  clusterVerbs,
  arcClusterHandlers(() => arcParts(process.env)),
)

const vault = vaultFunctions(process.env)
addVerbs('vault', vaultVerbs, vault.verbs)
const { make, sign } = vault.credentialKeys
app.http('credential-key-make', {
  ...{ methods: ['POST'], route: routeOf(CREDENTIAL_KEY_MAKE_PATH), handler: make },
})
app.http('credential-key-sign', {
  ...{ methods: ['POST'], route: routeOf(CREDENTIAL_KEY_SIGN_PATH), handler: sign },
})
app.http('cosign-checkpoint', {
  ...{ methods: ['POST'], route: routeOf(COSIGN_PATH), handler: vault.cosign },
})
