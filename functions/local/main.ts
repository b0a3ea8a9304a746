// `npm start`: the whole product on this machine. Real: the Worker bundle on plain workerd, the Functions bundle, Git commits.
// Simulated, and saying so: the forge's pages and rules, the people who sign in, clusters with their engines, node keys, the vault
// of issuers' keys (used with CREDENTIAL_KEYS=functions), sites, the receiver of webhooks, the second party's key of the log,
// Microsoft Entra Verified ID with somebody who holds its credentials.
import { rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { type Laptop, startLaptop } from './laptop.ts'
import { choosePorts } from './ports.ts'
import { openStateFolder } from './state-folder.ts'

const say = (line: string) => process.stdout.write(`${line}\n`)

const main = async (): Promise<void> => {
  const folder = await openStateFolder(resolve(process.env.PHOENIX_HOME ?? '.phoenix'))
  const ports = await choosePorts(process.env.PORT)
  const localFile = join(folder.path, 'local.json')
  // Ctrl-C reaches every child too: their end is no crash then.
  let stopping = false
  let laptop: Laptop | undefined
  const end = async (code: number): Promise<void> => {
    if (stopping) return
    stopping = true
    await rm(localFile, { force: true })
    await laptop?.stop()
    await folder.close()
    process.exit(code)
  }
  process.on('SIGINT', () => void end(0))
  process.on('SIGTERM', () => void end(0))
  laptop = await startLaptop({
    folder,
    ports,
    log: (line) => process.stderr.write(`${line}\n`),
    onCrash: (what) => {
      if (stopping) return
      process.stderr.write(`${what} ended unexpectedly. What was accepted is kept: start again.\n`)
      void end(1)
    },
    credentialKeys: process.env.CREDENTIAL_KEYS,
    beforeOpen: (local) =>
      writeFile(localFile, `${JSON.stringify(local, null, 2)}\n`, { mode: 0o600 }),
  })
  const { local, waiting } = laptop
  say(`
Phoenix is up.

  API and console   ${local.url}            reference: ${local.url}/docs
  Git forge         ${local.forgeUrl}            simulated; real Git repositories
  Webhooks          ${local.webhookReceiverUrl}            arrive here; a simulated receiver
  Sign-in           ${local.identityProviderUrl}            simulated people (olga, rita, anton, ada, otto, paula), real OpenID Connect
  Entra Verified ID ${local.holderUrl}            a simulated holder; no Microsoft service is involved
  Repository        ${local.cloneUrl}
  Tokens            ${localFile}

Simulated on this machine: the forge's rules and pages, the people who sign in, the clusters with Argo CD and Flux, node keys, the sites,
the receiver of webhooks, the second party's key of the log, the key vault, Azure Resource Manager with the machines and clusters that
it shows, Microsoft Entra Verified ID with its holder.
First request: see README.md. Ctrl-C ends everything.`)
  for (const { tenant, why } of waiting)
    say(`
${tenant}: ${why}
Its people have no token here before that. Restore it, and start again:
  curl -X POST ${local.url}/v1/tenants/${tenant}/restore-backup -H "authorization: Bearer $(node -p "require('${localFile}').tokens.operator")" -H 'content-type: application/json' -d '{"backup":"newest"}'`)
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : 'cannot start'}\n`)
  process.exit(1)
})
