// Builds the engine for this machine into `native/`, as it is packed: `npm run build`. What follows `--` is cargo's:
// `npm run build -- --profile dev` is built sooner, and runs slower.

import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const package_ = fileURLToPath(new URL('..', import.meta.url))
const asked = process.argv.slice(2)
const profile = asked.some(word => word.startsWith('--profile')) ? [] : ['--release']
const cargo = ['build', '--locked', '-p', 'ctem-node', '--message-format=json-render-diagnostics', ...profile, ...asked]
const built = spawnSync('cargo', cargo, {
  cwd: package_,
  encoding: 'utf8',
  maxBuffer: 1 << 28,
  stdio: ['ignore', 'pipe', 'inherit'],
})
if (built.error) throw built.error
if (built.status !== 0) process.exit(built.status ?? 1)

const library = built.stdout
  .split('\n')
  .filter(line => line.startsWith('{'))
  .map(line => JSON.parse(line))
  .filter(message => message.reason === 'compiler-artifact' && message.target.name === 'ctem_node')
  .flatMap(message => message.filenames)
  .find(name => /\.(so|dylib|dll)$/.test(name))
if (!library) throw new Error('cargo built no library')

mkdirSync(`${package_}native`, { recursive: true })
copyFileSync(library, `${package_}native/${process.platform}-${process.arch}.node`)
