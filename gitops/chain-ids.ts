// Which chain a resource makes: two chains of one id would take each other's transactions. Pure.
import * as z from 'zod'
import { findTemplate } from '../templates/index.ts'
import type { Made } from './pod-use.ts'

/** None for what makes no chain, or whose parameters its template no longer takes. */
const chainIdOf = ({ name, template, templateVersion, parameters }: Made): number | undefined => {
  const made = findTemplate(template, templateVersion) ?? findTemplate(template)
  const parsed = made?.parameters.safeParse(parameters)
  if (!made || !parsed?.success) return undefined
  try {
    return made.demand(name, parsed.data).chainId
  } catch (error) {
    // A phase reads the parameters of its blocks only now.
    if (error instanceof z.ZodError) return undefined
    throw error
  }
}

/** Ids of the chains among them, in order. */
export const chainIdsOf = (all: readonly Made[]): number[] =>
  [...new Set(all.flatMap((made) => chainIdOf(made) ?? []))].sort((a, b) => a - b)
