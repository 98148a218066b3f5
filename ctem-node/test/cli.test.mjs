// The command line that the package brings: the engine's own.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import * as ctem from 'ctem'

const root = fileURLToPath(new URL('../..', import.meta.url))
const scan = 'tests/reports/trivy/image.json'
const bytes = readFileSync(`${root}${scan}`)

function run(said, input) {
  return spawnSync(process.execPath, ['ctem-node/ctem.js', ...said], { cwd: root, encoding: 'utf8', input })
}

test('it prints what the library says', () => {
  const program = new ctem.Program()
  const { tally } = program.absorb(ctem.read(bytes, { name: scan }))
  const today = program.assess('2025-11-13')
  for (const [form, text] of [['markdown', today.markdown({ atMost: 1000 })], ['json', today.toJson({ explained: true })]]) {
    const ended = run([scan, '--as-of', '2025-11-13', '--output', form])
    assert.deepEqual([ended.status, ended.stdout.trimEnd()], [0, text.trimEnd()])
  }
  const ended = run([scan, '--as-of', '2025-11-13'])
  assert.equal(ended.status, 0)
  const [records] = ended.stdout.split('\n', 1)
  assert.ok(records.startsWith(`Records: read ${tally.read} = accepted ${tally.accepted} + `), records)
  assert.equal(ended.stdout.slice(records.length + 1), today.table())
  const piped = run(['-', '-q', '--as-of', '2025-11-13'], bytes)
  assert.deepEqual([piped.stdout, piped.stderr], [ended.stdout, ''])
})

test('it ends with the codes of the engine', () => {
  assert.equal(run(['no.json', scan, '-q']).status, 1)
  const ended = run([scan, '--format', 'trvy'])
  assert.deepEqual([ended.status, ended.stdout], [2, ''])
  assert.match(ended.stderr, /did you mean `trivy`\?/)
  assert.deepEqual(JSON.parse(run(['formats', '--json']).stdout), ctem.formats())
})

test('the package names its program', () => {
  const { bin } = JSON.parse(readFileSync(`${root}ctem-node/package.json`, 'utf8'))
  assert.deepEqual(bin, { ctem: 'ctem.js' })
  assert.throws(() => ctem.main(['\ud800']), { code: 'malformed' })
})
