// Compiles the contract with fixed settings and writes what the product carries of it: `node functions/verify/anchor/compile.ts`.
// The compiler is solc's own JavaScript build; the same source and settings give the same bytes on every machine.
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const NAME = 'CheckpointAnchor'
const root = join(import.meta.dirname, '../../..')
const SOURCE = join(root, `templates/contracts/${NAME}.sol`)
export const COMPILED = join(root, 'functions/anchor/checkpoint-anchor.ts')

/** Loaded by hand: it is installed beside these files only, and has no types. */
interface Solc {
  version(): string
  compile(input: string): string
}
const require = createRequire(join(root, 'functions/verify/package.json'))

const SETTINGS = {
  // Besu's QBFT networks of this product run London and Shanghai. London's instructions run on both, and on older ones.
  evmVersion: 'london',
  optimizer: { enabled: true, runs: 200 },
  // What is deployed depends on the code alone, and not on its comments.
  metadata: { bytecodeHash: 'none' },
  outputSelection: {
    '*': { [NAME]: ['abi', 'evm.bytecode.object', 'evm.deployedBytecode.object'] },
  },
}

interface Output {
  errors?: { severity: string; formattedMessage: string }[]
  contracts: Record<
    string,
    Record<
      string,
      {
        abi: object[]
        evm: { bytecode: { object: string }; deployedBytecode: { object: string } }
      }
    >
  >
}

/** Throws with the compiler's words on an error or a warning. */
export const compile = () => {
  const solc = require('solc') as Solc
  const output = JSON.parse(
    solc.compile(
      JSON.stringify({
        language: 'Solidity',
        sources: { [`${NAME}.sol`]: { content: readFileSync(SOURCE, 'utf8') } },
        settings: SETTINGS,
      }),
    ),
  ) as Output
  if (output.errors?.length)
    throw new Error(output.errors.map(({ formattedMessage }) => formattedMessage).join('\n'))
  const contract = output.contracts[`${NAME}.sol`]?.[NAME]
  if (!contract) throw new Error(`no contract ${NAME}`)
  const { abi, evm } = contract
  return { compiler: solc.version(), abi, bytecode: `0x${evm.bytecode.object}` }
}

/** The module of the product. */
export const moduleOf = ({ compiler, abi, bytecode }: ReturnType<typeof compile>): string =>
  [
    `// Made by functions/verify/anchor/compile.ts from templates/contracts/${NAME}.sol. Do not edit.`,
    `// solc ${compiler}, EVM ${SETTINGS.evmVersion}, optimizer at ${SETTINGS.optimizer.runs} runs.`,
    '',
    '// biome-ignore format: made',
    'export const CHECKPOINT_ANCHOR_ABI = [',
    ...abi.map((entry) => `  ${JSON.stringify(entry)},`),
    '] as const',
    '',
    '// biome-ignore format: made',
    `export const CHECKPOINT_ANCHOR_BYTECODE = '${bytecode}'`,
    '',
  ].join('\n')

if (process.argv[1] === import.meta.filename) {
  const compiled = compile()
  writeFileSync(COMPILED, moduleOf(compiled))
  console.log(`${compiled.compiler}: ${(compiled.bytecode.length - 2) / 2} bytes to deploy`)
}
