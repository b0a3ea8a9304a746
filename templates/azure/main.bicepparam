using 'main.bicep'

param name = 'phoenix'
param edgePublicJwks = readEnvironmentVariable('EDGE_PUBLIC_JWKS')
param alertEmail = readEnvironmentVariable('ALERT_EMAIL', '')
