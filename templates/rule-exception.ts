// Template rule-exception: a record that lets a rule be broken, for one resource or for all, until a day.
// Whether the term is not too long is judged where there is a clock: gitops/exceptions.ts, asked by the tenant's actor.
import { EXCEPTION_TEMPLATE, EXCEPTIONS_FOLDER } from '../schemas/exception.ts'
import { RuleExceptionParameters } from '../schemas/parameters/rule-exception.ts'
import { isRuleId, rules } from '../schemas/rules.ts'
import type { Template } from '../schemas/template.ts'
import { finding } from './parts/findings.ts'
import { recordTemplate } from './parts/record-template.ts'

export const ruleException: Template<RuleExceptionParameters> =
  recordTemplate<RuleExceptionParameters>({
    name: EXCEPTION_TEMPLATE,
    version: '1.0.0',
    title: 'Exception from a rule',
    description:
      'Lets a rule be broken until a day, for one resource or for all of yours: a file in Git with an owner and a reason, ' +
      'planned and approved like any change. On the day after its last it excuses nothing.',
    kind: EXCEPTION_TEMPLATE,
    parameters: RuleExceptionParameters,
    examples: [
      {
        title: 'An old scanner that knows no TLS 1.2, until it is replaced',
        name: 'old-scanner',
        parameters: {
          rule: 'STORAGE-TLS',
          resource: 'archive',
          owner: 'olga',
          reason: 'The old scanner speaks TLS 1.1 at most; it is replaced in March.',
          expires: '2027-03-31',
        },
      },
    ],
    rules: ['EXCEPTION-RULE'],
    findings: ({ parameters: { rule } }) =>
      isRuleId(rule) && rules[rule].excusable
        ? []
        : [
            finding('EXCEPTION-RULE', 'The rule named does not exist, or may not be excused.', {
              pointer: '/parameters/rule',
            }),
          ],
    records: {
      directory: EXCEPTIONS_FOLDER,
      files: ({ tenant, name, parameters: { rule, resource, owner, reason, expires } }) => [
        {
          path: `${EXCEPTIONS_FOLDER}/${name}.yaml`,
          value: {
            schema: 'phoenix.exception/v1',
            tenant: tenant.slug,
            name,
            rule,
            resource: resource ?? null,
            owner,
            reason,
            expires,
          },
        },
      ],
    },
  })
