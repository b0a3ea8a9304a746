// `npm run access-token -- rita`: an access token of a demo person for the running laptop's API, on standard output. With a real
// identity provider people get theirs from the provider's own tools.
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { DEMO_PEOPLE } from './people.ts'
import { accessTokenOf } from './sign-in.ts'

const main = async (): Promise<void> => {
  const [handle = ''] = process.argv.slice(2)
  const person = DEMO_PEOPLE.find((one) => one.handle === handle)
  if (!person) throw new Error(`Name one of ${DEMO_PEOPLE.map((one) => one.handle).join(', ')}.`)
  const home = resolve(process.env.PHOENIX_HOME ?? '.phoenix')
  const text = await readFile(join(home, 'local.json'), 'utf8').catch(() => {
    throw new Error(`No laptop is running in ${home}: npm start.`)
  })
  const { identityProviderUrl } = JSON.parse(text) as { identityProviderUrl: string }
  process.stdout.write(`${await accessTokenOf(identityProviderUrl, person.subject)}\n`)
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : 'cannot sign in'}\n`)
  process.exit(1)
})
