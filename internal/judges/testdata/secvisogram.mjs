// Reads paths of CSAF documents, one a line, and writes for each a line of
// JSON: {"problems": [{"test", "path", "message"}]}, or {"error"} if the file
// is no JSON. The argument is the folder of @secvisogram/csaf-validator-lib.
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'

const load = (name) => import(pathToFileURL(`${process.argv[1]}/${name}`))
const { default: validate } = await load('validate.js')
const { csaf_2_0, csaf_2_0_strict } = await load('schemaTests.js')
const tests = [csaf_2_0, csaf_2_0_strict, ...Object.values(await load('mandatoryTests.js'))]

async function judge(path) {
  const document = JSON.parse(readFileSync(path, 'utf8'))
  const result = await validate(tests, document)
  const problems = []
  for (const test of result.tests.filter((t) => !t.isValid)) {
    for (const e of test.errors.length > 0 ? test.errors : [{}]) {
      problems.push({ test: test.name, path: e.instancePath ?? '', message: e.message ?? 'failed' })
    }
  }
  return { problems }
}

for await (const path of createInterface({ input: process.stdin })) {
  const answer = await judge(path).catch((e) => ({ error: String(e) }))
  process.stdout.write(JSON.stringify(answer) + '\n')
}
