// Builds the engine for this machine into `native/`: `npm run build`, or `npm run build -- --release`.

import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const package_ = fileURLToPath(new URL('..', import.meta.url))
const cargo = ['build', '-p', 'ctem-node', '--message-format=json-render-diagnostics', ...process.argv.slice(2)]
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
