// Writes into the types what `later` and `twins` of `index.js` make: beside each call its twin off the event loop, which gives a promise of the
// same and may be told of and ended. `npm run types` runs it behind the compiler; what it is handed is the folder of `index.d.ts`.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const file = join(process.argv[2] ?? '.', 'index.d.ts')
const DECLARED = /^(    (?:static )?|export declare function )(\w+)(<[^(]*>)?\(/

/** The declaration at the beginning of a text: how it begins, its name, its parameters and what it gives. */
function declaration(text) {
  const [whole, begins, name, kinds = ''] = text.match(DECLARED)
  const parameters = ['']
  let [depth, at] = [1, whole.length]
  for (; depth > 0; at++) {
    const letter = text[at]
    // The `>` of an arrow closes nothing.
    depth += '({[<'.includes(letter) ? 1 : ')}]'.includes(letter) || (letter === '>' && text[at - 1] !== '=') ? -1 : 0
    if (depth === 1 && letter === ',') parameters.push('')
    else if (depth > 0) parameters[parameters.length - 1] += letter
  }
  const gives = text.slice(at).match(/^: (.*);/)[1]
  return { begins, name, kinds, parameters: parameters.map(each => each.trim()).filter(Boolean), gives }
}

/** The declaration of a call's twin. */
function twin({ begins, name, kinds, parameters, gives }) {
  const options = parameters.at(-1)?.match(/^(?:options|\{[^}]*\})\?: ([^]*)$/)
  const handed = options
    ? [...parameters.slice(0, -1), `options?: ${options[1]} & Progress`]
    : [...parameters, 'progress?: Progress']
  const indent = begins.startsWith(' ') ? '    ' : ''
  return `${indent}/** The same as \`${name}\`, off the event loop. */\n${begins}${name}Async${kinds}(${handed.join(', ')}): Promise<${gives}>;\n`
}

const types = readFileSync(file, 'utf8')
const functions = {}
const made = []
for (const [n, line] of [...types.matchAll(/^.*\n/gm)].map(match => [match.index, match[0]])) {
  const [, begins, name] = line.match(DECLARED) ?? []
  if (name === undefined || name === 'constructor' || name === 'toJSON') continue
  const declared = declaration(types.slice(n))
  if (begins.startsWith('export')) functions[name] = declared
  // A method's twin comes behind it.
  else made.push([types.indexOf(`): ${declared.gives};\n`, n) + `): ${declared.gives};\n`.length, twin(declared)])
}
const whole = made.reduceRight((text, [at, twin]) => text.slice(0, at) + twin + text.slice(at), types)
writeFileSync(file, whole.replace(/^export declare const (\w+)Async: any;\n/gm, (_, name) => twin(functions[name])))
