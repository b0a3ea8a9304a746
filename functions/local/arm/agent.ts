// The simulated agent of Azure Arc: reads a script that Phoenix gave out, and registers a simulated machine at the stand-in of Azure
// Resource Manager with the token in it, as the real agent would. Installs nothing, and runs nothing of the script:
//   curl -fsS '<link>' | npm run -s arc-agent                       (or: npm run -s arc-agent -- <file>)
import { generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { arch, release } from 'node:os'
import { join } from 'node:path'
import { CONFIG_MARK } from '../../../edge-workers/actors/tenant/arc/machines/script.ts'
import { API_VERSIONS } from '../../arm/api-versions.ts'

const TYPE = 'Microsoft.HybridCompute/machines'
const AGENT_VERSION = '1.0.0-simulated'

/** What `azcmagent connect --config` would read. Throws for a text that holds none. */
export const configIn = (script: string): Record<string, string> => {
  const marked = new RegExp(`<< '${CONFIG_MARK}'\\n(.+)\\n${CONFIG_MARK}\\n`).exec(script)
  // As cloud-config: the script is in it.
  const [, inside] = /"content": "([A-Za-z0-9+/=]+)"/.exec(script) ?? []
  if (!marked && inside !== undefined) return configIn(Buffer.from(inside, 'base64').toString())
  if (!marked?.[1]) throw new Error('This is no onboarding script of Phoenix.')
  return JSON.parse(marked[1])
}

/** `Name=Value,…`, as the agent's option has it. */
const tagsIn = (text: string): Record<string, string> =>
  Object.fromEntries(
    text.split(',').map((pair) => {
      const at = pair.indexOf('=')
      return [pair.slice(0, at), pair.slice(at + 1)]
    }),
  )

export type Send = (url: string, init: RequestInit) => Promise<Response>

/** `origin`: of the stand-in. Gives the machine's id in it. Throws with what the stand-in answers. */
export const connect = async (
  script: string,
  { origin, send = fetch }: { origin: string; send?: Send },
): Promise<string> => {
  const config = configIn(script)
  const option = (name: string): string => {
    const value = config[name]
    if (value === undefined) throw new Error(`The script says nothing of ${name}.`)
    return value
  }
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
  const id = `/subscriptions/${option('subscription-id')}/resourceGroups/${option('resource-group')}/providers/${TYPE}/${option('resource-name')}`
  const answer = await send(`${origin}${id}?api-version=${API_VERSIONS[TYPE]}`, {
    method: 'PUT',
    headers: {
      ...{ authorization: `Bearer ${option('access-token')}`, 'content-type': 'application/json' },
      'x-ms-correlation-request-id': option('correlation-id'),
    },
    body: JSON.stringify({
      ...{ location: option('location'), tags: tagsIn(option('tags')) },
      identity: { type: 'SystemAssigned' },
      properties: {
        clientPublicKey: publicKey.export({ type: 'pkcs1', format: 'der' }).toString('base64'),
        ...{ agentVersion: AGENT_VERSION, osName: 'linux', osType: 'linux' },
        ...{ osSku: 'Simulated Linux', osVersion: `${release()} ${arch()}` },
        machineFqdn: `${option('resource-name')}.simulated.invalid`,
        detectedProperties: { manufacturer: 'simulated', model: 'simulated' },
      },
    }),
  })
  if (answer.ok) return id
  const { error } = (await answer.json()) as { error?: { code?: string } }
  throw new Error(`Azure Resource Manager (simulated) answers ${answer.status}: ${error?.code}`)
}

if (process.argv[1] === import.meta.filename) {
  const [file = '-'] = process.argv.slice(2)
  const home = process.env.PHOENIX_HOME ?? '.phoenix'
  try {
    const { armUrl } = JSON.parse(readFileSync(join(home, 'local.json'), 'utf8'))
    const script = readFileSync(file === '-' ? 0 : file, 'utf8')
    const id = await connect(script, { origin: armUrl })
    console.log('Simulated: nothing was installed on this machine. A simulated one is connected:')
    console.log(id)
  } catch (error) {
    console.error(`Simulated agent: ${(error as Error).message}`)
    process.exitCode = 1
  }
}
