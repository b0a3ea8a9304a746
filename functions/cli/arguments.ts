// The command line of our commands: `--help` says how one is used, and so does whatever it does not know.
import { type ParseArgsConfig, parseArgs } from 'node:util'

/** As parseArgs. Ends the process: with 0 after `--help`, with 2 and the usage where something is not known. */
export const readArguments = <const Config extends ParseArgsConfig>(
  usage: string,
  config: Config,
): ReturnType<typeof parseArgs<Config>> => {
  if (process.argv.slice(2).some((word) => word === '--help' || word === '-h')) {
    console.log(usage)
    process.exit(0)
  }
  try {
    return parseArgs(config)
  } catch (error) {
    const [why] = (error as Error).message.split('. ')
    console.error(`${why}\n${usage}`)
    process.exit(2)
  }
}
