// Both drivers sit the examination: the issuer of this installation, and Microsoft Entra Verified ID through the stand-in.
import { openEntraDriver, openOwnDriver } from './examined-drivers.ts'
import { examineIssuer } from './issuer-examination.ts'

examineIssuer('openid4vci', openOwnDriver)
examineIssuer('entra', openEntraDriver)
