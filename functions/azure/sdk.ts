// Azure's SDKs as far as the Functions use them: the only file that names them. They weigh more than everything else together, so
// the build makes a file of their own of it: import it where it is needed, `await import('./sdk.ts')`, never at the top.
export { DefaultAzureCredential, ManagedIdentityCredential } from '@azure/identity'
export { KeyClient } from '@azure/keyvault-keys'
export { SecretClient } from '@azure/keyvault-secrets'
