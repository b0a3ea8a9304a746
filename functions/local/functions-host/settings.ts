// App settings in bindings: `%NAME%` stands for the environment's NAME, as the Functions host resolves it.

/** Throws where a setting is not there, by its name. */
export const resolveSettings = (text: string, env: NodeJS.ProcessEnv = process.env): string =>
  text.replace(/%([A-Za-z_][\w.:-]*)%/g, (_, name: string) => {
    const value = env[name]
    if (value === undefined) throw new Error(`the app setting ${name} is not there`)
    return value
  })
