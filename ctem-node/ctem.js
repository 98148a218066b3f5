#!/usr/bin/env node
// The command line: `npx ctem`, or `ctem` where the package is installed for all; `ctem --help` says what it does.
// It is the engine's own, to the byte that of Rust and Python.

import process from 'node:process'
import { main } from './index.js'

process.exitCode = main(process.argv.slice(2))
