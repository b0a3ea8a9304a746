// Operations of this concern: one row each, its input and its output.
export type EntraOperations = Record<never, never>
